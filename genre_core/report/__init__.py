"""Reports."""

from genre_core.report.run_report import csv, html, table, write

__all__ = [
    "csv",
    "html",
    "table",
    "write",
]
