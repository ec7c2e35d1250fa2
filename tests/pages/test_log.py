"""The log for the operator says who opened a page and what was refused, without names of files."""

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import logbook
from tests.waiting import predicted

SECRET = "secret name.wav"


@pytest.fixture(autouse=True)
def log() -> Iterator[None]:
    yield
    logbook.end()


def test_a_page_and_a_refused_upload_are_noted_without_content(visit: Callable[[str], AppTest]) -> None:
    app = visit("pages/predict.py").run()
    app.file_uploader[0].set_value([(SECRET, b"no audio", "")])
    predicted(app)
    assert len(app.error) == 1
    text = logbook.log_file().read_text(encoding="utf-8")
    events = [dict(field.split("=") for field in line.split()[1:]) for line in text.splitlines()]
    shown = [(event["action"], event["outcome"]) for event in events]
    assert shown == [("start", "opened"), ("predict_content", "refused")]
    assert len({event["visitor"] for event in events}) == 1
    assert "secret" not in text and "no audio" not in text
