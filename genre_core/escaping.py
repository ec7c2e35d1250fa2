"""Escaping of text that users wrote (titles, notes, names of datasets, tracks and genres), so that it is shown
literally."""

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKDOWN = r"\`*_[]<>|~$:&"  # characters with a meaning inside a line


def plotly(text: str) -> str:
    """Escape text for a Plotly figure, which interprets some HTML; line breaks (<br>) are kept."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("&lt;br>", "<br>")


def markdown(text: str) -> str:
    """Escape text for Markdown."""
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in text)


def csv(frame: pd.DataFrame, *, header: bool = True) -> str:
    """Convert a table to CSV that is safe in a spreadsheet: text that would be a formula is prefixed by an apostrophe.

    header: whether the first line contains the column names.
    """

    def plain(value: object) -> object:
        return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

    return frame.map(plain).rename(columns=plain).to_csv(index=False, header=header, lineterminator="\n")
