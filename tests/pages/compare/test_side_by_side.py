"""Compare: runs side by side, their settings, and sweeps."""

import json
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from genre_core import runs
from genre_core.runs import comparison
from genre_core.runs.difference import difference
from tests import stored_files
from tests.compare_page import choose, headers, words
from tests.waiting import run_until


def test_two_runs_with_different_test_sets_are_compared_with_a_warning(app: AppTest) -> None:
    app.run()
    choose(app, "paper-random", "paper-track")
    assert not app.exception and not app.error
    warnings = [warning.value for warning in app.warning]
    assert any("random split" in text and "track split" in text for text in warnings)
    assert "Difference of the confusion matrices" in headers(app)
    assert "the difference is due to the test sets as well as to the models" in words(app)
    assert "The test sets differ, so a higher curve does not mean a better model" in words(app)
    # Two of the bundled runs have the same model and test set, so there is a chart of their settings as well.
    assert len(app.get("plotly_chart")) == 5


def test_two_runs_with_the_same_test_set_need_no_warning(app: AppTest, own_runs: list[str]) -> None:
    app.run()
    choose(app, "small", "smaller")
    assert len(app.warning) == 1, "that of the table, which has all runs"
    assert "as well as to the models" not in words(app)


def test_the_difference_of_two_runs_is_tested_and_its_segments_are_listed(app: AppTest) -> None:
    app.run()
    choose(app, runs.DEFAULT_RUN, "two-networks")
    run_until(app, lambda app: not app.get("progress"))
    assert not app.exception and not app.error
    assert "Is the difference chance?" in headers(app)
    first, second = (runs.load_run(name).evaluation() for name in (runs.DEFAULT_RUN, "two-networks"))
    expected = difference(first, second)
    assert expected is not None and expected.describe("A", "B") in words(app)
    (listed,) = [frame.value for frame in app.dataframe if list(frame.value.columns)[-2:] == ["A", "B"]]
    assert len(listed) == len(expected.differing) > 0
    assert all((a[0] == "✓") != (b[0] == "✓") for a, b in zip(listed["A"], listed["B"], strict=True))
    choose(app, "paper-random", "paper-track")
    assert "Is the difference chance?" not in headers(app), "the test sets differ"


def test_runs_with_different_genres_have_no_difference(app: AppTest, home: Path, own_runs: list[str]) -> None:
    folder = home / "runs" / "leaky"
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    genres = [*document["genres"][:-1], "shanty"]
    (folder / "run.json").write_text(json.dumps(document | {"genres": genres}), encoding="utf-8")
    table = pd.read_parquet(folder / "predictions.parquet")
    table = table.rename(columns={"p_rock": "p_shanty"}).replace({"true_genre": {"rock": "shanty"}})
    stored_files.replace_file(folder, "predictions.parquet", table.to_parquet())
    app.run()
    choose(app, "small", "leaky")
    assert not app.exception
    assert "have different genres" in words(app)


def test_settings_of_one_model_and_test_set_are_compared(app: AppTest, own_runs: list[str]) -> None:
    app.run()
    (group,) = [box for box in app.selectbox if box.label == "Model and test set"]
    default = comparison.describe_test_set(runs.load_run(runs.DEFAULT_RUN).info)
    assert group.options == [
        f"MLP · {comparison.describe_test_set(runs.load_run('small').info)} (3 runs)",
        f"Logistic regression · {default} (2 runs)",
    ]
    app.segmented_control(key="compare_settings_score").set_value("macro_f1").run()
    assert not app.exception


def test_a_sweep_shows_the_effect_of_its_settings_on_the_validation_set(app: AppTest, sweep: str) -> None:
    app.run()
    assert not app.exception and not app.error
    assert "Sweeps" in headers(app)
    text = words(app)
    assert "Scores of trials are measured on the validation set" in text
    assert "has an accuracy per track of 60.0 %" in text and "on the test set (track split of GTZAN-mini" in text
    trials = app.dataframe[-1].value
    assert list(trials["Dropout"]) == ["0.2", "0.4", "0"]
    assert list(trials["track_accuracy"]) == pytest.approx([70, 50, 30])
    assert list(trials["best"]) == ["★", "", ""]
    assert not any("trial" in name for name in app.dataframe[0].value["name"])
    app.toggle(key="compare_trials").set_value(True).run()
    assert any("trial" in name for name in app.dataframe[0].value["name"])
    app.segmented_control(key="compare_sweep_score").set_value("accuracy").run()
    assert not app.exception
