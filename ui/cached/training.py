"""The trainer and the sweeps of this server."""

import threading

import streamlit as st

from genre_core import storage
from genre_core.training import Trainer
from genre_core.training.sweep import Sweep


@st.cache_resource(show_spinner=False)
def trainer() -> Trainer:
    """The trainer of this server, with its worker processes; what a killed server left behind is deleted first."""
    threading.Thread(target=storage.remove_abandoned, daemon=True).start()
    return Trainer(slots=2, load_tensorflow=True, yields=True)


@st.cache_resource(show_spinner=False)
def sweeps() -> list[Sweep]:
    """The sweeps of all visitors, running and finished."""
    return []
