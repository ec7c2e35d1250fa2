"""The page Evaluate: with the runs that ship, with a visitor's own, with none, and with the audio at hand."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core import audio, datasets, runs, storage
from genre_core.audio import synthesis
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.figures.formatting import percent, score
from genre_core.models.config import LogisticConfig
from genre_core.runs import RunInfo
from genre_core.training import Trainer
from ui import cached
from ui.state import Keys


@pytest.fixture
def app(visit, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page, on the paper's run, with a trainer that has nothing to do."""
    app = visit("pages/evaluate.py")
    app.session_state[Keys.RUN] = runs.PAPER
    monkeypatch.setattr(cached, "trainer", lambda: SimpleNamespace(jobs=[], pace=1.0))
    return app


@pytest.fixture
def busy_app(app: AppTest, trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page, with the tests' warm trainer."""
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    return app


def train(trainer: Trainer, dataset: Dataset, split: SplitConfig) -> RunInfo:
    """A run that takes a moment."""
    return trainer.start(dataset, LogisticConfig(), split).result().info


def look_at(app: AppTest, view: str) -> AppTest:
    return app.segmented_control(key="evaluate_view").set_value(view).run()


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
    evaluation = runs.load_run(runs.PAPER).evaluation()
    for genre in evaluation.genres:
        (folder / genre).mkdir(parents=True)
    pair = evaluation.confused_pairs(1)[0]
    track = evaluation.cell(pair.genre, pair.predicted_genre)["track"][0]
    (folder / f"{track}.wav").write_bytes(audio.wav_bytes(synthesis.song("shuffle").clip()))
    return folder


def words(app: AppTest) -> str:
    said = "\n".join(element.value for element in (*app.markdown, *app.caption, *app.warning, *app.info))
    return said.replace("**", "").replace("\u00a0", " ")


def test_scores_stand_with_their_split_and_a_warning(app):
    app.run()
    assert not app.exception and not app.error
    info = runs.load_run(runs.PAPER).info
    assert [metric.value for metric in app.metric] == [
        score(info.scores.accuracy),
        score(info.scores.track_accuracy),
        f"{info.scores.macro_f1:.2f}",
        f"{info.scores.log_loss:.2f}",
    ]
    interval = info.ci95["accuracy"]
    assert app.metric[0].delta == f"{100 * interval.low:.1f} to {100 * interval.high:.1f}"
    assert "bootstrap over the 99 tested tracks" in words(app)
    assert "random split by segment: 668 train / 329 test segments, 99 of 100 tracks stand on both sides" in words(app)
    honest = runs.load_run("paper-track").info.scores.accuracy
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
    splits = ("random split by segment", "split by track", "fault-filtered split", "5 folds by artist")
    assert all(option.lower().startswith(splits) for option in options)
    assert any("bundled, mlp 512-256-128-64, 400 epochs" in option for option in options)


def test_another_run_is_remembered(app):
    app.run()
    app.selectbox(key="run_picker").select("paper-track").run()
    assert app.session_state[Keys.RUN] == "paper-track"
    app.switch_page("pages/predict.py").run()
    assert app.selectbox(key="run_picker").value == "paper-track"


def test_it_opens_on_the_most_frequent_mistake_and_lists_its_segments(app):
    app.run()
    evaluation = runs.load_run(runs.PAPER).evaluation()
    pair = evaluation.confused_pairs(1)[0]
    assert (app.selectbox(key="evaluate_genre").value, app.selectbox(key="evaluate_heard").value) == (
        pair.genre,
        pair.predicted_genre,
    )
    assert f"{pair.segments} of {pair.of} {pair.genre} segments taken for {pair.predicted_genre}" in words(app)
    listed = app.dataframe[0].value
    expected = evaluation.cell(pair.genre, pair.predicted_genre)
    assert list(listed["track"]) == list(expected["track"])
    assert list(listed[f"p({pair.predicted_genre})"]) == pytest.approx(
        list(100 * expected[f"p_{pair.predicted_genre}"])
    )


def test_a_cell_is_chosen_by_keyboard(app):
    app.run()
    app.selectbox(key="evaluate_genre").select("rock")
    app.selectbox(key="evaluate_heard").select("rock").run()
    expected = runs.load_run(runs.PAPER).evaluation().confusion[-1, -1]
    assert f"{expected} of 33 rock segments heard right" in words(app)
    assert len(app.dataframe[0].value) == expected
    app.selectbox(key="evaluate_heard").select("classical").run()
    assert "0 of 33 rock segments taken for classical." in words(app)
    assert not app.exception


def test_a_mistake_in_words_chooses_its_cell(app):
    app.run()
    pair = runs.load_run(runs.PAPER).evaluation().confused_pairs(3)[-1]
    button = app.button(key=f"evaluate_pair_{pair.genre}_{pair.predicted_genre}")
    assert button.label.replace("**", "") == (
        f"{pair.genre} was taken for {pair.predicted_genre} in {pair.segments} of {pair.of} segments"
    )
    button.click().run()
    assert app.selectbox(key="evaluate_genre").value == pair.genre
    assert app.selectbox(key="evaluate_heard").value == pair.predicted_genre


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
    assert len(app.get("plotly_chart")) == 3  # splits, matrix, probabilities


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


# --- what the split does --------------------------------------------------------------------------------------------


def test_the_gap_between_the_splits_is_said_with_both_scores(app):
    app.run()
    leaky, honest = (runs.load_run(name).info.scores.accuracy for name in ("paper-random", "paper-track"))
    said = words(app)
    assert "this model recognizes recordings, not genres" in said
    assert f"names {100 * leaky:.0f} % right" in said and f"falls to {100 * honest:.0f} %" in said


def test_a_missing_split_says_what_it_means_and_can_be_measured(app):
    app.run()
    said = words(app)
    assert "Not measured yet. By artist: nobody who is tested was heard in training." in said
    assert "blues, classical, reggae, rock can't be tested" in said
    assert app.button(key="evaluate_measure").label == "Measure the missing split"


def test_missing_splits_are_measured_and_found_again(busy_app, trainer, bundled):
    app = busy_app
    info = train(trainer, bundled, SplitConfig("random", seed=3))
    app.session_state[Keys.RUN] = info.name
    app.run()
    assert app.button(key="evaluate_measure").label == "Measure the missing splits"
    app.button(key="evaluate_measure").click().run()
    jobs = list(app.session_state["evaluate_jobs"].values())
    assert {job.split.config for job in jobs} == {SplitConfig("track", seed=3), SplitConfig("artist", seed=3)}
    # Leaving and coming back while they go on.
    app.switch_page("pages/start.py").run()
    for job in jobs:
        assert job.wait(60)
    app.switch_page("pages/evaluate.py").run()
    assert not app.exception and not app.error
    assert "evaluate_measure" not in [button.key for button in app.button]
    said = words(app)
    assert "(split by track)" in said and "(split by artist; only 6 of the 10 genres can be tested so)" in said
    assert app.session_state[Keys.RUN] == info.name


def test_a_training_that_another_visit_began_is_found(busy_app, trainer, bundled):
    app = busy_app
    ended = train(trainer, bundled, SplitConfig("random"))
    app.session_state[Keys.RUN] = ended.name
    ahead = trainer.start(bundled, LogisticConfig(), SplitConfig("track", folds=10))  # keeps the one worker busy
    job = trainer.start(bundled, LogisticConfig(), SplitConfig("artist"))
    app.run()
    assert "evaluate_stop" in [button.key for button in app.button]
    app.button(key="evaluate_stop").click().run()
    assert job.wait(60)
    ahead.stop()
    ahead.wait(60)
    app.run()
    assert not app.exception
    if job.run is None:
        assert job.problem in words(app)


def test_a_split_that_cannot_be_made_says_why(app, trainer, demo_folder):
    dataset = datasets.read_folder(demo_folder, jobs=1)
    dataset = replace(dataset, artist=np.full(len(dataset.track), ""))
    app.session_state[Keys.RUN] = train(trainer, dataset, SplitConfig("random")).name
    app.session_state[Keys.DATASET] = dataset
    app.run()
    assert not app.exception
    assert "By artist it can't be measured. No artist of" in words(app)
    assert app.button(key="evaluate_measure").label == "Measure the missing split"


def test_without_its_data_set_it_says_what_is_needed(app, trainer, demo_folder):
    dataset = datasets.read_folder(demo_folder, jobs=1)
    app.session_state[Keys.RUN] = train(trainer, dataset, SplitConfig("random")).name
    app.run()
    assert not app.exception
    assert f"choose the data set {dataset.name} with the features paper" in words(app)
    assert "evaluate_measure" not in [button.key for button in app.button]


def test_another_data_set_of_the_same_name_is_not_taken_for_it(app, trainer, demo_folder):
    dataset = datasets.read_folder(demo_folder, jobs=1)
    app.session_state[Keys.RUN] = train(trainer, dataset, SplitConfig("random")).name
    app.session_state[Keys.DATASET] = dataset.take(dataset.track != dataset.track[0])
    app.run()
    assert "evaluate_measure" not in [button.key for button in app.button]


def test_a_stopped_run_offers_no_comparison(app, own_run, home):
    path = home / "runs" / own_run / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"stopped": True}))
    app.session_state[Keys.RUN] = own_run
    app.run()
    assert not app.exception
    assert "This run was stopped early" in words(app)
    assert "evaluate_measure" not in [button.key for button in app.button]


