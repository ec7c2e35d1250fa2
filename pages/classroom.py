"""Class: the visitor's own work in a served dashboard, and the challenges of the class."""

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from ui import shell

shell.enter()
with shell.messages():
    st.title("Class")
