"""Helpers for tests of the page Compare."""

import json
import shutil
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from genre_core import storage
from tests.page_text import plain


def add_run(home: Path, name: str, like: str = "paper-track", **changes: Any) -> str:
    """Add a copy of a bundled run to the user's, with changes in its run.json."""
    folder = home / "runs" / name
    shutil.copytree(storage.bundled_runs_dir() / like, folder)
    path = folder / "run.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    for key, value in changes.items():
        document[key] = document[key] | value if isinstance(value, dict) else value
    path.write_text(json.dumps(document), encoding="utf-8")
    return name


def words(app: AppTest) -> str:
    """All texts of the page."""
    texts = [element.value for element in (*app.markdown, *app.caption, *app.warning, *app.success, *app.info)]
    return plain("\n".join(texts))


def headers(app: AppTest) -> list[str]:
    return [header.value for header in app.subheader]


def choose(app: AppTest, *names: str) -> AppTest:
    return app.multiselect(key="compare_chosen").set_value(list(names)).run()


def button(app: AppTest, key: str) -> Any:
    return app.button(key=key)