def test_what_was_left_out_and_not_tested_is_said(app, trainer, bundled):
    app.session_state[Keys.RUN] = train(trainer, bundled, SplitConfig("artist")).name
    app.run()
    said = [info.value for info in app.info]
    assert "4 tracks are left out: their artist is unknown." in said
    assert any("blues, classical, reggae, rock can't be tested" in note for note in said)


def test_the_scores_of_the_folds_stand_below_those_of_all(app, trainer, bundled):
    info = train(trainer, bundled, SplitConfig("track", folds=3))
    app.session_state[Keys.RUN] = info.name
    app.run()
    assert not app.exception
    assert "Measured on all parts of 3 folds by track: each of 997 segments tested once" in words(app)
    table = app.dataframe[0].value
    assert list(table["fold"]) == [1, 2, 3]
    assert list(table["accuracy"]) == pytest.approx([100 * fold.accuracy for fold in info.folds])


def test_the_part_for_choosing_is_no_test(app, trainer, bundled):
    tracks = np.unique(bundled.track)
    part = dict(zip(tracks, np.resize(["train", "valid", "train", "test"], len(tracks)), strict=True))
    dataset = replace(bundled, part=np.array([part[track] for track in bundled.track]))
    info = train(trainer, dataset, SplitConfig("column"))
    app.session_state[Keys.RUN] = info.name
    app.session_state[Keys.DATASET] = dataset
    app.run()
    assert not app.exception
    chosen = score(info.selection.accuracy).replace("\u00a0", " ")
    assert f"names {chosen} of the segments" in words(app)
    assert "so this is no test" in words(app)
    assert app.button(key="evaluate_measure").label == "Measure the missing splits"


