"""Explore: compare the features of the genres before a model is trained."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from plotly.graph_objects import Figure
from streamlit.elements.lib.mutable_tab_container import TabContainer

import ui.libraries  # noqa: F401 (first: see there)
from genre_core import escaping
from genre_core.datasets import Dataset
from genre_core.exploration import (
    MAX_TSNE_SEGMENTS,
    PROJECTION_METHODS,
    Projection,
    describe_feature,
    segment_table,
    strongest_pairs,
)
from genre_core.figures import explore as figures
from genre_core.wording import counted
from ui import cached, doctor, lessons, shell, text
from ui.dataset_picker import choose_dataset
from ui.lessons import panel

_FEATURE, _RANKING = "explore_feature", "explore_ranking"
_RANKED_BARS = 15
TSNE_SECONDS_PER_SEGMENT = 0.004

# The ways to select segments, and the drag mode of Plotly for each.  (Streamlit displays bare strings of a page.)
_SELECTION_MODES = {"Lasso": "lasso", "Box": "select", "Click": "pan"}


def _feature_name(column: str) -> str:
    label = describe_feature(column).label
    return label if label == column else f"{label} · {column}"


@st.fragment
def _sections(dataset: Dataset) -> None:
    """The genre filter, and the section that is open."""
    pills = partial(
        st.pills,
        "Genres",
        dataset.genres,
        selection_mode="multi",
        format_func=escaping.markdown,
        persist_state="session",
        help="Click a genre to hide or show it in all figures.",
    )
    chosen = lessons.choose_several("genres", dataset.genres, pills, key=f"explore_genres_{'_'.join(dataset.genres)}")
    genres = tuple(genre for genre in dataset.genres if genre in chosen)
    if not genres:
        st.info("Select at least one genre.", icon=":material/info:")
        return
    sections: dict[str, Callable[[Dataset, tuple[str, ...]], None]] = {
        "One feature": _one_feature,
        "Two features": _two_features,
        "Correlations": _correlations,
        "Projection": _projection,
        "Data doctor": lambda dataset, genres: doctor.show_doctor(dataset),
    }
    places: dict[str, TabContainer] = {}

    def tabs(key: str) -> str:
        places.update(zip(sections, st.tabs(list(sections), key=key, on_change="rerun"), strict=True))
        return next(name for name, tab in places.items() if tab.open)

    section = lessons.choose("section", list(sections), tabs, key="explore_section")
    with places.get(section) or st.container():
        sections[section](dataset, genres)


@st.fragment
def _one_feature(dataset: Dataset, genres: tuple[str, ...]) -> None:
    ranking = cached.feature_ranking(dataset, genres) if len(genres) > 1 else None
    columns = list(dataset.columns) if ranking is None else ranking["feature"].tolist()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        features = partial(
            st.selectbox,
            "Feature",
            columns,
            format_func=_feature_name,
            persist_state="session",
            help="Sorted by how well each feature separates the selected genres, best first.",
        )
        column = lessons.choose("feature", columns, features, key=_FEATURE)
        kinds = figures.DISTRIBUTION_KINDS
        plots = partial(st.segmented_control, "Plot type", kinds, required=True, persist_state="session")
        kind = lessons.choose("plot", kinds, plots, key="explore_kind", default="Violin")
        st.caption(f"{describe_feature(column).meaning} {_HOW_TO_READ[kind]}")
        st.plotly_chart(
            cached.figure(figures.distribution, dataset, column, genres, kind),
            config=text.CHART,
            key="explore_distribution",
        )
    if not lessons.shows("ranking"):
        return
    with right:
        st.markdown("**Features ranked by eta squared**")
        if ranking is None:
            st.info("Select two or more genres to rank the features.", icon=":material/info:")
            return
        st.caption(
            "Eta squared is the share of a feature's variance that is between the genres: at 0 all genres have the "
            "same mean, at 1 the genre determines the value. Click a bar to show that feature."
        )
        all_features = st.toggle("Show all features", key="explore_all", persist_state="session")
        most = len(ranking) if all_features else _RANKED_BARS
        st.plotly_chart(
            cached.figure(figures.ranking, ranking, column, most),
            key=_RANKING,
            on_select=_choose_ranked_feature,
            selection_mode="points",
            config=text.CHART,
        )


_HOW_TO_READ = {
    "Violin": "Each shape is wide where a genre has many segments; its box spans the quartiles.",
    "Box": "The box spans the quartiles of a genre; the solid line is the median, the dashed line the mean.",
    "Histogram": "Each row shows how many segments of a genre have a value, scaled to its highest bar.",
    "Cumulative": "Each curve shows the share of a genre's segments up to a value. The further apart the curves, the "
    "better the feature separates the genres.",
}


def _choose_ranked_feature() -> None:
    points = st.session_state[_RANKING].selection.points
    if points:
        st.session_state[_FEATURE] = _custom_datum(points[0])


@st.fragment
def _two_features(dataset: Dataset, genres: tuple[str, ...]) -> None:
    columns = cached.feature_ranking(dataset, genres)["feature"].tolist() if len(genres) > 1 else list(dataset.columns)
    left, right = st.columns(2)
    axis = {"options": columns, "format_func": _feature_name, "persist_state": "session"}
    x = lessons.choose("x", columns, partial(left.selectbox, "Horizontal axis", **axis), key="explore_x")
    vertical = partial(right.selectbox, "Vertical axis", **axis)
    y = lessons.choose("y", columns, vertical, key="explore_y", default=columns[min(1, len(columns) - 1)])
    st.caption("Each point is a segment. Genres whose points don't overlap are separated by these two features.")
    rows = _selectable("explore_scatter", figures.feature_scatter, dataset, x, y, genres)
    _list_segments(dataset, rows, tuple(dict.fromkeys((x, y))))


@st.fragment
def _correlations(dataset: Dataset, genres: tuple[str, ...]) -> None:
    toggle = partial(st.toggle, "Group correlated features", persist_state="session")
    grouped = lessons.choose("grouped", (False, True), toggle, key="explore_grouped", default=True)
    matrix = cached.feature_correlations(dataset, genres, grouped)
    constant = [column for column in dataset.columns if column not in matrix.columns]
    st.caption(
        "Pearson correlation of each pair of features. Red: both rise together; blue: one rises while the other falls. "
        "Blocks of one color are features with similar information. Columns are in the same order as rows."
        + (f" Constant features are not shown: {', '.join(map(escaping.markdown, constant))}." if constant else "")
    )
    left, right = st.columns([3, 2], gap="medium")
    left.plotly_chart(
        cached.figure(figures.correlation_matrix, matrix), key="explore_correlations", config=text.CHART_WITH_TOOLS
    )
    with right:
        st.markdown("**Strongest correlations**")
        st.dataframe(
            strongest_pairs(matrix),
            hide_index=True,
            column_order=("r", "feature", "other"),
            column_config={
                "r": st.column_config.NumberColumn("Correlation", format="%.2f"),
                "feature": "Feature",
                "other": "Other feature",
            },
        )


@st.fragment
@shell.messages()
def _projection(dataset: Dataset, genres: tuple[str, ...]) -> None:
    methods = partial(st.segmented_control, "Method", PROJECTION_METHODS, required=True, persist_state="session")
    method = lessons.choose("method", PROJECTION_METHODS, methods, key="explore_method", default="PCA")
    if method == "PCA":
        st.caption(
            "Principal component analysis projects all features to the two directions with the largest variance. "
            "Segments with similar features are close together."
        )
        _show_projection(dataset, cached.pca_projection(dataset), genres)
        return
    st.caption(
        "t-SNE keeps similar segments together, but not the distances between groups: read its clusters, not how far "
        "apart they are."
    )
    job = cached.tsne(dataset)
    if job.running:
        _await_tsne(dataset)
    elif job.result is not None:
        _show_projection(dataset, job.result, genres)
    else:
        shell.show_problem(job.problem or f"The projection could not be computed; {text.SEE_LOG}.")
        if st.button("Try again", icon=":material/refresh:", key="explore_tsne_again"):
            cached.tsne.restart(dataset)
            st.rerun()


@st.fragment(run_every=0.5)
def _await_tsne(dataset: Dataset) -> None:
    job = cached.tsne(dataset)
    if not job.running:
        st.rerun()
    if job.place:
        st.progress(0.0, cached.waiting_text(job, "Computing the projection"))
        return
    seconds = time.monotonic() - job.began
    expected = TSNE_SECONDS_PER_SEGMENT * min(len(dataset.values), MAX_TSNE_SEGMENTS)
    st.progress(min(seconds / expected, 0.95), f"Computing the projection: {seconds:.0f} of about {expected:.0f} s")


def _show_projection(dataset: Dataset, shown: Projection, genres: tuple[str, ...]) -> None:
    if len(shown.rows) < len(dataset.values):
        st.caption(
            f"A sample of {len(shown.rows)} of the {len(dataset.values)} segments, stratified by genre: t-SNE takes "
            f"too long with more than {MAX_TSNE_SEGMENTS}."
        )
    rows = _selectable(f"explore_projection_{shown.method}", figures.projection, dataset, shown, genres)
    _list_segments(dataset, rows)


def _selectable(key: str, draw: Callable[..., Figure], *arguments: Any) -> list[int]:
    """Show a figure of segments in which some can be selected, and return their rows."""
    # Streamlit reports clicks on points only in the drag mode "pan".
    mode = st.segmented_control(
        "Select segments by",
        list(_SELECTION_MODES),
        default="Lasso",
        required=True,
        key="explore_select_by",
        persist_state="session",
    )
    event = st.plotly_chart(
        cached.figure(draw, *arguments, drag=_SELECTION_MODES[mode]),
        key=key,
        on_select="rerun",
        selection_mode=("points", "box", "lasso"),
        config=text.CHART_WITH_TOOLS,
    )
    return [int(_custom_datum(point)) for point in event.selection.points]


def _custom_datum(point: dict[str, Any]) -> str:
    """The `customdata` of a point, which the browser sends as it is or in a list of one."""
    datum: str | list[str] = point["customdata"]
    return datum[0] if isinstance(datum, list) else datum


def _list_segments(dataset: Dataset, rows: list[int], columns: tuple[str, ...] = ()) -> None:
    if not rows:
        st.caption("Select segments in the figure to list them here.")
        return
    table = segment_table(dataset, rows, columns)
    tracks = table["track"].nunique()
    st.markdown(f"**{counted(len(table), 'segment')}** of {counted(tracks, 'track')} selected")
    st.dataframe(
        table,
        hide_index=True,
        height="auto" if len(table) < 10 else 380,
        column_config={
            "track": "Track",
            "start_s": st.column_config.NumberColumn("Start", format="%.1f s"),
            "genre": "Genre",
            **{
                column: st.column_config.NumberColumn(describe_feature(column).label, format="%.4g")
                for column in columns
            },
        },
    )


shell.enter()
st.title("Explore")
lessons.begin("explore")
st.markdown("Compare the features of the genres, and check the dataset for faults, before a model is trained.")
if (chosen_dataset := choose_dataset()) is None:
    st.stop()
if chosen_dataset.columns:
    _sections(chosen_dataset)
else:
    st.info("This dataset holds pictures, which have no single features to explore.", icon=":material/image:")
    doctor.show_doctor(chosen_dataset)
panel.show()
