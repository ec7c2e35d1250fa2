"""The page Evaluate, a run of the user's, and audio."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import audio, runs, storage
from genre_core.audio import synthesis
from genre_core.training import Trainer
from ui import cached
from ui.state import Keys


@pytest.fixture
def app(visit: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with the paper's run and an idle trainer."""
    app = visit("pages/evaluate.py")
    app.session_state[Keys.RUN] = runs.PAPER_RUN
    monkeypatch.setattr(cached, "trainer", lambda: SimpleNamespace(jobs=[], slowdown=1.0))
    return app


@pytest.fixture
def busy_app(app: AppTest, trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with the warm trainer of the tests."""
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    return app


@pytest.fixture
def own_run(home: Path) -> str:
    """The name of a run of the user's without a title."""
    folder = home / "runs" / "mine"
    shutil.copytree(storage.bundled_runs_dir() / "paper-track", folder)
    text = json.loads((folder / "run.json").read_text()) | {"title": ""}
    (folder / "run.json").write_text(json.dumps(text))
    return "mine"


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A folder with the audio of one track, with one subfolder per genre."""
    folder = tmp_path / "music"
    evaluation = runs.load_run(runs.PAPER_RUN).evaluation()
    for genre in evaluation.genres:
        (folder / genre).mkdir(parents=True)
    pair = evaluation.confused_pairs(1)[0]
    track = evaluation.cell(pair.true_genre, pair.predicted_genre)["track"][0]
    (folder / f"{track}.wav").write_bytes(audio.wav_bytes(synthesis.song("shuffle").clip()))
    return folder
