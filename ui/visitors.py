"""The visitor of this session."""

import streamlit as st

from genre_core.visitors import OPERATOR, Visitor, serving
from ui import server
from ui.state import Keys, start

_OPERATOR_WORK = "operator"
"""Who the operator is where jobs are shared out."""


def is_served() -> bool:
    """Whether the dashboard is served to a class; if not, one person uses it, who is the operator."""
    return serving() is not None


def current() -> Visitor:
    """The visitor of this session."""
    if not is_served():
        return OPERATOR
    visitor: Visitor | None = st.session_state.get(Keys.WHO)
    id_ = _id()
    # The cookie may have changed since the page was shown, where the browser has connected again.
    return visitor if visitor and visitor.id == id_ else Visitor(id_)


def meet() -> None:
    """Find out who opens a page; before each page view.

    Raises StorageError if a new visitor can't be stored; work is then lost when the page is closed.
    """
    if not is_served():
        return
    id_ = _id()
    if Keys.WHO in st.session_state and st.session_state[Keys.WHO].id != id_:
        st.session_state.clear()  # nothing of a former visitor is left to the next
        start()
    st.session_state[Keys.WHO] = Visitor(id_)
    st.session_state[Keys.VISITOR] = id_ or _OPERATOR_WORK
    if id_ != OPERATOR.id and keeps_cookies():
        st.session_state[Keys.WHO] = server.visitors().meet(id_)


def _id() -> str:
    """The id of who uses this session; one who keeps no cookies has it as long as the page is open."""
    id_ = server.who(dict(st.context.cookies))
    if id_ is not None:
        st.session_state.pop(Keys.WITHOUT_COOKIES, None)
        return id_
    known: str = st.session_state.setdefault(Keys.WITHOUT_COOKIES, server.visitors().new_id())
    return known


def keeps_cookies() -> bool:
    """Whether the visitor will be known after the page was closed."""
    return Keys.WITHOUT_COOKIES not in st.session_state


def names() -> dict[str, str]:
    """What the operator calls each visitor, by id: numbered in the order in which they came."""
    known = sorted(server.visitors().all(), key=lambda visitor: visitor.created)
    return {OPERATOR.id: "Operator"} | {visitor.id: f"Visitor {number}" for number, visitor in enumerate(known, 1)}


def name_of_work(asked_by: str) -> str:
    """What the operator calls the visitor who asked for a job (`ui.state.visitor`)."""
    if not asked_by:
        return "Server"
    return names().get(OPERATOR.id if asked_by == _OPERATOR_WORK else asked_by, "Visitor")


def public_url(path: str = "") -> str:
    """The address of a page for the other people of a class.

    Parameters
    ----------
    path : of the page, with its query, as in "train?lesson=K7QD".
    """
    settings = serving()
    return f"{settings.public_url}/{path}" if settings and settings.public_url else own_url(path)


def own_url(path: str = "") -> str:
    """The address of a page for the browser of this session, under which it has its cookies."""
    scheme, _, rest = str(st.context.url or "http://localhost:8501").partition("://")
    return f"{scheme}://{rest.partition('/')[0]}{server.base_path()}/{path}"
