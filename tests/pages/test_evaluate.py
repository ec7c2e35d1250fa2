"""The page Evaluate: with the runs that ship, with a visitor's own, with none, and with the audio at hand."""

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import audio, demo, runs, storage
from genre_core.figures.words import score
from ui.state import Keys


@pytest.fixture
def app(visit) -> AppTest:
    return visit("pages/evaluate.py")


@pytest.fixture
def own_run(home: Path) -> str:
    """A run of the visitor's, without a title."""
    folder = home / "runs" / "mine"
    shutil.copytree(storage.BUNDLED / "runs" / "paper-track", folder)
    said = json.loads((folder / "run.json").read_text()) | {"title": ""}
    (folder / "run.json").write_text(json.dumps(said))
    return "mine"


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A folder that has the audio of one track, and a folder a genre."""
    folder = tmp_path / "music"
    evaluation = runs.load_run(runs.DEFAULT).evaluation()
    for genre in evaluation.genres:
        (folder / genre).mkdir(parents=True)
    pair = evaluation.confused_pairs(1)[0]
    track = evaluation.cell(pair.genre, pair.taken_for)["track"][0]
    (folder / f"{track}.wav").write_bytes(audio.wav_bytes(demo.song("shuffle").clip()))
    return folder


def words(app: AppTest) -> str:
    said = "\n".join(element.value for element in (*app.markdown, *app.caption, *app.warning))
    return said.replace("**", "").replace("\u00a0", " ")


def test_scores_stand_with_their_split_and_a_warning(app):
    app.run()
    assert not app.exception and not app.error
    info = runs.load_run(runs.DEFAULT).info
    assert [metric.value for metric in app.metric] == [
        score(info.accuracy),
        score(info.track_accuracy),
        f"{info.macro_f1:.2f}",
    ]
    assert "random split by segment: 668 train / 329 test segments, 99 of 100 tracks stand on both sides" in words(app)
    honest = runs.load_run("paper-track").info.accuracy
    (warning,) = app.warning
    assert "memory of recordings" in warning.value
    assert f"{100 * honest:.0f}" in warning.value


def test_a_split_by_track_needs_no_warning(app, own_run):
    app.session_state[Keys.RUN] = own_run
    app.run()
    assert app.selectbox(key="run_picker").value == own_run
    assert "split by track" in words(app) and "none on both sides" in words(app)
    assert not app.warning


def test_every_choice_of_run_says_its_split(app, own_run):
    app.run()
    options = app.selectbox(key="run_picker").options
    assert len(options) == len(runs.list_runs()) >= 3
    assert all("split by segment" in option or "split by track" in option.lower() for option in options)
    assert any("bundled, mlp 512-256-128-64, dropout 0.2, 400 epochs" in option for option in options)


def test_another_run_is_remembered(app):
    app.run()
    app.selectbox(key="run_picker").select("paper-track").run()
    assert app.session_state[Keys.RUN] == "paper-track"
    app.switch_page("pages/predict.py").run()
    assert app.selectbox(key="run_picker").value == "paper-track"


def test_it_opens_on_the_most_frequent_mistake_and_lists_its_segments(app):
    app.run()
    evaluation = runs.load_run(runs.DEFAULT).evaluation()
    pair = evaluation.confused_pairs(1)[0]
    assert (app.selectbox(key="evaluate_genre").value, app.selectbox(key="evaluate_heard").value) == (
        pair.genre,
        pair.taken_for,
    )
    assert f"{pair.segments} of {pair.of} {pair.genre} segments taken for {pair.taken_for}" in words(app)
    listed = app.dataframe[0].value
    expected = evaluation.cell(pair.genre, pair.taken_for)
    assert list(listed["track"]) == list(expected["track"])
    assert list(listed[f"p({pair.taken_for})"]) == pytest.approx(list(100 * expected[f"p_{pair.taken_for}"]))


def test_a_cell_is_chosen_by_keyboard(app):
    app.run()
    app.selectbox(key="evaluate_genre").select("rock")
    app.selectbox(key="evaluate_heard").select("rock").run()
    expected = runs.load_run(runs.DEFAULT).evaluation().confusion[-1, -1]
    assert f"{expected} of 33 rock segments heard right" in words(app)
    assert len(app.dataframe[0].value) == expected
    app.selectbox(key="evaluate_heard").select("classical").run()
    assert "0 of 33 rock segments taken for classical." in words(app)
    assert not app.exception


def test_a_mistake_in_words_chooses_its_cell(app):
    app.run()
    pair = runs.load_run(runs.DEFAULT).evaluation().confused_pairs(3)[-1]
    button = app.button(key=f"evaluate_pair_{pair.genre}_{pair.taken_for}")
    assert button.label.replace("**", "") == (
        f"{pair.genre} was taken for {pair.taken_for} in {pair.segments} of {pair.of} segments"
    )
    button.click().run()
    assert app.selectbox(key="evaluate_genre").value == pair.genre
    assert app.selectbox(key="evaluate_heard").value == pair.taken_for


@pytest.mark.parametrize("show", ["row", "column"])
def test_the_matrix_shows_shares(app, show):
    app.run()
    app.segmented_control(key="evaluate_show").set_value(show).run()
    assert not app.exception


def test_without_audio_it_asks_for_the_folder_and_refuses_a_wrong_one(app, tmp_path, music):
    app.run()
    assert "Name the folder" in words(app)
    assert not app.get("audio")
    box = app.text_input(key="evaluate_folder")
    box.set_value(str(tmp_path / "nowhere")).run()
    assert "There is no folder" in app.error[0].value
    app.text_input(key="evaluate_folder").set_value(str(tmp_path)).run()
    assert f"name {music}" in app.error[0].value
    assert "audio_folder" not in storage.read_settings()


def test_a_folder_that_was_named_once_is_remembered_and_played(app, music):
    app.run()
    app.text_input(key="evaluate_folder").set_value(str(music)).run()
    assert not app.error and not app.exception
    assert storage.read_settings()["audio_folder"] == str(music)
    (player,) = app.get("audio")
    listed = app.dataframe[0].value
    minutes, seconds = str(listed["at"][0]).split(":")
    assert player.proto.start_time == 60 * int(minutes) + int(seconds)
    assert player.proto.end_time == player.proto.start_time + 3


def test_a_track_that_cannot_be_decoded_is_said_and_the_rest_stays(app, music):
    (track,) = music.glob("*/*.wav")
    track.write_bytes(b"not audio")
    storage.write_setting("audio_folder", str(music))
    app.run()
    assert not app.exception
    assert "isn't audio" in app.error[0].value
    assert len(app.get("plotly_chart")) == 4


def test_without_a_run_it_says_where_to_get_one(app, tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "BUNDLED", tmp_path / "nothing")
    app.run()
    assert not app.exception and not app.error
    assert "no run yet" in app.info[0].value
    assert [link.proto.page for link in app.get("page_link")] == ["train"]


def test_a_damaged_run_is_said(app, home, own_run):
    (home / "runs" / "mine" / "predictions.parquet").write_bytes(b"gone")
    app.session_state[Keys.RUN] = own_run
    app.run()
    assert not app.exception
    assert "damaged" in app.error[0].value
    assert app.selectbox(key="run_picker").value == own_run