# --- a closer look --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["Confusions", "Tracks", "Surest mistakes", "Calibration", "Genres", "Learning"])
@pytest.mark.parametrize("run", ["paper-random", "paper-track"])
def test_every_view_names_its_split(app, view, run):
    app.session_state[Keys.RUN] = run
    app.run()
    look_at(app, view)
    assert not app.exception and not app.error
    split = {"paper-random": "random split by segment", "paper-track": "split by track"}[run]
    assert app.caption[-1].value.startswith(f"Measured on **the test part of a {split}")


def test_tracks_have_the_votes_of_their_segments(app):
    app.session_state[Keys.RUN] = "paper-track"
    app.run()
    look_at(app, "Tracks")
    tracks = runs.load_run("paper-track").evaluation().tracks.set_index("track")
    listed = app.dataframe[0].value
    assert len(listed) == len(tracks)
    wrong = int((tracks["genre"] != tracks["predicted"]).sum())
    assert list(listed[""]) == ["✗"] * wrong + ["✓"] * (len(tracks) - wrong)
    for _, row in listed.iterrows():
        known = tracks.loc[row["track"]]
        assert row["votes"] == f"{known['votes']} of {known['segments']}"
        assert row["probability"] == pytest.approx(100 * known[f"p_{known['predicted']}"])
    app.toggle(key="evaluate_tracks_wrong").set_value(True).run()
    assert set(app.dataframe[0].value[""]) == {"✗"}


