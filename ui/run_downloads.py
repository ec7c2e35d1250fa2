"""Downloads of a run: its report and its predictions."""

import streamlit as st

from genre_core import report
from genre_core.runs import RunInfo
from ui import cached


def show(info: RunInfo) -> None:
    """Show the download buttons; the files are made when a button is clicked."""
    run = cached.run(info.name)
    st.download_button(
        "Report (HTML)",
        lambda: report.html_report(run),
        f"{info.name}.html",
        "text/html",
        key="run_download_report",
        icon=":material/description:",
        help="All facts, scores and figures of the run in one file, which opens offline.",
        on_click="ignore",
    )
    st.download_button(
        "Predictions (CSV)",
        lambda: report.predictions_csv(run),
        f"{info.name}.csv",
        "text/csv",
        key="run_download_csv",
        icon=":material/download:",
        help="One line per test segment with its true genre, predicted genre and probabilities.",
        on_click="ignore",
    )
