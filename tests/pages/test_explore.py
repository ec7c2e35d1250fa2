"""The page Explore and its dataset picker: empty, loaded, and with what a visitor gets wrong."""

import time
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import datasets, storage
from genre_core.datasets import Dataset
from genre_core.errors import DatasetError
from genre_core.features import paper
from ui.state import Keys

GENRES = ("blues", "jazz", "polka")


@pytest.fixture
def dataset() -> Dataset:
    rng = np.random.default_rng(3)
    genre = np.repeat(GENRES, 20)
    values = rng.normal(size=(60, 58))
    values[:, paper.COLUMNS.index("tempo")] += np.repeat([0, 10, 20], 20)
    track = np.array([f"{g}/{i // 5}" for i, g in enumerate(genre)])
    return Dataset(
        "made", "paper", values, genre, track, np.arange(60) % 5 * 3.0, skipped={"jazz/x.wav": "It is empty."}
    )


@pytest.fixture
def app(visit) -> AppTest:
    return visit("pages/explore.py")


@pytest.fixture
def loaded(app, dataset) -> AppTest:
    app.session_state[Keys.DATASET] = dataset
    return app.run()


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption))


def open_section(app: AppTest, name: str) -> AppTest:
    app.session_state["explore_section"] = name
    return app.run()


def test_a_first_visit_shows_the_bundled_songs(app):
    app.run()
    assert not app.exception
    assert not app.error
    assert "bundled songs" in words(app)
    assert app.main[0].type == "title", "nothing that Streamlit's magic took for output"
    assert len(app.get("plotly_chart")) == 2


def test_it_says_what_the_data_set_is_and_what_was_left_out(loaded):
    assert "Data: **made**, 60 segments of 3 s from 12 tracks in 3 genres." in words(loaded)
    assert "1 file was left out" in [expander.label for expander in loaded.expander]


def test_a_table_of_whole_tracks_is_called_that(app, dataset):
    app.session_state[Keys.DATASET] = Dataset(
        "whole", "paper", dataset.values, dataset.genre, np.arange(60).astype(str), np.zeros(60), 661_500
    )
    app.run()
    assert "Data: **whole**, 60 tracks, each as a whole (30 s), in 3 genres." in words(app)


def test_the_feature_that_parts_the_genres_best_comes_first(loaded):
    assert loaded.selectbox(key="explore_feature").value == "tempo"


@pytest.mark.parametrize("section", ["One feature", "Two features", "Correlations", "Map"])
@pytest.mark.parametrize("genres", [GENRES, ("polka",)])
def test_every_section_shows_its_figure(loaded, section, genres):
    loaded.pills(key="explore_genres_blues_jazz_polka").set_value(list(genres))
    open_section(loaded, section)
    assert not loaded.exception
    assert not loaded.error
    assert loaded.get("plotly_chart")


@pytest.mark.parametrize("kind", ["Box", "Histogram", "Cumulative", "Violin"])
def test_every_drawing_of_a_feature(loaded, kind):
    loaded.segmented_control(key="explore_kind").set_value(kind).run()
    assert not loaded.exception


def test_no_genre_is_asked_for_one(loaded):
    loaded.pills(key="explore_genres_blues_jazz_polka").set_value([]).run()
    assert [info.value for info in loaded.info] == ["Choose at least one genre."]
    assert not loaded.get("plotly_chart")


def test_tsne_is_made_in_the_background_and_then_shown(loaded):
    open_section(loaded, "Map").segmented_control(key="explore_method").set_value("t-SNE").run()
    deadline = time.monotonic() + 30
    while not loaded.get("plotly_chart"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        open_section(loaded, "Map")
    assert not loaded.exception


def test_without_the_bundled_table_another_can_be_chosen(app, tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "BUNDLED", tmp_path / "nothing")
    st.cache_resource.clear()
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert [control.label for control in app.segmented_control] == ["Where from"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("missing.csv", b"a,b\n1,2\n"), ("text.parquet", b"no table at all"), ("empty.csv", b"")],
)
def test_a_bad_table_is_a_message_and_the_data_stays(loaded, name, content):
    loaded.segmented_control(key="picker_source").set_value("Table").run()
    loaded.file_uploader(key="picker_upload").upload(name, content, "text/csv").run()
    assert not loaded.exception
    assert len(loaded.error) == 1
    assert name in loaded.error[0].value
    assert "Data: **made**" in words(loaded)


def test_a_table_is_taken_and_survives_leaving_the_page(loaded, dataset, tmp_path):
    datasets.write_table(dataset, tmp_path / "mine.parquet")
    loaded.segmented_control(key="picker_source").set_value("Table").run()
    loaded.file_uploader(key="picker_upload").upload("mine.parquet", (tmp_path / "mine.parquet").read_bytes(), "").run()
    assert "Data: **mine.parquet**" in words(loaded)
    loaded.switch_page("pages/start.py").run()
    loaded.switch_page("pages/explore.py").run()
    assert "Data: **mine.parquet**" in words(loaded)


def extract(app: AppTest, folder: Path | str, *, stem: str = "mix") -> AppTest:
    app.segmented_control(key="picker_source").set_value("Folder").run()
    app.text_input(key="picker_folder").set_value(str(folder))
    app.selectbox(key="picker_stem").select(stem)
    app.button[0].click().run()
    deadline = time.monotonic() + 30
    while app.session_state[Keys.DATASET_TASK] is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        app.run()
    return app


@pytest.mark.parametrize("folder", ["", "/no/such/folder", "."])
def test_a_folder_without_music_is_a_message(loaded, tmp_path, folder):
    extract(loaded, tmp_path if folder == "." else folder)
    assert not loaded.exception
    assert len(loaded.error) == 1
    assert "Data: **made**" in words(loaded)


def test_a_folder_is_extracted_and_remembered_for_its_audio(loaded, dataset, tmp_path, monkeypatch):
    def read_folder(folder, *, features, progress):
        progress(1, 2)
        return Dataset("mine", "paper", dataset.values, dataset.genre, dataset.track, dataset.start_s)

    monkeypatch.setattr(datasets, "read_folder", read_folder)
    extract(loaded, tmp_path / "music")
    assert "Data: **mine**" in words(loaded)
    assert storage.read_settings()["audio_folder"] == str(tmp_path / "music")


def test_a_folder_can_be_read_for_one_part_alone(loaded, demo_folder):
    extract(loaded, demo_folder, stem="instruments")
    assert loaded.session_state[Keys.DATASET].features == "paper@instruments"
    assert "Heard of each song: the instruments alone." in words(loaded)


def test_an_extraction_can_be_left_stopped_and_goes_on_meanwhile(loaded, tmp_path, monkeypatch):
    def read_folder(folder, *, features, progress):
        for done in range(10_000):
            progress(done, 10_000)
            time.sleep(0.01)
        raise DatasetError("it was not stopped")

    monkeypatch.setattr(datasets, "read_folder", read_folder)
    loaded.segmented_control(key="picker_source").set_value("Folder").run()
    loaded.text_input(key="picker_folder").set_value("/music")
    loaded.button[0].click().run()
    assert loaded.get("progress")
    assert loaded.get("plotly_chart"), "the page is usable meanwhile"
    loaded.switch_page("pages/start.py").run()
    loaded.switch_page("pages/explore.py").run()
    loaded.button(key="picker_stop").click().run()
    deadline = time.monotonic() + 10
    while loaded.session_state[Keys.DATASET_TASK] is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        loaded.run()
    assert "Stopped" in loaded.info[0].value
    assert not loaded.error
