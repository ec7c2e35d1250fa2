"""A damaged file of one run, or damaged settings, take no page down; Compare lists the run with the reason."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests import stored_files
from tests.page_text import plain
from ui import cached

PAGES = ("start", "compare", "evaluate", "explore", "listen", "predict", "quiz", "train")
DAMAGE: dict[str, Any] = {
    "seconds": 10**400,
    "created": "0001-01-01T00:00:00+14:00",
    "title": "half of a pair: \ud800",
    "segment_samples": 0,
    "genres": ["only one"],
}
"""Values that run.json can't have, each in a run of its own."""


@pytest.fixture(autouse=True)
def idle_trainer(visit: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    """A trainer without a worker process."""
    monkeypatch.setattr(cached, "trainer", lambda: SimpleNamespace(jobs=[], slowdown=1.0))


def open_all(visit: Callable[[str], AppTest]) -> None:
    for page in PAGES:
        app = visit(f"pages/{page}.py")
        app.run()
        assert not app.exception, page
        assert not app.error, page


@pytest.fixture
def damaged(home: Path) -> list[str]:
    """Names of damaged runs of the user's."""
    names = [*DAMAGE, "brackets"]
    for name in names:
        path = stored_files.copy_run(home, name, "two-networks") / "run.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        text = "[" * 200_000 if name == "brackets" else json.dumps(document | {name: DAMAGE[name]})
        path.write_text(text, encoding="utf-8")
    return sorted(names)


def test_every_page_opens_beside_damaged_runs_and_settings(
    damaged: list[str], home: Path, visit: Callable[[str], AppTest]
) -> None:
    (home / "settings.json").write_text(json.dumps({"audio_folder": ["/music"]}), encoding="utf-8")
    open_all(visit)


def test_compare_lists_damaged_runs_with_the_reason_and_deletes_them(
    damaged: list[str], home: Path, visit: Callable[[str], AppTest]
) -> None:
    app = visit("pages/compare.py").run()
    texts = [plain(element.value) for element in app.markdown if "can't be opened" in element.value]
    assert len(texts) == len(damaged)
    assert all(plain(f"**{name}**: The run {name} ") in text for name, text in zip(damaged, texts, strict=True))
    assert "nested too deeply" in texts[0]
    assert "seconds is not at most" in texts[damaged.index("seconds")]
    delete = [button for button in app.button if button.key and button.key.startswith("compare_delete_")]
    assert not any(button.disabled for button in delete)
    delete[0].click().run()
    app.button(key="compare_confirm").click().run()
    assert not app.exception
    assert not (home / "runs" / damaged[0]).exists()
    assert not any(f"**{damaged[0]}**" in element.value for element in app.markdown)


@pytest.mark.parametrize("name", ["scaler.npz", "history.json", "predictions.parquet", "domain.npz", "training.npy"])
def test_a_run_with_a_damaged_file_says_so_and_can_be_deleted(
    name: str, home: Path, visit: Callable[[str], AppTest]
) -> None:
    folder = stored_files.copy_run(home, "broken", "paper-track")
    stored_files.replace_file(folder, name, b"[1]")
    app = visit("pages/evaluate.py")
    app.query_params["run"] = "broken"
    app.run()
    assert not app.exception
    assert [plain(error.value) for error in app.error if f"{name} is damaged" in plain(error.value)]
    app = visit("pages/compare.py").run()
    app.multiselect(key="compare_chosen").set_value(["broken"]).run()
    assert not app.exception
    assert [plain(error.value) for error in app.error if f"{name} is damaged" in plain(error.value)]
    app.button(key="compare_delete").click().run()
    app.button(key="compare_confirm").click().run()
    assert not app.exception and not folder.exists()
