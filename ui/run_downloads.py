"""Downloads of a run: its report, its predictions, and all of it."""

import streamlit as st

from genre_core import escaping, report
from genre_core.runs import RunInfo
from ui import cached
from ui.state import visitor


def show(info: RunInfo) -> None:
    """Show the download buttons; the files are made when a button is clicked."""
    run, name, asked_by = cached.run(info.name), info.name, visitor()
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
    st.download_button(
        "Run (ZIP)",
        lambda: cached.workers().submit(report.run_archive, name, visitor=asked_by).get(),
        f"{escaping.file_name(info.name)}.zip",
        "application/zip",
        key="run_download_zip",
        icon=":material/folder_zip:",
        help="The run to take home: model, scores, report, and a script that predicts without Genre Lab. "
        "Compare and `genre-lab import` read it again.",
        on_click="ignore",
    )
