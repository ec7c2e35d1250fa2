"""The data doctor's section of Explore: its findings, excluded tracks, and wrong folders."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.doctor_data import clean_dataset, with_features
from tests.waiting import PATIENCE_S, predicted, run_until


@pytest.fixture
def section(rng: np.random.Generator) -> AppTest:
    """The section by itself, on a dataset with one exact duplicate."""

    def page() -> None:
        import streamlit as st

        from ui import doctor as section

        dataset = st.session_state["dataset"]
        section.show_doctor(dataset)
        st.text(f"{section.training_dataset(dataset).n_tracks} tracks to train on")

    clean = clean_dataset(rng)
    app = AppTest.from_function(page, default_timeout=PATIENCE_S)
    app.session_state["dataset"] = with_features(clean, "jazz/25", clean.values[clean.track == "jazz/24"])
    return predicted(app)


def test_the_section_shows_the_findings(section: AppTest) -> None:
    assert not section.exception
    assert section.markdown[0].value == "**1 warning**"
    assert "Exact duplicates" in section.markdown[1].value
    assert any("Not checked: limited bandwidth, sample rates, clipping" in caption.value for caption in section.caption)
    assert section.text[0].value == "60 tracks to train on"


def test_the_toggle_excludes_tracks_from_training_and_includes_them_again(section: AppTest) -> None:
    section.toggle[0].set_value(True).run()
    assert section.text[0].value == "59 tracks to train on"
    assert section.info[0].value.startswith("1 track is excluded from the dataset")
    section.toggle[0].set_value(False).run()
    assert section.text[0].value == "60 tracks to train on"


@pytest.mark.parametrize("folder", ["", "/no/such/folder"])
def test_a_folder_that_does_not_exist_gives_a_message(section: AppTest, folder: str) -> None:
    section.text_input[0].set_value(folder)
    section.button[0].click().run()
    run_until(section, lambda app: bool(app.error))
    assert not section.exception
    assert len(section.error) == 1
