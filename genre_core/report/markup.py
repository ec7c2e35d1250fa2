"""Pieces of HTML; every text is escaped."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from genre_core.escaping import html as text


def section(title: str, content: str) -> str:
    """A section with a heading."""
    return f"<section><h2>{text(title)}</h2>{content}</section>"


def facts(rows: Iterable[tuple[str, Any]]) -> str:
    """A table of names and values."""
    body = "".join(f'<tr><th scope="row">{text(name)}</th><td>{text(value)}</td></tr>' for name, value in rows)
    return f'<table class="pairs">{body}</table>'


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], *, n_text_columns: int = 1) -> str:
    """A table whose columns are numbers, except for the first `n_text_columns`."""

    def line(cells: Sequence[Any], tag: str) -> str:
        attributes = [' class="number"' if column >= n_text_columns else "" for column in range(len(cells))]
        return "".join(f"<{tag}{kind}>{text(cell)}</{tag}>" for kind, cell in zip(attributes, cells, strict=True))

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{line(head, "th")}</tr></thead><tbody>{body}</tbody></table></div>'


def script_json(value: Any) -> str:
    """JSON that is safe inside a script element, whatever its strings contain."""
    return re.sub("[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value))
