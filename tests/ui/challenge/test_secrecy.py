"""Before the reveal nothing of the test set is anywhere: pages, downloads, files, JSON, the log, and addresses."""

import json
import re
from collections.abc import Iterator
from dataclasses import astuple
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core import logbook, report, runs, storage
from genre_core.classroom import challenges
from genre_core.classroom.challenges import Challenge, drawing, files
from genre_core.datasets import Dataset
from genre_core.evaluation import Evaluation
from genre_core.prediction.dataset import evaluate_dataset
from genre_core.runs import Run, RunInfo
from genre_core.training import Trainer
from genre_core.visitors import OPERATOR
from tests.command_line import answer
from tests.ui.challenge.visits import ANNA, BEN, Class, click, enter, open_challenge, submit, texts, train
from tests.waiting import PATIENCE_S, run_until
from ui import cached, visitors
from ui.state import Keys

EVALUATE_VIEWS = ("Confusion matrix", "Tracks", "Confident errors", "Calibration", "Scores per genre")
DRAWN = 2
"""The seed of the test set, fixed so that no figure of it is by chance that of the validation set."""


@pytest.fixture(autouse=True)
def log() -> Iterator[None]:
    yield
    logbook.end()


@pytest.fixture
def challenge(pages: Class, monkeypatch: pytest.MonkeyPatch) -> Challenge:
    """A challenge that the operator has opened."""
    monkeypatch.setattr(drawing, "secrets", SimpleNamespace(randbits=lambda bits: DRAWN))
    return open_challenge(pages.page(OPERATOR))


@pytest.fixture
def run(challenge: Challenge, pages: Class, trainer: Trainer) -> Run:
    """A run that Anna has submitted to the challenge."""
    app = enter(pages.page(ANNA), challenge.code, "Anna")
    name = train(trainer, challenge.code, ANNA, "lda")
    submit(app.run())
    return runs.load_run(name)


@pytest.fixture
def test_set(challenge: Challenge) -> Dataset:
    return files.read_dataset(files.folder_of(challenge.code) / files.TEST_SET_FILE, challenge)


@pytest.fixture
def tracks(test_set: Dataset, bundled: Dataset) -> set[str]:
    """The names of the tracks of the test set: their own, and those under which they are stored."""
    known = {row.tobytes(): track for row, track in zip(bundled.values, bundled.track.tolist(), strict=True)}
    names = {known[row.tobytes()] for row in test_set.values}
    assert len(names) == test_set.n_tracks == 30
    return names | set(test_set.track.tolist())


@pytest.fixture
def figures(challenge: Challenge, run: Run, test_set: Dataset) -> list[str]:
    """Patterns of every score on the test set in several formats, but for those that others have by chance."""
    dataset = challenges.student_dataset(challenge.code)
    valid_set = dataset.take(np.asarray(dataset.subset == "valid"))
    tested, valid = (evaluate_dataset(part, run).evaluation for part in (test_set, valid_set))
    assert tested is not None and valid is not None
    others = {text for info in runs.list_runs() if runs.is_bundled(info) for text in _formats(info)}
    shown = set(_formats(tested)) - set(_formats(valid)) - others
    assert len(shown) > 30
    correct = "".join("01"[int(right)] for right in tested.tracks["correct"])
    return [*(rf"(?<![\d.]){re.escape(text)}" for text in sorted(shown)), correct]


def _formats(scored: Evaluation | RunInfo) -> Iterator[str]:
    bounds = [bound for interval in scored.ci95.values() for bound in (interval.low, interval.high)]
    for value in (*astuple(scored.scores)[2:], *bounds):
        yield from (f"{value:.4f}", f"{100 * value:.2f}", f"{100 * value:.1f} %")
        yield from (text[:8] for text in (repr(value), repr(100 * value)) if len(text) > 8)  # however it is rounded


