"""Audio files for the command line."""

from pathlib import Path

import pytest

from genre_core.audio import synthesis, wav_bytes


@pytest.fixture(scope="session")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two synthetic songs of 7 s, adagio.wav and furnace.wav, and text.mp3, which is not audio."""
    folder = tmp_path_factory.mktemp("songs")
    for name in ("adagio", "furnace"):
        (folder / f"{name}.wav").write_bytes(wav_bytes(synthesis.song(name).clip(seconds=7)))
    (folder / "text.mp3").write_text("this is not audio", encoding="utf-8")
    return folder
