"""Workers that die do not stop the others."""

import os
import signal

import pytest

from genre_core.errors import BatchError
from genre_core.prediction.batch import SongFile, pool
from genre_core.prediction.batch.entry import Entry

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed with SIGKILL")


def deadly(song: SongFile) -> Entry:
    """Predict a song, or kill this process."""
    if b"killer" in song.path:
        os.kill(os.getpid(), signal.SIGKILL)
    return Entry(song, {"genre": "jazz"})


def test_a_song_that_kills_its_worker_twice_is_a_row_and_all_others_are_predicted() -> None:
    names = [b"a", b"b", b"killer", *(b"song %d" % i for i in range(20))]
    entries = list(pool.local_pool(2).predict([SongFile(name, 1, 1) for name in names], deadly))
    assert sorted(entry.song.path for entry in entries) == sorted(names)
    assert [entry.song.path for entry in entries if entry.row and "error" in entry.row] == [b"killer"]


def test_workers_that_all_die_end_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_DEATHS_IN_A_ROW", 1)
    with pytest.raises(BatchError, match="whatever song"):
        list(pool.local_pool(1).predict([SongFile(b"killer %d" % i, 1, 1) for i in range(9)], deadly))
