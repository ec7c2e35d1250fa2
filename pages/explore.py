"""Explore: how features differ between genres, and what they say before any model is trained."""

import time
from collections.abc import Callable

import streamlit as st

from genre_core.datasets import Dataset
from genre_core.exploration import (
    MAP_METHODS,
    MOST_TSNE_SEGMENTS,
    GenreMap,
    feature_words,
    segment_table,
    strongest_pairs,
)
from genre_core.figures import explore as figures
from ui import cached, doctor, shell, text
from ui.dataset_picker import choose_dataset

_FEATURE, _RANKING = "explore_feature", "explore_ranking"
_RANKED_BARS = 15
TSNE_SECONDS_A_SEGMENT = 0.004

# How a visitor selects segments, and what dragging then does in Plotly's words.  (Streamlit shows bare strings.)
_SELECT_BY = {"Drawing around them": "lasso", "A box": "select", "A click": "pan"}
_SCATTER_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["autoScale2d", "zoomIn2d", "zoomOut2d"]}


def _feature_name(column: str) -> str:
    label = feature_words(column).label
    return label if label == column else f"{label} · {column}"


@st.fragment
def _sections(dataset: Dataset) -> None:
    """The genre filter, and the one section that is open."""
    chosen = st.pills(
        "Genres",
        dataset.genres,
        selection_mode="multi",
        default=dataset.genres,
        key=f"explore_genres_{'_'.join(dataset.genres)}",
        persist_state="session",
        help="Click a genre to hide it or to show it again, in every section.",
    )
    genres = tuple(genre for genre in dataset.genres if genre in chosen)
    if not genres:
        st.info("Choose at least one genre.", icon=":material/info:")
        return
    sections: dict[str, Callable[[Dataset, tuple[str, ...]], None]] = {
        "One feature": _one_feature,
        "Two features": _two_features,
        "Correlations": _correlations,
        "Map": _map,
        "Data doctor": lambda dataset, genres: doctor.show_doctor(dataset),
    }
    tabs = st.tabs(list(sections), key="explore_section", on_change="rerun")
    for tab, show in zip(tabs, sections.values(), strict=True):
        if tab.open:
            with tab:
                show(dataset, genres)


@st.fragment
def _one_feature(dataset: Dataset, genres: tuple[str, ...]) -> None:
    ranking = cached.feature_ranking(dataset, genres) if len(genres) > 1 else None
    columns = list(dataset.columns) if ranking is None else ranking["feature"].tolist()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        column = st.selectbox(
            "Feature, the most telling first", columns, format_func=_feature_name, key=_FEATURE, persist_state="session"
        )
        kind = st.segmented_control(
            "Drawn as",
            figures.DISTRIBUTION_KINDS,
            default="Violin",
            required=True,
            key="explore_kind",
            persist_state="session",
        )
        st.caption(f"{feature_words(column).meaning} {_HOW_TO_READ[kind]}")
        st.plotly_chart(figures.distribution(dataset, column, genres, kind), key="explore_distribution")
    with right:
        st.markdown("**Which features tell the genres apart**")
        if ranking is None:
            st.info(
                "Features are ranked by how well they tell genres apart: choose two or more.", icon=":material/info:"
            )
            return
        st.caption(
            "Eta squared is the share of a feature's variance that lies between the genres: at 0 all genres have the "
            "same mean, at 1 the genre fixes the value. Click a bar to see that feature."
        )
        everything = st.toggle("All features", key="explore_all", persist_state="session")
        shown = ranking if everything else ranking.head(_RANKED_BARS)
        st.plotly_chart(
            figures.ranking(shown, column),
            key=_RANKING,
            on_select=_pick_feature,
            selection_mode="points",
            config=text.NO_BAR,
        )


_HOW_TO_READ = {
    "Violin": "A shape is wide where a genre has many segments; the box holds the middle half of them.",
    "Box": "The box holds the middle half of a genre's segments, the solid line is the median, dashed the mean.",
    "Histogram": "A bar is high where a genre has many segments; each row is scaled to its own highest bar.",
    "Cumulative": "A curve says which share of a genre's segments lies below a value: the further apart, the better.",
}


def _pick_feature() -> None:
    points = st.session_state[_RANKING].selection.points
    if points:
        st.session_state[_FEATURE] = _custom(points[0])


@st.fragment
def _two_features(dataset: Dataset, genres: tuple[str, ...]) -> None:
    columns = cached.feature_ranking(dataset, genres)["feature"].tolist() if len(genres) > 1 else list(dataset.columns)
    left, right = st.columns(2)
    x = left.selectbox("Across", columns, format_func=_feature_name, key="explore_x", persist_state="session")
    y = right.selectbox(
        "Upwards", columns, index=1, format_func=_feature_name, key="explore_y", persist_state="session"
    )
    st.caption(
        "Each point is a segment: colors that lie apart are genres that these two features tell apart. Those "
        "that you select are listed below."
    )
    rows = _selectable(figures.feature_scatter(dataset, x, y, genres), "explore_scatter")
    _list_segments(dataset, rows, tuple(dict.fromkeys((x, y))))


