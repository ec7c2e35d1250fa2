"""Class: the visitor's own work in a served dashboard, and the challenges of the class."""

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from ui import challenge, shell
from ui.classroom import work

shell.enter()
st.title("Class")
with shell.messages():
    challenge.show()
st.divider()
with shell.messages():
    work.show()
