"""Figures in which segments are selected, and the list of those segments."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from plotly.graph_objects import Figure

from genre_core.datasets import Dataset
from genre_core.exploration import describe_feature, segment_table
from genre_core.wording import counted
from ui import cached, text

_MODES = {"Lasso": "lasso", "Box": "select", "Click": "pan"}
"""The ways to select segments, and the drag mode of Plotly for each."""


def show_figure(key: str, draw: Callable[..., Figure], *arguments: Any) -> list[int]:
    """Show a figure of segments in which some can be selected, and return their rows."""
    # Streamlit reports clicks on points only in the drag mode "pan".
    mode = st.segmented_control(
        "Select segments by",
        list(_MODES),
        default="Lasso",
        required=True,
        key="explore_select_by",
        persist_state="session",
    )
    event = st.plotly_chart(
        cached.figure(draw, *arguments, drag=_MODES[mode]),
        key=key,
        on_select="rerun",
        selection_mode=("points", "box", "lasso"),
        config=text.CHART_WITH_TOOLS,
    )
    return [int(custom_datum(point)) for point in event.selection.points]


def show_list(dataset: Dataset, rows: list[int], columns: tuple[str, ...] = ()) -> None:
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


def custom_datum(point: dict[str, Any]) -> str:
    """The `customdata` of a point, which the browser sends as it is or in a list of one."""
    datum: str | list[str] = point["customdata"]
    return datum[0] if isinstance(datum, list) else datum
