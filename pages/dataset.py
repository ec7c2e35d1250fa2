"""Your dataset: gather songs in genres, check them, and use them as a dataset."""

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from ui import shell
from ui.gathering import check, choice, gather, management, use

_STEPS = ("1 · Gather", "2 · Check", "3 · Use")


def show() -> None:
    st.title("Your dataset")
    st.markdown("Build a dataset of your own music: name genres, add songs to each, and train a model on them.")
    access = choice.choose()
    if access is None:
        return
    steps = st.tabs(list(_STEPS), key="dataset_step", on_change="rerun")
    with shell.messages():
        if steps[0].open:
            with steps[0]:
                gather.show(access.facts.name)
        elif steps[1].open:
            with steps[1]:
                check.show(access)
        else:
            with steps[2]:
                use.show(access)
    st.divider()
    with shell.messages():
        management.show(access)


shell.enter()
with shell.messages():
    show()
