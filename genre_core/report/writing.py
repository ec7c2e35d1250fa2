"""Writing a report to a file."""

from pathlib import Path

from genre_core import storage
from genre_core.errors import ConfigError
from genre_core.report.html import html_report
from genre_core.report.tables import predictions_csv
from genre_core.runs import Run


def write_report(run: Run, out: Path) -> None:
    """Write the report (.html) or the predictions (.csv) of a run; an existing file is replaced.

    Raises
    ------
    ConfigError
        For any other suffix.
    StorageError
        If the file can't be written.
    """
    formats = {".html": html_report, ".csv": predictions_csv}
    suffix = out.suffix.lower()
    if suffix not in formats:
        raise ConfigError(f"A report is an .html or .csv file, but the name is {out}.")
    storage.check_writable(out, may_exist=True)
    content = formats[suffix](run)
    with storage.writing_file(out) as partial:
        partial.write_bytes(content.encode())
