"""The HTML report of a run: complete, correct, offline, and harmless whatever its texts contain."""

import html
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from genre_core import report, runs, storage
from genre_core.report.markup import script_json
from genre_core.runs import Run, load_run
from genre_core.runs.folds import describe_fold, describe_spread, folds_of
from genre_core.wording import score

HOSTILE = "<img src=x onerror=alert(1)> & </script><script>alert(2)</script>"

VERSION_0_1_RUNS = Path(__file__).parents[1] / "data" / "version_0_1" / "runs"


@pytest.fixture
def own_run(home: Path) -> Run:
    """A run of the user's with a hostile title and note."""
    shutil.copytree(storage.bundled_runs_dir() / "paper-track", home / "runs" / "mine")
    runs.annotate_run("mine", title=HOSTILE, note=HOSTILE)
    return load_run("mine")


def without_plotly(page: str) -> str:
    """A report without the library."""
    scripts = re.findall(r"<script>.*?</script>", page, flags=re.DOTALL)
    return page.replace(max(scripts, key=len), "")


def figures_of(page: str) -> dict[str, Any]:
    found = re.search(r"^const figures = (.*);$", page, flags=re.MULTILINE)
    assert found
    figures: dict[str, Any] = json.loads(found[1])
    return figures


def test_it_has_the_scores_on_the_augmented_test_set() -> None:
    run = load_run("paper-track")
    assert "augmented test set" not in report.html_report(run)
    room = runs.AugmentedScores(replace(run.info.scores, track_accuracy=0.4321), run.info.ci95)
    info = replace(run.info, augmentations=("8-khz",), augmented={"room": room})
    page = without_plotly(report.html_report(replace(run, info=info)))
    assert "Scores on the augmented test set" in page
    assert f"{score(0.4321)} (" in page
    assert "8 kHz sample rate" in page


def test_it_has_the_scores_with_confidence_intervals_and_the_split() -> None:
    run = load_run("paper-random")
    page = html.unescape(without_plotly(report.html_report(run)))
    info = run.info
    for name in ("accuracy", "track_accuracy"):
        interval = info.ci95[name]
        assert score(getattr(info.scores, name)) in page
        assert f"{100 * interval.low:.1f} to {score(interval.high)}" in page
    assert f"{info.scores.macro_f1:.2f}" in page and f"{info.scores.log_loss:.2f}" in page
    assert page.count("random split") >= 4
    assert (
        f"Data leakage: {info.counts.shared_tracks} tracks have segments in both the training and the test set" in page
    )
    for text in (
        "512-256-128-64",
        "203,338",
        "relu",
        "GTZAN-mini",
        *info.genres,
        *info.versions.values(),
        "668 segments",
    ):
        assert text in page, text


def test_its_figures_are_those_of_the_run() -> None:
    run = load_run("paper-random")
    drawn = figures_of(report.html_report(run))
    assert set(drawn) == {"matrix-counts", "matrix-row", "accuracy", "loss"}
    texts = [int(note["text"]) for note in drawn["matrix-counts"]["layout"]["annotations"]]
    assert texts == run.evaluation().confusion.ravel().tolist()
    assert set(re.findall(r'data-figure="([^"]+)"', report.html_report(run))) == set(drawn)


def test_it_is_one_file_with_plotly_once_that_loads_nothing() -> None:
    page = report.html_report(load_run("paper-random"))
    assert page.count("plotly.js v") == 1
    assert "default-src 'none'" in page
    rest = without_plotly(page)
    assert not re.search(r"https?:|//cdn|src=|<link|@import|url\(", rest)


def test_what_a_user_wrote_is_shown_as_text(own_run: Run) -> None:
    page = without_plotly(report.html_report(own_run))
    assert "<img" not in page
    assert page.count("<script>") == page.count("</script>") == 1
    assert html.escape(HOSTILE) in page
    assert HOSTILE in html.unescape(page)


def test_json_cannot_end_its_script() -> None:
    texts = {"a": HOSTILE, "b": "\u2028", "c": "<!--"}
    page = script_json(texts)
    assert not set("<>&\u2028") & set(page)
    assert json.loads(page) == texts


def test_a_run_with_folds_has_their_scores() -> None:
    run = load_run(runs.DEFAULT_RUN)
    page = html.unescape(without_plotly(report.html_report(run)))
    assert "Scores of the folds" in page and "Fold 5" in page
    assert f"trained on all {run.info.counts.train_segments} segments" in page
    for fold in folds_of(run.info, run.evaluation()):
        assert " ".join(describe_fold(fold)[1:]) in page
    assert describe_spread(run.info.folds, "track_accuracy") in page
    assert "Learning curves" not in page, "a logistic regression has none"


def test_a_run_with_a_validation_set_has_its_scores() -> None:
    run = load_run("lab-cnn")
    page = html.unescape(without_plotly(report.html_report(run)))
    assert "Scores on the validation set" in page and "decided when to stop" in page
    assert run.info.validation_scores is not None
    assert score(run.info.validation_scores.accuracy) in page
    assert "Excluded: they are on none of the three lists" in page


def test_a_model_without_epochs_has_nothing_to_stop() -> None:
    page = html.unescape(without_plotly(report.html_report(load_run(VERSION_0_1_RUNS / "logistic-column"))))
    assert "Scores on the validation set" in page
    assert "decided when to stop" not in page
