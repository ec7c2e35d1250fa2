"""The ZIP file of a gathered dataset holds its songs as they are."""

import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from genre_core.datasets.gathered import songs, store
from genre_core.jobs import Job
from tests import ended_jobs
from tests.gathered_songs import song
from ui import cached
from ui.cached import gathered


class AtOnce:
    """Workers that do everything in this process."""

    def submit(self, work: Callable[..., Any], *arguments: Any, **_: Any) -> Job[Any]:
        return ended_jobs.succeeded(work(*arguments))


def test_it_is_written_anew_after_each_change_even_if_that_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "background_workers", AtOnce)
    name = store.create_dataset("Ours", ["blues", "rock"]).name
    added = songs.add_song(name, "blues", "a.wav", song(300))
    for genre in ("blues", "rock", "blues"):
        if songs.song(name, added.id).genre != genre:
            songs.move_song(name, added.id, genre)
        job = cached.export_songs(name, songs.list_songs(name))
        assert cached.export_songs(name, songs.list_songs(name)) is job
        with zipfile.ZipFile(cached.songs_file(name)) as archive:
            assert archive.namelist()[1].startswith(f"{genre}/")
