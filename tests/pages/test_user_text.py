"""Names of genres, tracks, files, datasets and runs that mean something in Markdown, HTML or a figure are shown as they
are, on every page."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core import audio, report, runs, storage
from genre_core.audio import synthesis
from genre_core.classroom import QuizConfig
from genre_core.datasets.splits import SplitConfig
from genre_core.training import Trainer
from tests.evaluate_page import open_view, train
from tests.hostile_names import ADDRESS, GENRES, NAME, SONG, annotate, dataset, interpreted, write_music
from tests.page_text import plain
from tests.waiting import predicted, run_until
from ui import cached
from ui.quiz.address import to_query
from ui.state import Keys

VIEWS = ("Confusion matrix", "Tracks", "Confident errors", "Calibration", "Scores per genre")

DAMAGED = "<img src=x> [link](www.evil.example)"


@pytest.fixture
def song() -> bytes:
    return audio.wav_bytes(synthesis.song("furnace").clip(seconds=7))


@pytest.fixture
def run(trainer: Trainer, rng: np.random.Generator, home: Path) -> str:
    """A run of the dataset with hostile names, and its title; beside it a damaged one."""
    name = train(trainer, dataset(rng), SplitConfig("track")).name
    annotate(name)
    damaged = home / "runs" / DAMAGED / "run.json"
    damaged.parent.mkdir()
    damaged.write_text("[", encoding="utf-8")
    return name


@pytest.fixture
def app(
    visit: Callable[[str], AppTest],
    rng: np.random.Generator,
    run: str,
    trainer: Trainer,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], AppTest]:
    """A page with the dataset and the run chosen."""

    def go(page: str) -> AppTest:
        app = visit(f"pages/{page}.py")
        monkeypatch.setattr(cached, "trainer", lambda: trainer)
        app.session_state[Keys.DATASET] = dataset(rng)
        app.session_state[Keys.RUN] = run
        return app.run()

    return go


def check(app: AppTest, *names: str) -> None:
    """Nothing is interpreted, and the names are there."""
    assert not app.exception
    assert interpreted(app) == []
    texts = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.success]
    shown = [*(text.value for text in texts), *(str(box.options) for box in app.selectbox)]
    shown += [option.content for group in app.get("button_group") for option in group.proto.options]
    shown += [button.label for button in app.button]
    for name in names:
        assert any(name in plain(text) for text in shown), name


def test_explore(app: Callable[[str], AppTest]) -> None:
    page = app("explore")
    check(page, NAME, *GENRES)
    for kind in ("Box", "Histogram", "Cumulative"):
        check(page.segmented_control(key="explore_kind").set_value(kind).run())
    for section in ("Two features", "Correlations", "Projection", "Data doctor"):
        page.session_state["explore_section"] = section
        check(page.run())


def test_train(app: Callable[[str], AppTest]) -> None:
    page = app("train")
    check(page, NAME)
    page.selectbox(key="train_model").set_value("logistic").run()
    next(button for button in page.button if button.label == "Start training").click().run()
    run_until(page, lambda page: not page.get("progress"))
    check(page)
    page.radio(key="train_split").set_value("artist").run()
    check(page)


def test_evaluate(app: Callable[[str], AppTest]) -> None:
    page = app("evaluate")
    check(page, NAME)
    for view in VIEWS:
        check(open_view(page, view), *GENRES[:1] if view == "Confusion matrix" else ())


def test_compare(app: Callable[[str], AppTest], run: str, trainer: Trainer, rng: np.random.Generator) -> None:
    other = train(trainer, dataset(rng), SplitConfig("random")).name
    page = app("compare")
    check(page, DAMAGED)
    for chosen in ([run], [run, other]):
        page.session_state[Keys.COMPARED] = chosen
        check(page.run(), ADDRESS)
    next(button for button in page.button if button.label == "Delete 2 runs").click().run()
    check(page, ADDRESS)


def test_predict(app: Callable[[str], AppTest], song: bytes) -> None:
    page = app("predict")
    page.file_uploader[0].set_value([(SONG, song, ""), (f"2 {SONG}", b"no audio", ""), (f"3 {SONG}", song, "")])
    predicted(page)
    check(page, SONG, f"2 {SONG}", GENRES[0])
    for view in ("Explanation", "What if", "Similar tracks"):
        page.segmented_control(key="predict_view").set_value(view)
        check(predicted(page))


def test_listen(app: Callable[[str], AppTest], song: bytes, tmp_path: Path) -> None:
    page = app("listen")
    page.segmented_control(key="listen_source_first").set_value("Upload").run()
    page.file_uploader[0].set_value((SONG, song, ""))
    check(predicted(page), SONG)
    page.file_uploader[0].set_value((SONG, b"no audio", ""))
    check(predicted(page), SONG)
    folder = tmp_path / GENRES[1]
    write_music(folder, [f"{GENRES[0]}/{GENRES[1]}"])
    storage.write_setting("audio_folder", str(folder))
    page.segmented_control(key="listen_source_first").set_value("Folder").run()
    check(predicted(page), GENRES[1])


def test_quiz(app: Callable[[str], AppTest], run: str, tmp_path: Path) -> None:
    folder = tmp_path / GENRES[1]
    write_music(folder, np.unique(runs.load_run(run).evaluation().track).tolist())
    storage.write_setting("audio_folder", str(folder))
    page = app("quiz")
    check(page, ADDRESS)
    page.query_params.update(to_query(QuizConfig(run, 4821)))
    run_until(page, lambda page: any(button.label == "Leave quiz" for button in page.button))
    check(page, *GENRES)
    n_clips = int(page.get("progress")[0].proto.text.split()[-1])
    for place in range(n_clips):
        page.button(key="quiz_answer_0").click().run()
        check(page, *GENRES)
        label = "Next clip" if place + 1 < n_clips else "Show results"
        next(button for button in page.button if button.label == label).click().run()
    check(page)


def test_start(app: Callable[[str], AppTest]) -> None:
    check(app("start"))


def test_report_and_downloads_hold_no_markup_and_no_formula(run: str) -> None:
    page = report.html_report(runs.load_run(run))
    outside_of_scripts = page.partition("<body>")[2].partition("<script>")[0]
    assert not any(tag in outside_of_scripts for tag in ("<img", "<b>bold", "<br>", "<a "))
    assert "&lt;img src=x onerror=alert(1)&gt;" in outside_of_scripts
    table = report.predictions_csv(runs.load_run(run))
    assert "'=1+qq" in table and ",=1" not in table
