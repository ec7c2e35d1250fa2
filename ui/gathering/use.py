"""The third step: extract the features of the songs, and go on with the dataset on Explore and Train."""

import streamlit as st

from genre_core import escaping
from genre_core.datasets import Dataset
from genre_core.datasets.gathered import songs
from genre_core.features import FEATURE_SETS
from genre_core.wording import counted
from ui import cached
from ui.gathering import following
from ui.gathering.choice import Access
from ui.state import Keys
from ui.text import features

_FEATURES, _ASKED = "use_features", "use_asked"
"""The feature set; what was asked for: dataset and feature set, or None."""


def show(access: Access) -> None:
    """The form, how far the extraction is, and where to go on."""
    name, known = access.facts.name, songs.list_songs(access.facts.name)
    if len({song.genre for song in known}) < 2:
        st.info("Add songs to at least two genres under *Gather* first.", icon=":material/info:")
        return
    st.selectbox(
        "Feature set",
        list(FEATURE_SETS),
        format_func=features,
        key=_FEATURES,
        help="What a model is given of each segment. With few songs, an embedding is often the best.",
    )
    chosen = st.session_state[_FEATURES]
    st.button(
        "Extract features",
        type="primary",
        icon=":material/play_arrow:",
        key="use_extract",
        on_click=_ask,
        args=(name, chosen),
    )
    st.caption("Takes about a second per song. Extracted features are cached, so that later only new songs take time.")
    if st.session_state.get(_ASKED) != (name, chosen):
        return
    job = cached.extract_songs(name, known, chosen)
    if following.show(job, "Extracting features", "use") and job.result is not None:
        st.session_state[Keys.DATASET] = job.result
        _show_result(job.result)


def _ask(name: str, chosen: str) -> None:
    st.session_state[_ASKED] = (name, chosen)


def _show_result(dataset: Dataset) -> None:
    st.success(
        f"{escaping.markdown(dataset.name)} is ready: {counted(len(dataset.values), 'segment')} from "
        f"{counted(dataset.n_tracks, 'track')}. It is the dataset of Explore and Train now, and stays under *Your "
        "datasets* there.",
        icon=":material/check:",
    )
    if dataset.skipped:
        with st.expander(f"{counted(len(dataset.skipped), 'song')} skipped", icon=":material/warning:"):
            rows = [{"Song": track, "Reason": str(error)} for track, error in dataset.skipped.items()]
            st.dataframe(rows, hide_index=True)
    with st.container(horizontal=True):
        st.page_link("pages/explore.py", label="**Explore it**", icon=":material/scatter_plot:")
        st.page_link("pages/train.py", label="**Train on it**", icon=":material/tune:")
