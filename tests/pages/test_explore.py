"""The page Explore and its dataset picker: empty, loaded, and with wrong input."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import audio, datasets, exploration, storage
from genre_core.audio import synthesis
from genre_core.datasets import Dataset
from genre_core.errors import AudioError, DatasetError
from genre_core.features import paper
from genre_core.progress import Progress
from tests.page_text import plain
from tests.waiting import PATIENCE_S, predicted, run_until
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
        "made",
        "paper",
        values,
        genre,
        track,
        np.arange(60) % 5 * 3.0,
        skipped={"jazz/x.wav": AudioError("It is empty.")},
    )


@pytest.fixture
def app(visit: Callable[[str], AppTest]) -> AppTest:
    return visit("pages/explore.py")


@pytest.fixture
def loaded(app: AppTest, dataset: Dataset) -> AppTest:
    app.session_state[Keys.DATASET] = dataset
    return app.run()


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption))


def open_section(app: AppTest, name: str) -> AppTest:
    app.session_state["explore_section"] = name
    return app.run()


def test_a_first_visit_shows_the_bundled_dataset(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert not app.error
    assert "Dataset: **GTZAN-mini (bundled)**" in texts(app)
    assert app.main[0].type == "title", "no bare string is displayed"
    assert len(app.get("plotly_chart")) == 2


def test_the_dataset_and_its_skipped_files_are_described(loaded: AppTest) -> None:
    assert "Dataset: **made** · 60 segments of 3 s from 12 tracks · 3 genres" in texts(loaded)
    assert "1 file was skipped" in [expander.label for expander in loaded.expander]


def test_a_table_of_whole_tracks_is_described_as_such(app: AppTest, dataset: Dataset) -> None:
    app.session_state[Keys.DATASET] = Dataset(
        "whole", "paper", dataset.values, dataset.genre, np.arange(60).astype(str), np.zeros(60), 661_500
    )
    app.run()
    assert "Dataset: **whole** · 60 whole tracks of 30 s · 3 genres" in texts(app)


def test_the_feature_that_separates_the_genres_best_comes_first(loaded: AppTest) -> None:
    assert loaded.selectbox(key="explore_feature").value == "tempo"


@pytest.mark.parametrize("section", ["One feature", "Two features", "Correlations", "Projection"])
@pytest.mark.parametrize("genres", [GENRES, ("polka",)])
def test_every_section_shows_its_figure(loaded: AppTest, section: str, genres: tuple[str, ...]) -> None:
    loaded.pills(key="explore_genres_blues_jazz_polka").set_value(list(genres))
    open_section(loaded, section)
    assert not loaded.exception
    assert not loaded.error
    assert loaded.get("plotly_chart")


@pytest.mark.parametrize("kind", ["Box", "Histogram", "Cumulative", "Violin"])
def test_a_feature_can_be_plotted_in_every_way(loaded: AppTest, kind: str) -> None:
    loaded.segmented_control(key="explore_kind").set_value(kind).run()
    assert not loaded.exception


def test_an_address_opens_the_same_figure_and_the_figure_is_in_the_address(app: AppTest) -> None:
    app.query_params |= {"section": "Two features", "x": "tempo", "genres": "blues,jazz", "dataset": "none"}
    app.run()
    assert not app.exception and not app.error
    assert app.selectbox(key="explore_x").value == "tempo"
    assert app.pills[0].value == ["blues", "jazz"]
    app.selectbox(key="explore_x").set_value("rms_mean").run()
    del app.query_params["dataset"]  # a parameter of nothing
    app.run()
    assert dict(app.query_params) == {"section": "Two features", "x": "rms_mean", "genres": "blues,jazz"}


def test_without_a_genre_one_has_to_be_selected(loaded: AppTest) -> None:
    loaded.pills(key="explore_genres_blues_jazz_polka").set_value([]).run()
    assert [info.value for info in loaded.info] == ["Select at least one genre."]
    assert not loaded.get("plotly_chart")


def test_tsne_is_computed_in_the_background_and_then_shown(loaded: AppTest) -> None:
    open_section(loaded, "Projection").segmented_control(key="explore_method").set_value("t-SNE").run()
    run_until(loaded, lambda app: bool(app.get("plotly_chart")))
    assert not loaded.exception


def refuse_to_project(dataset: Dataset, method: str) -> exploration.Projection:
    raise DatasetError("Too many tracks in /music/*a*.")


def test_a_failed_tsne_can_be_tried_again(loaded: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(exploration, "project", refuse_to_project)
        open_section(loaded, "Projection").segmented_control(key="explore_method").set_value("t-SNE").run()
        run_until(loaded, lambda app: bool(app.error))
    assert plain(loaded.error[0].value) == "Too many tracks in /music/*a*."
    loaded.button(key="explore_tsne_again_paper").click()
    run_until(loaded, lambda app: bool(app.get("plotly_chart")))
    assert not loaded.exception and not loaded.error


def playlist(app: AppTest) -> dict[str, Any]:
    """What the browser gets to play."""
    (found,) = [part for part in app.get("bidi_component") if part.proto.component_name == "genre_lab_playlist"]
    data: dict[str, Any] = json.loads(found.proto.json)
    return data


def test_the_segments_of_selected_tracks_are_in_both_maps_and_play(app: AppTest, tmp_path: Path) -> None:
    open_section(app, "Projection")
    app.toggle(key="explore_beside").set_value(True).run()
    assert not app.exception and not app.error
    app.multiselect(key="explore_tracks").set_value(["jazz/jazz.00004"]).run()
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert len(charts) == 2
    for chart in charts:
        sizes = {trace["name"]: len(trace["selectedpoints"]) for trace in chart["data"]}
        assert {name: size for name, size in sizes.items() if size} == {"jazz": 10}
    shown = playlist(app)
    assert [entry["title"].split(",")[0] for entry in shown["entries"]] == ["jazz/jazz.00004"] * 10
    assert all(entry["picture"] and not entry["url"] for entry in shown["entries"])
    assert "does not ship with Genre Lab. To listen to it, enter a folder" in plain(texts(app))
    (tmp_path / "music" / "jazz").mkdir(parents=True)
    clip = synthesis.song("shuffle").clip(seconds=30)
    (tmp_path / "music" / "jazz" / "jazz.00004.wav").write_bytes(audio.wav_bytes(clip))
    app.text_input(key="explore_folder").set_value(str(tmp_path / "music"))
    predicted(app)
    assert all(entry["url"] for entry in playlist(app)["entries"])
    next(button for button in app.button if button.label == "Clear the selection").click().run()
    assert not app.exception and app.multiselect(key="explore_tracks").value == []
    assert not [part for part in app.get("bidi_component") if part.proto.component_name == "genre_lab_playlist"]


def read_embedding(folder: Path, *, features: str, jobs: int, progress: Progress) -> Dataset:
    values = np.random.default_rng(0).normal(size=(60, 200))
    genre = np.repeat(GENRES, 20)
    track = np.array([f"{name}/{i // 5}" for i, name in enumerate(genre)])
    return Dataset("made", features, values, genre, track, np.arange(60) % 5 * 3.0)


def test_the_same_tracks_can_be_extracted_with_other_features(
    loaded: AppTest, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [toggle for toggle in open_section(loaded, "Projection").toggle if "beside" in toggle.label], "no audio"
    monkeypatch.setattr(datasets, "read_folder", read_embedding)
    loaded.session_state[Keys.DATASET] = replace(dataset, folder=tmp_path)
    loaded.run()
    loaded.toggle(key="explore_beside").set_value(True)
    run_until(loaded, lambda app: len(app.get("plotly_chart")) == 2)
    assert not loaded.exception and not loaded.error


def test_without_the_bundled_table_another_can_be_chosen(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "BUNDLED", tmp_path / "nothing")
    st.cache_resource.clear()
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert [control.label for control in app.segmented_control] == ["Source"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("missing.csv", b"a,b\n1,2\n"), ("text.parquet", b"no table at all"), ("empty.csv", b"")],
)
def test_an_invalid_table_gives_a_message_and_the_dataset_stays(loaded: AppTest, name: str, content: bytes) -> None:
    loaded.segmented_control(key="picker_source").set_value("Table").run()
    loaded.file_uploader[0].upload(name, content, "text/csv")
    run_until(loaded, lambda app: app.session_state[Keys.DATASET_JOB] is None)
    assert not loaded.exception
    assert len(loaded.error) == 1
    assert name in loaded.error[0].value
    assert "Dataset: **made**" in texts(loaded)


def test_an_uploaded_table_is_used_and_survives_leaving_the_page(
    loaded: AppTest, dataset: Dataset, tmp_path: Path
) -> None:
    datasets.write_table(dataset, tmp_path / "mine.parquet")
    loaded.segmented_control(key="picker_source").set_value("Table").run()
    loaded.file_uploader[0].upload("mine.parquet", (tmp_path / "mine.parquet").read_bytes(), "")
    run_until(loaded, lambda app: app.session_state[Keys.DATASET_JOB] is None)
    assert "Dataset: **mine.parquet**" in texts(loaded)
    loaded.switch_page("pages/start.py").run()
    loaded.switch_page("pages/explore.py").run()
    assert "Dataset: **mine.parquet**" in texts(loaded)


def extract(app: AppTest, folder: Path | str, *, stem: str = "mix") -> AppTest:
    app.segmented_control(key="picker_source").set_value("Folder").run()
    app.text_input(key="picker_folder").set_value(str(folder))
    app.selectbox(key="picker_stem").select(stem)
    app.button[0].click().run()
    return run_until(app, lambda app: app.session_state[Keys.DATASET_JOB] is None)


@pytest.mark.parametrize("folder", ["", "/no/such/folder", "."])
def test_a_folder_without_audio_gives_a_message(loaded: AppTest, tmp_path: Path, folder: str) -> None:
    extract(loaded, tmp_path if folder == "." else folder)
    assert not loaded.exception
    assert len(loaded.error) == 1
    assert "Dataset: **made**" in texts(loaded)


def test_a_folder_is_extracted_and_saved_as_the_audio_folder(loaded: AppTest, demo_folder: Path) -> None:
    extract(loaded, demo_folder)
    assert loaded.session_state[Keys.DATASET].folder == demo_folder
    assert storage.read_settings()["audio_folder"] == str(demo_folder)


def test_a_folder_can_be_extracted_for_one_stem(loaded: AppTest, demo_folder: Path) -> None:
    extract(loaded, demo_folder, stem="accompaniment")
    assert loaded.session_state[Keys.DATASET].features == "paper@accompaniment"
    assert "feature set `paper@accompaniment`" in texts(loaded)


def read_folder_for_minutes(folder: Path, *, features: str, jobs: int, progress: Progress) -> Dataset:
    progress(1, 2)
    time.sleep(PATIENCE_S)
    raise DatasetError("The extraction was not stopped.")


def test_an_extraction_goes_on_when_the_page_is_left_and_can_be_stopped(
    loaded: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "read_folder", read_folder_for_minutes)
    loaded.segmented_control(key="picker_source").set_value("Folder").run()
    loaded.text_input(key="picker_folder").set_value("/music")
    loaded.button[0].click().run()
    assert loaded.get("progress")
    assert loaded.get("plotly_chart"), "the page is usable meanwhile"
    loaded.switch_page("pages/start.py").run()
    loaded.switch_page("pages/explore.py").run()
    loaded.button(key="picker_stop").click().run()
    run_until(loaded, lambda app: app.session_state[Keys.DATASET_JOB] is None)
    assert "Stopped" in loaded.info[0].value
    assert not loaded.error
