"""ZIP files of gathered datasets: written as the songs are, and unpacked once."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genre_core.datasets.gathered import songs, store
from genre_core.jobs import Job
from tests import ended_jobs
from tests.gathered_songs import song
from ui import cached
from ui.cached import archives, gathered


class AtOnce:
    """Workers that do everything in this process."""

    def submit(self, work: Callable[..., Any], *arguments: Any, **_: Any) -> Job[Any]:
        return ended_jobs.succeeded(work(*arguments))


class Never:
    """Workers that begin nothing."""

    def submit(self, *_: Any, **__: Any) -> Job[None]:
        return ended_jobs.unfinished(None)


def test_an_archive_is_unpacked_once_however_often_its_browser_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "background_workers", Never)
    cached.begin_archive("ours", "first", Path("a.zip"), "")
    job = cached.archive_job("ours")
    cached.begin_archive("ours", "first", Path("a.zip"), "")
    assert cached.archive_job("ours") is job is not None
    cached.begin_archive("ours", "second", Path("b.zip"), "")
    assert cached.archive_job("ours") is not job
    cached.forget_archive("ours")
    assert cached.archive_job("ours") is None


def test_a_file_is_written_anew_after_each_change_even_if_that_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "background_workers", AtOnce)
    name = store.create_dataset("Ours", ["blues", "rock"]).name
    added = songs.add_song(name, "blues", "a.wav", song(300))
    for genre in ("blues", "rock", "blues"):
        if songs.song(name, added.id).genre != genre:
            songs.move_songs(name, [added.id], genre)
        job = cached.export_songs(name, songs.list_songs(name))
        assert cached.export_songs(name, songs.list_songs(name)) is job
        with zipfile.ZipFile(cached.songs_file(name)) as archive:
            assert archive.namelist()[1].startswith(f"{genre}/")
