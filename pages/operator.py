"""Operator: the visitors of a served dashboard, their work, and what the operator can do with it."""

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from ui import shell

shell.enter()
with shell.messages():
    st.title("Operator")
