"""Evaluate: the views of the predictions."""

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import runs
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.evaluation.further import further_scores
from genre_core.training import Trainer
from genre_core.wording import percent
from tests.evaluate_page import open_view, playlist, train, words
from tests.waiting import predicted
from ui.state import Keys

VIEWS = ["Confusion matrix", "Tracks", "Confident errors", "Calibration", "Scores per genre", "Learning curves"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("run", ["paper-random", "paper-track"])
def test_every_view_names_its_split(app: AppTest, view: str, run: str) -> None:
    app.session_state[Keys.RUN] = run
    app.run()
    open_view(app, view)
    assert not app.exception and not app.error
    split = {"paper-random": "random split", "paper-track": "track split"}[run]
    assert app.caption[-1].value.startswith(f"Measured on **the test set of a {split}")


def test_an_address_opens_the_same_view_and_the_view_is_in_the_address(app: AppTest) -> None:
    app.query_params |= {"run": "paper-track", "view": "Calibration"}
    app.run()
    assert not app.exception and not app.error
    assert app.segmented_control(key="evaluate_view").value == "Calibration"
    open_view(app, "Tracks")
    assert dict(app.query_params) == {"run": "paper-track", "view": "Tracks"}
    open_view(app, VIEWS[0])
    assert dict(app.query_params) == {"run": "paper-track"}


def test_tracks_are_listed_with_errors_first(app: AppTest) -> None:
    app.session_state[Keys.RUN] = "paper-track"
    app.run()
    open_view(app, "Tracks")
    tracks = runs.load_run("paper-track").evaluation().tracks.set_index("track")
    listed = app.dataframe[0].value
    assert len(listed) == len(tracks)
    n_errors = int((~tracks["correct"]).sum())
    assert list(listed[""]) == ["✗"] * n_errors + ["✓"] * (len(tracks) - n_errors)
    for _, row in listed.iterrows():
        known = tracks.loc[row["Track"]]
        assert row["Votes"] == f"{known['votes']} of {known['segments']}"
        assert row["Probability"] == pytest.approx(100 * known[f"p_{known['predicted_genre']}"])
    app.toggle(key="evaluate_tracks_errors_only").set_value(True).run()
    assert set(app.dataframe[0].value[""]) == {"✗"}


def test_a_segment_of_a_track_is_chosen_by_its_time(app: AppTest) -> None:
    app.session_state[Keys.RUN] = "paper-track"
    app.run()
    open_view(app, "Tracks")
    track = app.dataframe[0].value["Track"][0]
    evaluation = runs.load_run("paper-track").evaluation()
    (pills,) = [pills for pills in app.pills if pills.label == "Segment"]
    assert len(pills.options) == int((evaluation.track == track).sum())
    shown = playlist(app)
    assert [entry["start_s"] for entry in shown["entries"]] == sorted(evaluation.start_s[evaluation.track == track])
    assert shown["entries"][shown["index"]]["title"] == f"{track}, 0:00 to 0:03"
    assert shown["begin"] == 0
    start_s = sorted(evaluation.start_s[evaluation.track == track])[2]
    pills.set_value(start_s).run()
    assert not app.exception
    shown = playlist(app)
    assert shown["entries"][shown["index"]]["title"] == f"{track}, 0:06 to 0:09"
    assert shown["begin"] == 1, "it plays"


def test_errors_are_listed_most_confident_first(app: AppTest) -> None:
    app.run()
    open_view(app, "Confident errors")
    errors = runs.load_run(runs.PAPER_RUN).evaluation().errors()
    listed = app.dataframe[0].value
    assert list(listed["Track"]) == list(errors["track"])
    assert list(listed["Probability"]) == pytest.approx(list(100 * errors["probability"]))
    assert f"{len(errors)} of 329 segments are predicted incorrectly" in words(app)
    shown = playlist(app)
    assert shown["entries"][0]["title"].startswith(f"{errors['track'][0]}, ")
    assert len(shown["entries"]) == min(len(errors), 40) and shown["total"] == len(errors)


def test_calibration_is_explained(app: AppTest) -> None:
    app.session_state[Keys.RUN] = "paper-track"
    app.run()
    open_view(app, "Calibration")
    calibration = runs.load_run("paper-track").evaluation().calibration
    largest = calibration.counts.argmax()
    confidence, accuracy = (
        percent(values[largest]).replace("\u00a0", " ") for values in (calibration.confidence, calibration.accuracy)
    )
    assert f"has a mean confidence of {confidence}. {accuracy} of them are predicted correctly" in words(app)
    assert f"Expected calibration error: {calibration.error:.3f}" in words(app)


def test_curves_have_a_table_of_their_areas(app: AppTest) -> None:
    app.session_state[Keys.RUN] = "paper-track"
    app.run()
    assert "Of the same segments: Top-2 accuracy 82.9 % (95 % CI 70.3 to 93.6 %)" in words(app)
    predicted(open_view(app, "ROC and precision-recall"))
    expected = further_scores(runs.load_run("paper-track").evaluation())
    areas = app.dataframe[0].value.set_index("genre")
    assert len(areas) == 11
    assert areas.loc["Mean", "auroc"] == pytest.approx(expected.auroc)
    assert areas.loc["Mean", "average_precision"] == pytest.approx(expected.average_precision)
    assert "when so many" not in words(app)
    app.segmented_control(key="evaluate_curve").set_value("Precision-recall curve").run()
    assert not app.exception and "when so many of its segments are found" in words(app)


def test_the_classification_report_is_shown_under_the_scores_per_genre(app: AppTest) -> None:
    app.session_state[Keys.RUN] = "paper-track"
    app.run()
    open_view(app, "Scores per genre")
    report = app.dataframe[-1].value
    assert list(report["genre"][-3:]) == ["accuracy", "macro avg", "weighted avg"]
    assert report["f1-score"][10] == pytest.approx(runs.load_run("paper-track").info.scores.accuracy)


def test_a_model_without_epochs_has_no_curve(app: AppTest, trainer: Trainer, bundled: Dataset) -> None:
    app.session_state[Keys.RUN] = train(trainer, bundled, SplitConfig("track")).name
    app.run()
    open_view(app, "Learning curves")
    assert "Logistic regression is not trained in epochs" in words(app)
