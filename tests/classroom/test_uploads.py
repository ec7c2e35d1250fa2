"""Stored songs: each owner has their own, they survive, have limits and expire, and no name becomes a path."""

import json
import os
import stat
from pathlib import Path

import pytest

from genre_core.classroom import uploads
from genre_core.errors import StorageError
from genre_core.visitors import Serving
from tests.waiting import wait_until

ANN, BEN = "a" * 32, "b" * 32


def age(home: Path, upload: uploads.Upload, hours: float) -> None:
    """Make a song older than it is."""
    uploads._read_once.cache_clear()
    (facts,) = home.glob(f"uploads/*/{upload.id}/upload.json")
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"added": upload.added - 3600 * hours}))


def test_songs_are_found_again_with_their_content_in_the_order_in_which_they_came() -> None:
    added = [uploads.add(ANN, f"{name}.wav", name.encode()) for name in "cab"]
    uploads._read_once.cache_clear()  # as after a restart of the server
    assert uploads.list_uploads(ANN) == added
    assert [uploads.read(ANN, upload.id) for upload in added] == [b"c", b"a", b"b"]
    assert len({upload.digest for upload in added}) == 3


def test_an_owner_sees_reads_and_removes_only_their_own() -> None:
    mine, theirs, operators = (uploads.add(owner, "song.wav", b"x") for owner in (ANN, BEN, ""))
    assert [uploads.list_uploads(owner) for owner in (ANN, BEN, "")] == [[mine], [theirs], [operators]]
    with pytest.raises(StorageError, match="not stored any more"):
        uploads.read(ANN, theirs.id)
    uploads.remove(ANN, theirs.id)
    uploads.remove(ANN, operators.id)
    uploads.remove(ANN, mine.id)
    assert [uploads.list_uploads(owner) for owner in (ANN, BEN, "")] == [[], [theirs], [operators]]


@pytest.mark.parametrize("upload", ["", ".", "..", "../operator", "/etc/passwd", "0" * 17, "0123456789abcdeg"])
def test_an_id_is_no_path(home: Path, upload: str) -> None:
    uploads.add("", "song.wav", b"x")
    with pytest.raises(StorageError, match="not stored any more"):
        uploads.read(ANN, upload)
    with pytest.raises(StorageError, match="not stored any more"):
        uploads.remove(ANN, upload)
    assert len(uploads.list_uploads("")) == 1


@pytest.mark.parametrize("name", ["../../evil.wav", "/etc/passwd", "a\0b", "\ud800", "", ".", "ä" * 5000, "operator"])
def test_no_name_becomes_a_path(home: Path, name: str) -> None:
    for owner in (name, ANN):
        assert uploads.add(owner, name, b"x") == uploads.list_uploads(owner)[-1]
    assert {path.name for path in home.iterdir()} == {"uploads"}
    for path in home.glob("uploads/*/*/*"):
        assert path.name in {"upload.json", "content"}
    assert stat.S_IMODE((home / "uploads").stat().st_mode) == 0o700


def test_the_operator_is_not_a_visitor_of_that_name() -> None:
    uploads.add("operator", "song.wav", b"x")
    assert not uploads.list_uploads("")


def test_songs_of_the_same_name_get_a_number() -> None:
    names = [uploads.add(ANN, "a song.wav", b"x").name for _ in range(3)]
    assert names == ["a song.wav", "a song (2).wav", "a song (3).wav"]
    assert uploads.add(BEN, "a song.wav", b"x").name == "a song.wav"


def test_a_song_that_is_removed_is_gone_and_removing_it_twice_is_no_error(home: Path) -> None:
    upload, kept = uploads.add(ANN, "song.wav", b"x"), uploads.add(ANN, "kept.wav", b"y")
    uploads.remove(ANN, upload.id)
    uploads.remove(ANN, upload.id)
    assert uploads.list_uploads(ANN) == [kept]
    with pytest.raises(StorageError, match="not stored any more"):
        uploads.read(ANN, upload.id)
    uploads.remove(ANN, kept.id)
    assert not list(home.rglob("content"))


def test_limits_of_number_and_bytes_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in Serving("x" * 16, max_uploads_mb=1).environment().items():
        monkeypatch.setenv(name, value)
    uploads.add(ANN, "song.wav", bytes(600_000))
    with pytest.raises(StorageError, match=r"'big.wav' was not added: your songs may have 1 MB together; remove some"):
        uploads.add(ANN, "big.wav", bytes(400_001))
    uploads.add(ANN, "fits.wav", bytes(400_000))
    monkeypatch.setattr(uploads, "MOST_UPLOADS", 2)
    with pytest.raises(StorageError, match="at most 2 songs are kept"):
        uploads.add(ANN, "third.wav", b"")
    uploads.add(BEN, "theirs.wav", bytes(600_000))
    uploads.add("", "of the operator.wav", bytes(2_000_000))


def test_expired_songs_of_all_owners_are_deleted_and_others_stay(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = [uploads.add(owner, "old.wav", b"x") for owner in (ANN, BEN, "")]
    new = [uploads.add(owner, "new.wav", b"x") for owner in (ANN, BEN, "")]
    for upload in old:
        age(home, upload, 24.1)
    for upload in new:
        age(home, upload, 23.9)
    assert uploads.delete_expired() == 3
    assert [[upload.id for upload in uploads.list_uploads(owner)] for owner in (ANN, BEN, "")] == [
        [upload.id] for upload in new
    ]
    for name, value in Serving("x" * 16, keep_hours=23.8).environment().items():
        monkeypatch.setenv(name, value)
    assert uploads.delete_expired() == 3
    assert not list(home.rglob("content"))


def test_expired_songs_are_deleted_in_the_background(home: Path) -> None:
    age(home, uploads.add(ANN, "old.wav", b"x"), 24.1)
    uploads.start_deleting()
    wait_until(lambda: not list(home.rglob("content")))


def test_a_damaged_song_is_not_listed_and_is_deleted_in_time(home: Path) -> None:
    upload, whole = uploads.add(ANN, "song.wav", b"x"), uploads.add(ANN, "whole.wav", b"x")
    (facts,) = home.glob(f"uploads/*/{upload.id}/upload.json")
    facts.write_text("[", encoding="utf-8")
    uploads._read_once.cache_clear()
    assert uploads.list_uploads(ANN) == [whole]
    assert uploads.delete_expired() == 0
    day_before_s = facts.stat().st_mtime - 25 * 3600
    os.utime(facts.parent, (day_before_s, day_before_s))
    assert uploads.delete_expired() == 1
    assert uploads.list_uploads(ANN) == [whole]


def test_a_disk_that_cannot_be_written_to_is_one_sentence(home: Path) -> None:
    home.mkdir()
    (home / "uploads").write_text("a file")
    with pytest.raises(StorageError, match="Can't write"):
        uploads.add(ANN, "song.wav", b"x")
