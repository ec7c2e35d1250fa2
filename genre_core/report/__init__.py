"""Reports: a run as an HTML page, its predictions as CSV, and several runs as a table."""

from genre_core.report.html import html_report
from genre_core.report.tables import predictions_csv, runs_table
from genre_core.report.writing import write_report

__all__ = [
    "html_report",
    "predictions_csv",
    "runs_table",
    "write_report",
]