def test_a_segment_of_a_track_is_chosen_by_its_time(app):
    app.session_state[Keys.RUN] = "paper-track"
    app.run()
    look_at(app, "Tracks")
    track = app.dataframe[0].value["track"][0]
    evaluation = runs.load_run("paper-track").evaluation()
    (pills,) = [pills for pills in app.pills if pills.label == "Segment"]
    assert len(pills.options) == int((evaluation.track == track).sum())
    assert f"{track} from 0:00 to 0:03" in words(app)
    start_s = sorted(evaluation.start_s[evaluation.track == track])[2]
    pills.set_value(start_s).run()
    assert not app.exception
    assert f"{track} from 0:06 to 0:09" in words(app)


def test_the_surest_mistakes_come_first(app):
    app.run()
    look_at(app, "Surest mistakes")
    errors = runs.load_run(runs.PAPER).evaluation().errors()
    listed = app.dataframe[0].value
    assert list(listed["track"]) == list(errors["track"])
    assert list(listed["sure"]) == pytest.approx(list(100 * errors["confidence"]))
    assert f"{len(errors)} of 329 segments are heard wrong" in words(app)
    assert f"{errors['track'][0]} from" in words(app)


def test_calibration_is_said_in_words(app):
    app.session_state[Keys.RUN] = "paper-track"
    app.run()
    look_at(app, "Calibration")
    calibration = runs.load_run("paper-track").evaluation().calibration
    fullest = calibration.counts.argmax()
    said, right = (percent(values[fullest]).replace("\u00a0", " ") for values in (calibration.said, calibration.right))
    assert f"When it says {said}, it is right {right} of the time." in words(app)
    assert f"its expected calibration error is {calibration.error:.3f}" in words(app)


def test_a_model_without_epochs_has_no_curve(app, trainer, bundled):
    app.session_state[Keys.RUN] = train(trainer, bundled, SplitConfig("track")).name
    app.run()
    look_at(app, "Learning")
    assert "Logistic regression learns in one go" in words(app)


def test_a_bundled_segment_has_its_picture_without_audio(app):
    app.run()
    assert "Its mel picture" in words(app)
    assert not app.get("audio")


def test_a_picture_is_made_from_audio_where_none_is_bundled(app, trainer, demo_folder):
    dataset = datasets.read_folder(demo_folder, jobs=1)
    app.session_state[Keys.RUN] = train(trainer, dataset, SplitConfig("track")).name
    app.run()
    app.selectbox(key="evaluate_genre").select(dataset.genres[0])
    evaluation = runs.load_run(app.session_state[Keys.RUN]).evaluation()
    heard = evaluation.genres[evaluation.confusion[0].argmax()]
    app.selectbox(key="evaluate_heard").select(heard).run()
    assert "Its mel picture" not in words(app)
    storage.write_setting("audio_folder", str(demo_folder))
    app.run()
    assert not app.exception and not app.error
    assert "Its mel picture" in words(app)
    assert len(app.get("audio")) == 1
