"""Example songs that have to be downloaded first."""

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.audio import librosa_songs
from tests.page_text import plain
from tests.recordings_server import Recordings, running
from tests.waiting import run_until
from ui import server


@pytest.fixture
def recordings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recordings]:
    """The server from which the first song of librosa comes."""
    with running() as recordings:
        monkeypatch.setattr(librosa_songs, "SERVER", recordings.address)
        monkeypatch.setattr(librosa_songs, "SONGS", (recordings.song,))
        yield recordings


def choose(app: AppTest) -> AppTest:
    app.session_state["listen_example_first"] = "vibeace"
    return app.run()


def captions(app: AppTest) -> str:
    return plain(" ".join(caption.value for caption in app.caption))


def plays(app: AppTest) -> bool:
    """Whether the page shows the song, with its license."""
    return "License: CC BY 3.0" in captions(app)


def download_button(app: AppTest) -> str:
    return next((button.label for button in app.button if "ownload" in button.label), "")


def test_a_song_plays_beside_its_license_once_it_was_downloaded(
    visit: Callable[[str], AppTest], recordings: Recordings
) -> None:
    text, name = recordings.files[recordings.song.text_path.name], recordings.song.text_path.name
    del recordings.files[name]
    app = choose(visit("pages/listen.py").run())
    assert not plays(app) and not recordings.asked
    next(button for button in app.button if button.label == "Download Kevin MacLeod - Vibe Ace").click().run()
    run_until(app, lambda app: bool(app.error))
    assert "could not be downloaded (the server answered with the error 404)" in plain(app.error[0].value)
    assert not plays(app)
    recordings.files[name] = text
    next(button for button in app.button if "Download" in button.label).click().run()
    run_until(app, plays)
    assert not app.exception and not app.error and not download_button(app)
    assert "Vibe Ace by Kevin MacLeod" in captions(app)


def test_in_a_class_the_operator_alone_downloads_it(
    visit: Callable[[str], AppTest], recordings: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENRE_LAB_SERVE", "1")
    monkeypatch.setattr(server, "who", lambda cookies: "a" * 16)
    app = choose(visit("pages/listen.py").run())
    assert not download_button(app)
    assert "only the operator can do that" in plain(" ".join(info.value for info in app.info))
    librosa_songs.download_song(recordings.song, recordings.address)
    run_until(app, plays)
    assert not app.exception
