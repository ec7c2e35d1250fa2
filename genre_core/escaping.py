"""Texts that someone wrote (titles, notes, names of data, tracks and genres), made to say just that where they are
shown."""

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKDOWN = r"\`*_[]<>|~$:&"  # what means something in the middle of a line


def plotly(text: str) -> str:
    """For a figure, where Plotly reads some HTML; line breaks (<br>) stay."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("&lt;br>", "<br>")


def markdown(text: str) -> str:
    """For Markdown."""
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in text)


def csv(frame: pd.DataFrame, *, header: bool = True) -> str:
    """A table as CSV in which a spreadsheet finds no formula: a text that would be one gets an apostrophe before it.

    header: whether the first line names the columns.
    """

    def plain(value: object) -> object:
        return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

    return frame.map(plain).rename(columns=plain).to_csv(index=False, header=header, lineterminator="\n")
