"""Explore: compare the features of the genres before a model is trained."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.elements.lib.mutable_tab_container import TabContainer

import ui.libraries  # noqa: F401 (first: see there)
from genre_core import escaping
from genre_core.datasets import Dataset
from ui import doctor, lessons, shell
from ui.dataset_picker import choose_dataset
from ui.explore import features, maps
from ui.lessons import panel


@st.fragment
def _sections(dataset: Dataset) -> None:
    """The genre filter, and the section that is open."""
    pills = partial(
        st.pills,
        "Genres",
        dataset.genres,
        selection_mode="multi",
        format_func=escaping.markdown,
        persist_state="session",
        help="Click a genre to hide or show it in all figures.",
    )
    chosen = lessons.choose_several("genres", dataset.genres, pills, key=f"explore_genres_{'_'.join(dataset.genres)}")
    genres = tuple(genre for genre in dataset.genres if genre in chosen)
    if not genres:
        st.info("Select at least one genre.", icon=":material/info:")
        return
    sections: dict[str, Callable[[Dataset, tuple[str, ...]], None]] = {
        "One feature": features.show_one,
        "Two features": features.show_two,
        "Correlations": features.show_correlations,
        "Projection": maps.show,
        "Data doctor": lambda dataset, genres: doctor.show_doctor(dataset),
    }
    places: dict[str, TabContainer] = {}

    def tabs(key: str) -> str:
        places.update(zip(sections, st.tabs(list(sections), key=key, on_change="rerun"), strict=True))
        return next(name for name, tab in places.items() if tab.open)

    section = lessons.choose("section", list(sections), tabs, key="explore_section")
    with places.get(section) or st.container():
        sections[section](dataset, genres)


shell.enter()
st.title("Explore")
lessons.begin("explore", in_address=True)
st.markdown("Compare the features of the genres, and check the dataset for faults, before a model is trained.")
if (chosen_dataset := choose_dataset()) is None:
    st.stop()
if chosen_dataset.columns:
    _sections(chosen_dataset)
else:
    st.info("This dataset holds pictures, which have no single features to explore.", icon=":material/image:")
    doctor.show_doctor(chosen_dataset)
panel.show()
