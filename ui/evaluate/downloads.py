"""A run as files to take away: its report and its predictions."""

import streamlit as st

from genre_core import report
from genre_core.runs import RunInfo
from ui import cached


def downloads(info: RunInfo) -> None:
    """The buttons, made when they are pressed."""
    run = cached.run(info.name)
    st.download_button(
        "Report (HTML)",
        lambda: report.html(run),
        f"{info.name}.html",
        "text/html",
        key="export_report",
        icon=":material/description:",
        help="One file with all there is to say of the run; it opens without a network.",
        on_click="ignore",
    )
    st.download_button(
        "Predictions (CSV)",
        lambda: report.csv(run),
        f"{info.name}.csv",
        "text/csv",
        key="export_csv",
        icon=":material/download:",
        on_click="ignore",
    )
