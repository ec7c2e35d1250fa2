"""The sections "One feature", "Two features" and "Correlations"."""

from functools import partial

import streamlit as st

from genre_core import escaping
from genre_core.datasets import Dataset
from genre_core.exploration import describe_feature, strongest_pairs
from genre_core.figures import explore as figures
from ui import cached, lessons, shell, text
from ui.explore import selection

_FEATURE, _RANKING = "explore_feature", "explore_ranking"
_RANKED_BARS = 15


@st.fragment
def show_one(dataset: Dataset, genres: tuple[str, ...]) -> None:
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
        st.session_state[_FEATURE] = selection.custom_datum(points[0])


@st.fragment
def show_two(dataset: Dataset, genres: tuple[str, ...]) -> None:
    columns = cached.feature_ranking(dataset, genres)["feature"].tolist() if len(genres) > 1 else list(dataset.columns)
    left, right = st.columns(2)
    axis = {"options": columns, "format_func": _feature_name, "persist_state": "session"}
    x = lessons.choose("x", columns, partial(left.selectbox, "Horizontal axis", **axis), key="explore_x")
    vertical = partial(right.selectbox, "Vertical axis", **axis)
    y = lessons.choose("y", columns, vertical, key="explore_y", default=columns[min(1, len(columns) - 1)])
    st.caption("Each point is a segment. Genres whose points don't overlap are separated by these two features.")
    drag = selection.choose_mode()
    selection.show_figure("explore_scatter", figures.feature_scatter, dataset, x, y, genres, drag=drag)
    with shell.messages():
        selection.show_list(dataset, genres, tuple(dict.fromkeys((x, y))))


@st.fragment
def show_correlations(dataset: Dataset, genres: tuple[str, ...]) -> None:
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


def _feature_name(column: str) -> str:
    label = describe_feature(column).label
    return label if label == column else f"{label} · {column}"