def found(patterns: list[str], tracks: set[str], text: str) -> list[str]:
    """What of the test set is in a text."""
    names = {part for name in tracks for part in (name, name.partition("/")[2])}
    text = text.replace("\u00a0", " ")
    return [name for name in names if re.search(rf"{re.escape(name)}(?!\d)", text)] + [
        pattern for pattern in patterns if re.search(pattern, text)
    ]


def everything(app: AppTest) -> str:
    """All that a page sends to the browser, its address, and what its session keeps."""
    assert not app.exception
    sent = [str(element.proto) for element in (*app.main, *app.sidebar) if hasattr(element, "proto")]
    tables = [table.value.to_csv() for table in app.dataframe]
    return "\n".join([texts(app), *sent, *tables, repr(app.query_params), repr(app.session_state)])


def test_the_pages_of_the_challenge(
    pages: Class, challenge: Challenge, run: Run, figures: list[str], tracks: set[str]
) -> None:
    click(pages.page(OPERATOR), "Close submissions")
    for visitor in (ANNA, BEN, OPERATOR):
        app = pages.page(visitor)
        app.query_params["challenge"] = challenge.code
        app.run()
        assert not found(figures, tracks, everything(app))
        assert "Test accuracy" not in everything(app)
        assert not app.get("download_button")
    # The same search finds the figures afterwards.
    click(pages.page(OPERATOR), "Reveal now")
    app = run_until(pages.page(OPERATOR), lambda app: "Results on the test set" in texts(app))
    assert found(figures, tracks, everything(app))


def test_the_pages_with_its_runs(
    pages: Class,
    challenge: Challenge,
    run: Run,
    figures: list[str],
    tracks: set[str],
    trainer: Trainer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GENRE_LAB_SERVE", "1")
    monkeypatch.setattr(visitors, "meet", lambda: None)
    monkeypatch.setattr(visitors, "current", lambda: ANNA)
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    monkeypatch.setattr(cached, "start_workers", lambda: None)
    app = AppTest.from_file("../../../app.py", default_timeout=PATIENCE_S)
    app.session_state[Keys.DATASET] = cached.challenge_dataset(challenge)
    app.run()
    for page in ("explore", "train", "compare"):
        app.switch_page(f"pages/{page}.py").run()
        assert not found(figures, tracks, everything(app)), page
    app.switch_page("pages/evaluate.py")
    app.query_params["run"] = run.info.name
    app.run()
    assert app.selectbox(key="run_picker").value == run.info.name
    for view in EVALUATE_VIEWS:
        app.segmented_control(key="evaluate_view").set_value(view).run()
        assert not found(figures, tracks, everything(app)), view
    log = logbook.log_file().read_text(encoding="utf-8")
    assert log and not found(figures, tracks, log)


def test_files_downloads_and_the_command_line(
    challenge: Challenge,
    run: Run,
    test_set: Dataset,
    figures: list[str],
    tracks: set[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    dataset = challenges.student_dataset(challenge.code)
    assert not {row.tobytes() for row in dataset.values} & {row.tobytes() for row in test_set.values}
    assert not run.seen(test_set.values).any()
    texts = {
        "dataset": dataset.to_frame().drop(columns=list(dataset.columns)).to_csv(),
        "runs": json.dumps(answer(capsys, "runs")),
        "report": report.html_report(run),
        "predictions": report.predictions_csv(run),
        "board": json.dumps(cached.challenge_board(challenge.code).to_frame().to_dict()),
    }
    assert cached.challenge_outcome(challenge.code) is None
    hidden = files.folder_of(challenge.code) / files.TEST_SET_FILE
    assert hidden.stat().st_mode & 0o077 == 0
    for path in storage.home().rglob("*"):
        if path.is_file() and path != hidden:
            content = path.read_bytes()
            assert not any(np.ascontiguousarray(row).tobytes() in content for row in test_set.values[::10]), path
            texts[str(path)] = content.decode("latin-1")
    assert run.info.name in texts["runs"]
    for source, text in texts.items():
        assert not found(figures, tracks, text), source
