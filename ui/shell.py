"""The frame of every page: session state, glossary, and messages instead of tracebacks."""

import functools
import importlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import streamlit as st

from genre_core import escaping, logbook, storage
from genre_core.classroom import uploads
from genre_core.errors import GenreLabError, StorageError
from ui import cached, figure_downloads, glossary, state, visitors

_preparing = threading.Lock()
_LATER_S = 2.0
"""Time in which a browser asks for the files that it draws the first page with."""
_OPENED = "shell_opened"
"""The page that the visitor opened last."""
_STYLE = """
.stMainBlockContainer { padding-top: 4.5rem; padding-bottom: 3rem; }
/* The primary color is dark enough for white text on it; as text it is brought towards the page's text. */
[data-selected=true] p, [data-testid=stSliderThumbValue] { color: color-mix(in oklab, currentColor 55%, CanvasText); }
"""
_PAGES = Path(__file__).parent.parent / "pages"


def _pages() -> list[st.Page]:
    """The pages of the navigation; those of a class only where the dashboard is served to one."""
    shown = [
        st.Page("pages/start.py", title="Start", icon=":material/home:", default=True),
        st.Page("pages/explore.py", title="Explore", icon=":material/scatter_plot:"),
        st.Page("pages/dataset.py", title="Your dataset", icon=":material/library_music:"),
        st.Page("pages/listen.py", title="Listen", icon=":material/hearing:"),
        st.Page("pages/train.py", title="Train", icon=":material/tune:"),
        st.Page("pages/evaluate.py", title="Evaluate", icon=":material/grid_on:"),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
        st.Page("pages/predict.py", title="Predict", icon=":material/music_note:"),
        st.Page("pages/quiz.py", title="Quiz", icon=":material/quiz:"),
    ]
    if visitors.is_served():
        shown.append(st.Page("pages/classroom.py", title="Class", icon=":material/school:", url_path="class"))
        if visitors.current().is_operator:
            shown.append(st.Page("pages/operator.py", title="Operator", icon=":material/admin_panel_settings:"))
    return shown


def run() -> None:
    """Show the page that the visitor has opened, in its frame."""
    state.start()
    problem = ""
    try:
        visitors.meet()
    except StorageError as error:
        problem = str(error)
    page = st.navigation(_pages(), position="top")
    logbook.begin()
    st.html(f"<style>{_STYLE}</style>")
    try:
        storage.check_writable(storage.home() / "settings.json", may_exist=True)
    except StorageError as error:
        problem = str(error)
    if problem:
        show_problem(problem, kind="warning")
    glossary.show()
    with messages(), _logged(page):
        page.run()
    figure_downloads.enable()
    _prepare()


@contextmanager
def _logged(page: st.Page) -> Iterator[None]:
    """Note in the log for the operator that a visitor opens a page, and any error of the program."""
    name, visitor, began = page.url_path or "start", state.visitor(), time.monotonic()
    # Known before the page runs: the session can't be asked any more when a visitor has left meanwhile.
    outcome = "" if st.session_state.get(_OPENED) == name else "opened"
    st.session_state[_OPENED] = name
    try:
        yield
    except Exception as error:
        outcome = "refused" if isinstance(error, GenreLabError) else "error"
        raise
    finally:
        if outcome:
            logbook.note(name, outcome, visitor=visitor, seconds=time.monotonic() - began)


def _prepare() -> None:
    with _preparing:
        _prepare_once()


@functools.cache
def _prepare_once() -> None:
    """Make ready in the background, once, what the first page of a server does without: libraries, the worker
    processes, the trainer, and the deletion of expired songs."""
    start_workers, start_trainer = cached.start_workers, cached.trainer

    def prepare() -> None:
        with suppress(RuntimeError, OSError):  # Python's, where the server ends meanwhile
            importlib.import_module("ui.libraries")
            start_workers()
            start_trainer()
            uploads.start_deleting()

    timer = threading.Timer(_LATER_S, prepare)
    timer.daemon = True
    timer.start()


def enter() -> None:
    """Make sure that app.py shows this page; the first call of every page.

    A server that has just started does not know the pages yet, and runs pages/train.py alone for a visit to /train
    (from a bookmark, or a tab that was left open).  Declaring a navigation makes the pages known, and a second run
    goes through app.py.
    """
    if not state.started():
        pages = [st.Page(path, default=path.stem == "start") for path in sorted(_PAGES.glob("*.py"))]
        st.navigation(pages, position="hidden")
        st.rerun()


@contextmanager
def messages() -> Iterator[None]:
    """Show a GenreLabError as a message, and end here where a result is not ready.

    A fragment needs this too, since it also runs without its page.
    """
    try:
        yield
    except cached.NotReadyError:
        pass  # the page shows what it waits for
    except GenreLabError as error:
        show_problem(str(error))


def show_problem(message: str, *, kind: Literal["error", "warning", "info"] = "error", icon: str | None = None) -> None:
    """Show a message literally: it may quote text of a user, such as a file name, a genre or an address."""
    show = {"error": st.error, "warning": st.warning, "info": st.info}[kind]
    show(escaping.markdown(message), icon=icon or f":material/{kind}:")
