"""Operator: the visitors of a served dashboard, their work, and what the operator can do with it."""

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from ui import shell, visitors
from ui.operator import closing, links, state, work


def show() -> None:
    """Show the panel, to the operator alone."""
    st.title("Operator")
    if not visitors.is_served() or not visitors.current().is_operator:
        st.info("This page is for the operator of a dashboard that is served to a class.", icon=":material/info:")
        return
    links.show()
    state.show()
    work.show()
    closing.show()


shell.enter()
with shell.messages():
    show()
