"""Uploads in pieces: they go on after a break, belong to one visitor, keep to the limits and expire."""

import os
from pathlib import Path

import pytest

from genre_core.datasets.gathered import incoming, places, songs, store
from genre_core.errors import AudioError, DatasetError, StorageError
from genre_core.visitors import Serving
from tests.gathered_songs import ANN, BEN, song


@pytest.fixture
def name() -> str:
    return store.create_dataset("Ours", ["rock", "jazz"], ANN).name


def begin(name: str, content: bytes, file_name: str = "a.wav", owner: str = ANN) -> incoming.Incoming:
    return incoming.begin(owner, name, "rock", file_name, len(content), "time and size")


def test_an_upload_that_broke_off_goes_on_where_it_ended(name: str) -> None:
    content = song(440)
    upload = begin(name, content)
    assert incoming.append(upload.id, ANN, 0, content[:10_000]) == 10_000
    with pytest.raises(incoming.WrongOffsetError) as refused:  # the same piece once more: its answer was lost
        incoming.append(upload.id, ANN, 0, content[:10_000])
    assert refused.value.offset == 10_000
    with pytest.raises(incoming.WrongOffsetError):
        incoming.finish(upload.id, ANN)
    again = begin(name, content)
    assert again == incoming.Incoming(upload.id, 10_000)
    incoming.append(upload.id, ANN, again.offset, content[again.offset :])
    added = incoming.finish(upload.id, ANN)
    assert songs.list_songs(name) == [added]
    assert songs.song_path(name, songs.list_songs(name)[0].id).read_bytes() == content
    with pytest.raises(DatasetError, match="not known any more"):
        incoming.append(upload.id, ANN, len(content), b"x")


def test_nobody_else_continues_or_ends_an_upload(name: str) -> None:
    upload = begin(name, song(440))
    for other in (BEN, ""):
        with pytest.raises(DatasetError, match="not known any more"):
            incoming.append(upload.id, other, 0, b"x")
        with pytest.raises(DatasetError, match="not known any more"):
            incoming.finish(upload.id, other)
        incoming.discard(upload.id, other)
    assert begin(name, song(440), owner=BEN).id != upload.id
    assert incoming.append(upload.id, ANN, 0, b"x") == 1


@pytest.mark.parametrize("id_", ["", "..", "../../x", "0" * 17, "g" * 16])
def test_an_id_is_no_path(name: str, id_: str) -> None:
    with pytest.raises(DatasetError, match="not known any more"):
        incoming.append(id_, ANN, 0, b"x")


@pytest.mark.parametrize("file_name", ["../../evil.wav", "/etc/passwd", "\ud800\0", "", "ä" * 5000, "<b>*x*</b>.wav"])
def test_any_file_name_is_accepted_and_is_no_path(home: Path, name: str, file_name: str) -> None:
    upload = begin(name, song(440), file_name)
    incoming.append(upload.id, ANN, 0, song(440))
    incoming.finish(upload.id, ANN)
    assert len(songs.list_songs(name)) == 1
    assert {path.name for path in home.iterdir()} == {"gathered"}


def test_what_is_no_audio_is_refused_and_deleted(home: Path, name: str) -> None:
    content = b"<html>" * 1000
    upload = begin(name, content)
    incoming.append(upload.id, ANN, 0, content)
    with pytest.raises(AudioError, match="isn't audio"):
        incoming.finish(upload.id, ANN)
    assert songs.list_songs(name) == []
    assert not list((home / "gathered" / "incoming").iterdir())


def test_an_upload_never_becomes_larger_than_was_said(name: str) -> None:
    upload = begin(name, b"12345")
    with pytest.raises(DatasetError, match="larger than was said"):
        incoming.append(upload.id, ANN, 0, b"123456")
    assert begin(name, b"12345").offset == 0


def test_limits_are_checked_before_the_first_byte(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in Serving("t" * 16, max_uploads_mb=30).environment().items():
        monkeypatch.setenv(key, value)
    with pytest.raises(DatasetError, match="may have 20 MB"):
        incoming.begin(ANN, name, "rock", "long.wav", 21_000_000, "")
    with pytest.raises(DatasetError, match="is empty"):
        incoming.begin(ANN, name, "rock", "none.wav", 0, "")
    with pytest.raises(DatasetError, match="no genre"):
        incoming.begin(ANN, name, "pop", "a.wav", 1, "")
    with pytest.raises(DatasetError, match="no dataset"):
        incoming.begin(ANN, "gathered-" + "0" * 16, "rock", "a.wav", 1, "")
    with pytest.raises(DatasetError, match="may have 30 MB together"):
        incoming.begin(ANN, name, "", "all.zip", 31_000_000, "", "archive")
    with pytest.raises(DatasetError, match="30 MB is the limit"):
        incoming.begin(ANN, "", "", "all.zip", 31_000_000, "", "archive")
    incoming.begin(ANN, name, "rock", "a.wav", 16_000_000, "")
    with pytest.raises(DatasetError, match="unfinished uploads"):
        incoming.begin(ANN, name, "rock", "b.wav", 16_000_000, "")
    monkeypatch.setattr(places, "_LEAST_FREE_BYTES", 1 << 60)
    with pytest.raises(StorageError, match="nearly full"):
        incoming.begin(ANN, name, "rock", "c.wav", 1, "")


def test_an_upload_that_was_broken_off_gives_way_to_a_new_one(
    home: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in Serving("t" * 16, max_uploads_mb=30).environment().items():
        monkeypatch.setenv(key, value)
    whole = incoming.begin(ANN, name, "", "whole.zip", 3, "", "archive")
    incoming.append(whole.id, ANN, 0, b"abc")  # it may be unpacked just now
    wrong = incoming.begin(ANN, name, "", "wrong.zip", 20_000_000, "", "archive")
    of_ben = incoming.begin(BEN, name, "", "wrong.zip", 20_000_000, "", "archive")
    folder = home / "gathered" / "incoming"
    for path in (*folder.iterdir(), *folder.glob("*/*")):
        os.utime(path, (1e9, 1e9))
    right = incoming.begin(ANN, name, "", "right.zip", 20_000_000, "", "archive")
    assert {path.name for path in folder.iterdir()} == {whole.id, of_ben.id, right.id}
    with pytest.raises(DatasetError, match="unfinished uploads"):  # the last one is in progress
        incoming.begin(ANN, name, "", "wrong.zip", 20_000_000, "", "archive")
    with pytest.raises(DatasetError, match="not known any more"):
        incoming.append(wrong.id, ANN, 0, b"x")


def test_an_archive_stays_until_it_is_discarded(name: str) -> None:
    upload = incoming.begin(ANN, "", "", "all.zip", 3, "", "archive")
    incoming.append(upload.id, ANN, 0, b"abc")
    path = incoming.finish(upload.id, ANN)
    assert isinstance(path, Path) and path.read_bytes() == b"abc"
    incoming.discard(upload.id, ANN)
    assert not path.exists()


def test_uploads_that_nobody_continues_expire(home: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = begin(name, song(440), "old.wav"), begin(name, song(440), "new.wav")
    for path in (home / "gathered" / "incoming" / old.id).iterdir():
        os.utime(path, (1e9, 1e9))
    os.utime(home / "gathered" / "incoming" / old.id, (1e9, 1e9))
    assert incoming.delete_expired() == 1
    assert incoming.append(new.id, ANN, 0, b"x") == 1
    with pytest.raises(DatasetError, match="not known any more"):
        incoming.append(old.id, ANN, 0, b"x")
