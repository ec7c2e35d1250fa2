"""Reports: a run as an HTML page, its predictions as CSV, all of it as a ZIP archive, and several runs as a table."""

from genre_core.report.archive import run_archive, write_archive
from genre_core.report.html import html_report
from genre_core.report.tables import predictions_csv, runs_table
from genre_core.report.writing import write_report

__all__ = [
    "html_report",
    "predictions_csv",
    "run_archive",
    "runs_table",
    "write_archive",
    "write_report",
]
