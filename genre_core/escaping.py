"""Escaping of text that users wrote (titles, notes, names of datasets, files, tracks and genres), so that it is shown
literally: in Markdown, in figures, in HTML, in CSV and in the names of downloads.

Each place has its own function, and text is escaped where it is shown, once.
"""

from __future__ import annotations

import html as _html
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 (spreadsheets take them too)
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~$:&]")
"""Characters with a meaning inside a line."""
_BLOCK = re.compile(r"^(?:[#+=-]|\d+(?=[.)]))")
"""Begins a heading, a list or a rule at the start of a line."""
_REPLACED = re.compile(
    r"(?<=:)(?=[\w+/-]+:|//|material/)"  # icons (:material/x:), emoji (:x:) and addresses
    r"|(?<=www)(?=\.)|(?<=@)(?=\w)"  # addresses without a scheme, and of e-mail
    r"|(?<=(?<!\S)[-<>~])(?=(?:->|[->=])(?!\S))",  # arrows, dashes and signs, as in ->
    re.IGNORECASE,
)
"""Places inside what Streamlit replaces even where it is escaped, since it does so after Markdown was interpreted."""
_JOINER = "\u2060"
"""Takes no room, and is no part of what Streamlit replaces."""
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that move or hide others, and halves of a surrogate pair, which nothing can encode; not line breaks."""
_NOT_IN_FILE_NAMES = re.compile(r'[/\\:*?"<>|\n]')
_LONGEST_FILE_NAME = 120


def visible(text: str) -> str:
    """Replace control characters by signs for them (␉ for a tab), or by �; line breaks are kept."""
    return _CONTROL.sub(lambda match: chr(0x2400 + ord(match[0])) if match[0] < " " else "\ufffd", text)


def markdown(text: str) -> str:
    """Escape text for Markdown; line breaks are kept."""
    return "  \n".join(_line(line.strip()) for line in visible(text).split("\n"))


def _line(text: str) -> str:
    joined = _REPLACED.sub(_JOINER, text)
    escaped = _MARKDOWN.sub(r"\\\g<0>", joined)
    return _BLOCK.sub(lambda match: f"{match[0]}\\" if match[0][0].isdigit() else f"\\{match[0]}", escaped)


def plotly(text: str) -> str:
    """Escape text for a Plotly figure, which interprets some HTML; line breaks are kept."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


def html(value: Any) -> str:
    """Escape a value for HTML, as content or as an attribute in quotes."""
    return _html.escape(visible(str(value)))


def csv(frame: pd.DataFrame, *, header: bool = True) -> str:
    """Convert a table to CSV that is safe in a spreadsheet: text that would be a formula is prefixed by an apostrophe.

    header: whether the first line contains the column names.
    """

    def plain(value: object) -> object:
        if not isinstance(value, str):
            return value
        shown = visible(value)
        return f"'{shown}" if shown.startswith(_FORMULA) else shown

    return frame.map(plain).rename(columns=plain).to_csv(index=False, header=header, lineterminator="\n")


def from_csv(text: str) -> str:
    """A text of a table that `csv` wrote, without the apostrophe before what would be a formula."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def file_name(text: str) -> str:
    """Make text a part of a file name on every system: without folders and control characters, and not too long."""
    return _NOT_IN_FILE_NAMES.sub("_", visible(text))[:_LONGEST_FILE_NAME]
