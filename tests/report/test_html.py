"""The report of a run: whole, right, and harmless whatever its texts hold."""

import html
import io
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from genre_core import report, runs, storage
from genre_core.cli import main
from genre_core.errors import ConfigError, StorageError
from genre_core.figures.formatting import score
from genre_core.runs import Run, load_run

HOSTILE = "<img src=x onerror=alert(1)> & </script><script>alert(2)</script>"


@pytest.fixture
def own_run(home: Path) -> Run:
    """A run of the visitor's, whose title and note are hostile."""
    shutil.copytree(storage.BUNDLED / "runs" / "paper-track", home / "runs" / "mine")
    runs.annotate_run("mine", title=HOSTILE, note=HOSTILE)
    return load_run("mine")


def own_words(said: str) -> str:
    """A report without the library in it."""
    scripts = re.findall(r"<script>.*?</script>", said, flags=re.DOTALL)
    return said.replace(max(scripts, key=len), "")


def figures_of(said: str) -> dict:
    found = re.search(r"^const figures = (.*);$", said, flags=re.MULTILINE)
    assert found
    return json.loads(found[1])


def test_it_says_the_scores_with_their_intervals_and_the_split() -> None:
    run = load_run("paper-random")
    said = html.unescape(own_words(report.html(run)))
    info = run.info
    for name in ("accuracy", "track_accuracy"):
        interval = info.ci95[name]
        assert score(getattr(info.scores, name)) in said
        assert f"{score(interval.low)} to {score(interval.high)}" in said
    assert f"{info.scores.macro_f1:.3f}" in said and f"{info.scores.log_loss:.3f}" in said
    assert said.count("random split by segment") >= 4
    assert f"{info.counts.shared_tracks} tracks have segments on both sides" in said
    for text in ("512-256-128-64", "203,338", "relu", info.dataset, *info.genres, *info.versions.values(), "668 segments"):
        assert text in said, text


def test_its_figures_are_those_of_the_run() -> None:
    run = load_run("paper-random")
    drawn = figures_of(report.html(run))
    assert set(drawn) == {"matrix-counts", "matrix-row", "accuracy", "loss"}
    texts = [int(note["text"]) for note in drawn["matrix-counts"]["layout"]["annotations"]]
    assert texts == run.evaluation().confusion.ravel().tolist()
    assert set(re.findall(r'data-figure="([^"]+)"', report.html(run))) == set(drawn)


def test_it_is_one_file_with_plotly_once_that_asks_for_nothing() -> None:
    said = report.html(load_run("paper-random"))
    assert said.count("plotly.js v") == 1
    assert "default-src 'none'" in said
    rest = own_words(said)
    assert not re.search(r"https?:|//cdn|src=|<link|@import|url\(", rest)


def test_what_a_user_wrote_is_text(own_run: Run) -> None:
    said = own_words(report.html(own_run))
    assert "<img" not in said
    assert said.count("<script>") == said.count("</script>") == 1
    assert html.escape(HOSTILE) in said
    assert HOSTILE in html.unescape(said)


def test_json_in_a_script_cannot_end_it() -> None:
    texts = {"a": HOSTILE, "b": "\u2028", "c": "<!--"}
    said = report._json(texts)
    assert not set("<>&\u2028") & set(said)
    assert json.loads(said) == texts


def test_csv_has_a_line_a_segment() -> None:
    run = load_run("paper-track")
    table = pd.read_csv(io.StringIO(report.csv(run)))
    assert len(table) == run.info.scores.segments
    assert list(table.columns[:4]) == ["track", "start_s", "genre", "predicted"]
    assert (table["genre"] == table["predicted"]).mean() == pytest.approx(run.info.scores.accuracy)
    probabilities = table[[f"p_{genre}" for genre in run.info.genres]]
    assert probabilities.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-4)


def test_the_table_of_runs_says_what_each_was_tested_on() -> None:
    infos = runs.list_runs()
    table = report.table(infos)
    assert list(table["run"]) == [info.name for info in infos]
    assert all(info.split.description in test for info, test in zip(infos, table["tested_on"], strict=True))
    assert list(table["track_accuracy"]) == [info.scores.track_accuracy for info in infos]
    assert (table["accuracy_low"] <= table["accuracy"]).all() and (table["accuracy"] <= table["accuracy_high"]).all()


@pytest.mark.parametrize("name", ["run.html", "run.CSV"])
def test_a_file_that_is_there_is_replaced_whole(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    out.write_text("before")
    run = load_run("paper-track")
    report.write(run, out)
    assert out.read_bytes().decode() == (report.html if name.endswith("html") else report.csv)(run)
    assert list(tmp_path.iterdir()) == [out]


def test_another_ending_or_a_folder_is_refused(tmp_path: Path) -> None:
    run = load_run("paper-track")
    with pytest.raises(ConfigError, match=r"\.html or \.csv"):
        report.write(run, tmp_path / "run.pdf")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(StorageError):
        report.write(run, tmp_path / "folder.html")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]


def test_the_command_line_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run.html"
    assert main(["report", "paper-track", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"run": "paper-track", "out": str(out)}
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert main(["report", "paper-track", "--out", str(tmp_path / "run.txt")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
