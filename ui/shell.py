"""What surrounds every page: session state before it, and messages instead of tracebacks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from genre_core import storage
from genre_core.errors import GenreLabError, StorageError
from ui import cached, state

_PAGES = Path(__file__).parent.parent / "pages"


def run(page: st.Page) -> None:
    """Show a page."""
    state.start()
    st.html("<style>.stMainBlockContainer { padding-top: 4.5rem; padding-bottom: 3rem; }</style>")
    try:
        storage.check_writable(storage.home() / "settings.json", may_exist=True)
    except StorageError as error:
        st.warning(str(error), icon=":material/warning:")
    with messages():
        cached.trainer()  # started by the first visit, so that it is warm when a training is asked for
        page.run()


def enter() -> None:
    """The first line of every page: make sure that it is shown by app.py.

    A server that has just started does not know the pages yet, and takes a visit to /train (a bookmark, or a tab that
    was left open) for one to the lone script pages/train.py.  Declaring any navigation ends that, and a second run
    goes the right way.
    """
    if not state.started():
        pages = [st.Page(path, default=path.stem == "start") for path in sorted(_PAGES.glob("*.py"))]
        st.navigation(pages, position="hidden")
        st.rerun()


@contextmanager
def messages() -> Iterator[None]:
    """Show what a user can mend as a message; a fragment needs it too, since it also runs without its page."""
    try:
        yield
    except GenreLabError as error:
        st.error(str(error), icon=":material/error:")
