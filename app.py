"""Genre Lab: page configuration and navigation.  Start it with `make run`."""

import streamlit as st

import ui.loading  # noqa: F401 (first: see there)
from ui import shell

st.set_page_config(page_title="Genre Lab", page_icon="ui/icon.png", layout="wide")
page = st.navigation(
    [
        st.Page("pages/start.py", title="Start", icon=":material/home:", default=True),
        st.Page("pages/explore.py", title="Explore", icon=":material/scatter_plot:"),
        st.Page("pages/listen.py", title="Listen", icon=":material/hearing:"),
        st.Page("pages/train.py", title="Train", icon=":material/tune:"),
        st.Page("pages/evaluate.py", title="Evaluate", icon=":material/grid_on:"),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
        st.Page("pages/predict.py", title="Predict", icon=":material/music_note:"),
        st.Page("pages/quiz.py", title="Quiz", icon=":material/quiz:"),
    ],
    position="top",
)
shell.run(page)