@st.fragment
def _correlations(dataset: Dataset, genres: tuple[str, ...]) -> None:
    grouped = st.toggle("Put similar features side by side", value=True, key="explore_grouped", persist_state="session")
    matrix = cached.feature_correlations(dataset, genres, grouped)
    constant = [column for column in dataset.columns if column not in matrix.columns]
    st.caption(
        "Red: the two features rise and fall together; blue: one rises as the other falls; blocks of color are "
        "features that say much the same. Columns run in the same order as rows."
        + (f" Left out, being the same in every segment: {', '.join(constant)}." if constant else "")
    )
    left, right = st.columns([3, 2], gap="medium")
    left.plotly_chart(figures.correlation_map(matrix), key="explore_correlations", config={"displaylogo": False})
    with right:
        st.markdown("**The closest pairs**")
        st.dataframe(
            strongest_pairs(matrix),
            hide_index=True,
            column_order=("r", "feature", "other"),
            column_config={"r": st.column_config.NumberColumn("correlation", format="%.2f")},
        )


@st.fragment
@shell.messages()
def _map(dataset: Dataset, genres: tuple[str, ...]) -> None:
    method = st.segmented_control(
        "Method", MAP_METHODS, default="PCA", required=True, key="explore_method", persist_state="session"
    )
    if method == "PCA":
        st.caption(
            "All features pressed flat in the two directions in which the segments differ most (principal components); "
            "near points sound alike. Those that you select are listed below."
        )
        _show_map(dataset, cached.pca_map(dataset), genres)
        return
    st.caption(
        "A map that keeps neighbors together and lets all else move (t-SNE): read its clusters, not the distances "
        "between them. Those that you select are listed below."
    )
    task = cached.tsne_task(dataset)
    if task.running:
        _await_tsne(dataset)
    elif task.result is not None:
        _show_map(dataset, task.result, genres)
    else:
        st.error(task.problem or "The map could not be made; the app's terminal tells why.", icon=":material/error:")


@st.fragment(run_every=0.5)
def _await_tsne(dataset: Dataset) -> None:
    task = cached.tsne_task(dataset)
    if not task.running:
        st.rerun()
    seconds = time.monotonic() - task.began
    expected = TSNE_SECONDS_A_SEGMENT * min(len(dataset.values), MOST_TSNE_SEGMENTS)
    st.progress(
        min(seconds / expected, 0.95),
        f"Making the map: {seconds:.0f} of about {expected:.0f} seconds; the rest of the page works meanwhile.",
    )


def _show_map(dataset: Dataset, shown: GenreMap, genres: tuple[str, ...]) -> None:
    if len(shown.rows) < len(dataset.values):
        st.caption(
            f"Shown are {len(shown.rows)} of the {len(dataset.values)} segments, drawn by lot with each genre in its "
            f"proportion: t-SNE takes too long beyond {MOST_TSNE_SEGMENTS}."
        )
    rows = _selectable(figures.genre_map(dataset, shown, genres), f"explore_map_{shown.method}")
    _list_segments(dataset, rows)


def _selectable(figure: figures.go.Figure, key: str) -> list[int]:
    """Show a figure of segments, and how to select some; the rows of those that are."""
    # Streamlit takes clicks on points only while dragging moves the picture.
    by = st.segmented_control(
        "Select segments by",
        list(_SELECT_BY),
        default="Drawing around them",
        required=True,
        key="explore_select_by",
        persist_state="session",
    )
    event = st.plotly_chart(
        figure.update_layout(dragmode=_SELECT_BY[by]),
        key=key,
        on_select="rerun",
        selection_mode=("points", "box", "lasso"),
        config=_SCATTER_CONFIG,
    )
    return [int(_custom(point)) for point in event.selection.points]


def _custom(point: dict) -> str:
    """A point's own datum; the browser sends it bare or in a list of one."""
    datum = point["customdata"]
    return datum[0] if isinstance(datum, list) else datum


def _list_segments(dataset: Dataset, rows: list[int], columns: tuple[str, ...] = ()) -> None:
    if not rows:
        st.caption("No segment is selected.")
        return
    table = segment_table(dataset, rows, columns)
    tracks = table["track"].nunique()
    st.markdown(
        f"**{len(table)} {'segment' if len(table) == 1 else 'segments'}** of {tracks} "
        f"{'track' if tracks == 1 else 'tracks'} selected."
    )
    st.dataframe(
        table,
        hide_index=True,
        height="auto" if len(table) < 10 else 380,
        column_config={
            "start_s": st.column_config.NumberColumn("start", format="%.1f s"),
            **{column: st.column_config.NumberColumn(feature_words(column).label, format="%.4g") for column in columns},
        },
    )


shell.enter()
st.title("Explore")
st.caption("How do the features of music differ between genres, before any model has learnt from them?")
if (chosen_dataset := choose_dataset()) is None:
    st.stop()
if chosen_dataset.columns:
    _sections(chosen_dataset)
else:
    st.info("This data holds pictures, of which there are no single features to explore.", icon=":material/image:")
    doctor.show_doctor(chosen_dataset)
