"""The glossary of docs/glossary.md as a popover on every page."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

_FILE = Path(__file__).parent.parent / "docs" / "glossary.md"
_LIST_HEIGHT = 360
_STYLE = """<style>
[data-testid="stLayoutWrapper"]:has(> .st-key-glossary) {
    position: relative; top: 1.6rem; z-index: 1;
    width: fit-content; height: 0; margin-bottom: -1rem; align-self: flex-end;
}
.st-key-glossary button:is(:active, :focus, [aria-expanded=true]) { color: inherit; }
</style>"""
"""Puts the button to the right of the page's title, where it takes no space."""


@dataclass(frozen=True)
class Entry:
    """A term of the glossary."""

    group: str
    """The heading above it."""
    term: str
    text: str
    """Its explanation, as Markdown."""


@cache
def entries() -> tuple[Entry, ...]:
    """The terms of docs/glossary.md."""
    return read(_FILE)


def read(file: Path) -> tuple[Entry, ...]:
    """The terms of a glossary in Markdown: `## Group` and `### Term`, each term with its explanation below.

    Empty if the file is missing, since the dashboard works without its documents.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ()
    found: list[Entry] = []
    group, term, text = "", "", ""
    for line in [*lines, "## "]:
        if line.startswith(("## ", "### ")):
            if term:
                found.append(Entry(group, term, text.strip()))
            term, text = "", ""
            if line.startswith("### "):
                term = line.removeprefix("### ").strip()
            else:
                group = line.removeprefix("## ").strip()
        else:
            text += line + "\n"
    return tuple(found)


def show() -> None:
    """Show the button of the popover; its content is sent when it is opened."""
    if entries():
        st.html(_STYLE)
        with st.container(key="glossary"):
            _popover()


@st.fragment
def _popover() -> None:
    popover = st.popover(
        "Glossary", icon=":material/dictionary:", type="tertiary", key="glossary_open", on_change="rerun"
    )
    if not popover.open:
        return
    with popover:
        terms = {entry.term: entry for entry in entries()}
        term = st.selectbox("Term", terms, index=None, placeholder="All terms", key="glossary_term")
        with st.container(height="content" if term else _LIST_HEIGHT, border=False):
            st.markdown(_as_markdown([terms[term]] if term else list(terms.values())))


def _as_markdown(chosen: list[Entry]) -> str:
    group, lines = "", []
    for entry in chosen:
        if entry.group != group:
            group = entry.group
            lines.append(f":gray[{group}]")
        lines.append(f"**{entry.term}**  \n{entry.text}")
    return "\n\n".join(lines)
