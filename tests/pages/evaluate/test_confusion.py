"""Evaluate: from the confusion matrix to the segments of a cell and their audio."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import datasets, runs, storage
from genre_core.datasets.splits import SplitConfig
from genre_core.training import Trainer
from genre_core.wording import clock
from tests.evaluate_page import playlist, train, words
from tests.page_text import plain
from tests.waiting import predicted
from ui.state import Keys


def test_it_opens_on_the_most_frequent_error_and_lists_its_segments(app: AppTest) -> None:
    app.run()
    evaluation = runs.load_run(runs.PAPER_RUN).evaluation()
    pair = evaluation.confused_pairs(1)[0]
    assert (app.selectbox(key="evaluate_true_genre").value, app.selectbox(key="evaluate_predicted_genre").value) == (
        pair.true_genre,
        pair.predicted_genre,
    )
    assert (
        f"{pair.segments} of {pair.n_true} true {pair.true_genre} segments predicted as {pair.predicted_genre}"
        in words(app)
    )
    listed = app.dataframe[0].value
    expected = evaluation.cell(pair.true_genre, pair.predicted_genre)
    assert list(listed["Track"]) == list(expected["track"])
    assert list(listed[f"p({pair.predicted_genre})"]) == pytest.approx(
        list(100 * expected[f"p_{pair.predicted_genre}"])
    )


def test_a_cell_is_chosen_by_keyboard(app: AppTest) -> None:
    app.run()
    app.selectbox(key="evaluate_true_genre").select("rock")
    app.selectbox(key="evaluate_predicted_genre").select("rock").run()
    expected = runs.load_run(runs.PAPER_RUN).evaluation().confusion[-1, -1]
    assert f"{expected} of 33 true rock segments predicted as rock" in words(app)
    assert len(app.dataframe[0].value) == expected
    app.selectbox(key="evaluate_predicted_genre").select("classical").run()
    assert "0 of 33 true rock segments predicted as classical (0 %)." in words(app)
    assert not app.exception


def test_a_button_of_a_frequent_error_chooses_its_cell(app: AppTest) -> None:
    app.run()
    pair = runs.load_run(runs.PAPER_RUN).evaluation().confused_pairs(3)[-1]
    button = app.button(key=f"evaluate_pair_{pair.true_genre}_{pair.predicted_genre}")
    assert button.label.replace("**", "") == (
        f"{pair.true_genre} predicted as {pair.predicted_genre}: {pair.segments} of {pair.n_true}"
    )
    button.click().run()
    assert app.selectbox(key="evaluate_true_genre").value == pair.true_genre
    assert app.selectbox(key="evaluate_predicted_genre").value == pair.predicted_genre


@pytest.mark.parametrize("show", ["row", "column"])
def test_the_matrix_shows_percentages(app: AppTest, show: str) -> None:
    app.run()
    app.segmented_control(key="evaluate_cell_values").set_value(show).run()
    assert not app.exception


def test_without_audio_it_asks_for_the_folder_and_refuses_a_wrong_one(
    app: AppTest, tmp_path: Path, music: Path
) -> None:
    app.run()
    assert "To listen to it, enter a folder" in words(app)
    assert not any(entry["url"] for entry in playlist(app)["entries"])
    box = app.text_input(key="evaluate_folder")
    box.set_value(str(tmp_path / "nowhere")).run()
    assert "There is no folder" in plain(app.error[0].value)
    app.text_input(key="evaluate_folder").set_value(str(tmp_path)).run()
    assert f"choose {music}" in plain(app.error[0].value)
    assert "audio_folder" not in storage.read_settings()


def test_a_folder_is_remembered_and_its_audio_played(app: AppTest, music: Path) -> None:
    app.run()
    app.text_input(key="evaluate_folder").set_value(str(music))
    predicted(app)
    assert not app.error and not app.exception
    assert storage.read_settings()["audio_folder"] == str(music)
    shown, listed = playlist(app), app.dataframe[0].value
    assert [entry["title"].split(",")[0] for entry in shown["entries"]] == list(listed["Track"])
    first = shown["entries"][0]
    assert clock(first["start_s"]) == listed["Start"][0]
    assert first["length_s"] == pytest.approx(3, abs=0.01)
    assert first["url"] and first["picture"]
    # The tracks of the cell whose audio is not in the folder have a picture alone.
    others = [entry for entry in shown["entries"] if entry["title"].split(",")[0] != listed["Track"][0]]
    assert all(entry["picture"] and not entry["url"] for entry in others)
    assert not shown["begin"], "nothing plays before a click"


def test_a_click_on_a_frequent_error_plays_it_and_a_row_goes_to_its_segment(app: AppTest, music: Path) -> None:
    storage.write_setting("audio_folder", str(music))
    predicted(app)
    pair = runs.load_run(runs.PAPER_RUN).evaluation().confused_pairs(1)[0]
    app.button(key=f"evaluate_pair_{pair.true_genre}_{pair.predicted_genre}").click()
    predicted(app)
    shown = playlist(app)
    assert shown["begin"] == 1
    assert (shown["index"], shown["before"], shown["total"]) == (0, 0, pair.segments)


def test_a_track_that_cannot_be_decoded_gives_a_message_and_the_rest_stays(app: AppTest, music: Path) -> None:
    (track,) = music.glob("*/*.wav")
    track.write_bytes(b"not audio")
    storage.write_setting("audio_folder", str(music))
    predicted(app)
    assert not app.exception
    assert "isn't audio" in plain(app.error[0].value)
    assert any(entry["problem"] for entry in playlist(app)["entries"])
    assert len(app.get("plotly_chart")) == 2  # splits, matrix


def test_a_bundled_segment_has_its_spectrogram_without_audio(app: AppTest) -> None:
    app.run()
    assert all(entry["picture"] and not entry["url"] for entry in playlist(app)["entries"])


def test_a_spectrogram_is_computed_from_audio_if_none_is_bundled(
    app: AppTest, trainer: Trainer, demo_folder: Path
) -> None:
    dataset = datasets.read_folder(demo_folder, jobs=1)
    app.session_state[Keys.RUN] = train(trainer, dataset, SplitConfig("track")).name
    app.run()
    app.selectbox(key="evaluate_true_genre").select(dataset.genres[0])
    evaluation = runs.load_run(app.session_state[Keys.RUN]).evaluation()
    genre = evaluation.genres[evaluation.confusion[0].argmax()]
    app.selectbox(key="evaluate_predicted_genre").select(genre).run()
    assert not any(entry["picture"] or entry["url"] for entry in playlist(app)["entries"])
    storage.write_setting("audio_folder", str(demo_folder))
    predicted(app)
    assert not app.exception and not app.error
    assert all(entry["picture"] and entry["url"] for entry in playlist(app)["entries"])
