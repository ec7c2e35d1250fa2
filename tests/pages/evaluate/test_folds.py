"""Evaluate: a cross-validated run shows its folds, and nothing that leads nowhere."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from genre_core import runs
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.runs import folds
from genre_core.training import Trainer
from tests.evaluate_page import open_view, train, words
from tests.page_text import plain
from ui.state import Keys


def headings(app: AppTest) -> list[str]:
    return [heading.value for heading in app.subheader]


def test_the_default_run_shows_its_folds_and_no_dead_end(app: AppTest) -> None:
    app.session_state[Keys.RUN] = runs.DEFAULT_RUN
    app.run()
    assert not app.exception and not app.error and not app.warning and not app.info
    # Nobody has its dataset, so nothing asks for it.
    assert headings(app) == ["Cross-validation", "Augmented test set", "Predictions of all folds together"]
    assert not [link for link in app.get("page_link") if link.proto.label == "Choose the dataset"]
    run = runs.load_run(runs.DEFAULT_RUN)
    text = words(app)
    assert f"divided into {len(run.info.folds)} folds" in text
    for name in ("accuracy", "track_accuracy"):
        assert plain(folds.describe_spread(run.info.folds, name)) in text
    assert plain(folds.describe_final_model(run.info)) in text
    assert "does not ship with Genre Lab. To listen to it, enter a folder" in text


def test_a_fold_is_chosen_and_described(app: AppTest) -> None:
    app.session_state[Keys.RUN] = runs.DEFAULT_RUN
    app.run()
    run = runs.load_run(runs.DEFAULT_RUN)
    first, second, *_ = folds.folds_of(run.info, run.evaluation())
    assert all(plain(sentence) in words(app) for sentence in folds.describe_fold(first))
    app.pills(key=f"evaluate_fold_{run.info.name}").set_value(2).run()
    assert not app.exception
    assert all(plain(sentence) in words(app) for sentence in folds.describe_fold(second))
    assert ", ".join(first.held_out_artists) not in words(app)


@pytest.mark.parametrize(
    ("kind", "divided", "tested"),
    [
        ("track", "all segments of a track are in the same fold", "each of the 100 tracks is tested once"),
        ("random", "those of one track can be in several folds", "each of the 997 segments is tested once"),
    ],
)
def test_a_run_of_the_users_says_what_its_folds_are(
    app: AppTest, trainer: Trainer, bundled: Dataset, kind: str, divided: str, tested: str
) -> None:
    info = train(trainer, bundled, SplitConfig(kind, folds=3))  # type: ignore[arg-type]
    app.session_state[Keys.RUN] = info.name
    app.run()
    assert not app.exception and not app.error
    assert divided in words(app) and tested in words(app)
    assert "trained last, on all 997 segments of 100 tracks" in words(app)
    assert "Effect of the split" in headings(app), "its dataset is here"


def test_the_tracks_have_their_fold_and_their_artist(app: AppTest, trainer: Trainer, bundled: Dataset) -> None:
    info = train(trainer, bundled, SplitConfig("artist", folds=3))
    app.session_state[Keys.RUN] = info.name
    app.run()
    open_view(app, "Tracks")
    assert not app.exception
    evaluation = runs.load_run(info.name).evaluation()
    (listed,) = [table.value for table in app.dataframe if "Votes" in table.value]
    for track, fold in zip(listed["Track"], listed["Fold"], strict=True):
        assert fold == ", ".join(map(str, evaluation.track_folds[track]))
    track = listed["Track"][0]
    assert (
        f"Artist: {folds.artists_of(evaluation)[track]}. Tested in fold {listed['Fold'][0]}, by a model that was not "
        "trained on this artist." in words(app)
    )


def test_without_stored_folds_there_are_their_scores_alone(
    app: AppTest, trainer: Trainer, bundled: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = train(trainer, bundled, SplitConfig("track", folds=3))
    monkeypatch.setattr("genre_core.runs.predictions._folds", lambda *_: None)
    app.session_state[Keys.RUN] = info.name
    app.run()
    assert not app.exception and not app.error
    (table,) = [table.value for table in app.dataframe if "fold" in table.value]
    assert isinstance(table, pd.DataFrame) and list(table["fold"]) == [1, 2, 3]
    assert not [pills for pills in app.pills if pills.label == "Fold"]
    open_view(app, "Tracks")
    assert not app.exception
    (listed,) = [table.value for table in app.dataframe if "Votes" in table.value]
    assert "Fold" not in listed


def test_without_folds_there_is_no_such_section(app: AppTest) -> None:
    app.run()
    assert headings(app) == ["Effect of the split", "Predictions on the test set"]
