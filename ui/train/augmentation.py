"""The choice of augmentations for the training set, and the extraction of augmented copies from the audio."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from genre_core import datasets
from genre_core.audio.augmentation import AUGMENTATIONS
from genre_core.datasets import Dataset
from genre_core.datasets.augmented import extraction_seconds
from genre_core.datasets.gathered import extraction
from genre_core.wording import counted, duration
from ui import cached, lessons
from ui.state import Keys, visitor

_CHOSEN, _TO_EXTRACT = "train_augmentations", "train_augmentations_to_extract"
_SHOWN = "train_augmentations_shown"
"""Whether the dataset has augmented copies, so that the choice is shown."""


def choose(names: tuple[str, ...]) -> None:
    """Set the choice."""
    st.session_state[_CHOSEN] = list(names)


def read() -> tuple[str, ...]:
    """The choice; none where the dataset has no augmented copies."""
    return datasets.in_order(st.session_state[_CHOSEN]) if st.session_state[_SHOWN] else ()


def show(dataset: Dataset, on_change: Callable[[], None]) -> None:
    """Show the choice if the dataset has augmented copies, and offer to extract copies if it is a folder."""
    available = dataset.augmented.names
    st.session_state[_SHOWN] = bool(available)
    if available:
        st.session_state[_CHOSEN] = [name for name in st.session_state[_CHOSEN] if name in available]
    if not lessons.shows("augmentations"):
        return
    if available:
        chosen = st.multiselect(
            "Augment the training set",
            available,
            format_func=_title,
            key=_CHOSEN,
            persist_state="session",
            placeholder="No augmentation",
            on_change=on_change,
            help="Adds a copy of every training track for each chosen augmentation. The test set is not augmented; the "
            "run is tested on augmented copies of it as well, for each augmentation in this list.",
        )
        for name in chosen:
            st.caption(f"**{_title(name)}**: {AUGMENTATIONS[name].description}")
    missing = [name for name in AUGMENTATIONS if name not in available]
    if (extract := _extraction(dataset)) and missing and datasets.can_be_augmented(dataset.feature_set):
        with st.expander("Extract augmented copies", icon=":material/graphic_eq:"):
            _offer_extraction(dataset, extract, missing)


def _extraction(dataset: Dataset) -> Callable[..., Dataset] | None:
    """What extracts the features of a dataset anew, with copies; None if its audio is not here."""
    if dataset.gathered:
        return partial(extraction.extract, dataset.gathered) if cached.may_hear(dataset.gathered) else None
    return partial(datasets.read_folder, dataset.folder) if dataset.folder is not None else None


def _offer_extraction(dataset: Dataset, extract: Callable[..., Dataset], missing: list[str]) -> None:
    """Show which copies can be extracted from the audio, what that costs, and the button that starts."""
    st.caption(
        "The tracks as people bring them, such as played in a room. Train on such copies, and test on them. They are "
        "cached."
    )
    names = st.multiselect(
        "Augmentations",
        missing,
        format_func=_title,
        key=_TO_EXTRACT,
        placeholder="Choose augmentations",
    )
    for name in names:
        st.caption(f"**{_title(name)}**: {AUGMENTATIONS[name].description}")
    if names:
        seconds = extraction_seconds(dataset.feature_set, dataset.n_tracks * len(names))
        st.markdown(
            f"{counted(dataset.n_tracks, 'track')} with {counted(len(names), 'augmentation')}: about "
            f"**{duration(seconds)}** for tracks of 30 s, more for longer ones."
        )
    busy = st.session_state[Keys.DATASET_JOB] is not None
    if st.button("Extract", key="train_extract_augmented", disabled=busy or not names):
        wanted = [*dataset.augmented.names, *names]

        st.session_state[Keys.DATASET_DOING] = "Extracting features"
        st.session_state[Keys.DATASET_JOB] = cached.background_workers().submit(  # which the dataset picker follows
            partial(extract, features=dataset.features, augmentations=wanted, jobs=1),
            visitor=visitor(),
            with_progress=True,
        )
        st.rerun()


def _title(name: str) -> str:
    return AUGMENTATIONS[name].title
