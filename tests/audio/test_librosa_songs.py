"""Songs of librosa, from a server of our own that has the same file names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from genre_core.audio import librosa_songs, load_audio
from genre_core.audio.librosa_songs import LibrosaSong
from genre_core.errors import DownloadError, StorageError
from tests.recordings_server import TEXT, Recordings, running


@pytest.fixture
def recordings() -> Iterator[Recordings]:
    with running() as recordings:
        yield recordings


@pytest.fixture
def song(recordings: Recordings) -> LibrosaSong:
    return recordings.song


def test_librosa_lists_the_music_with_names_and_digests() -> None:
    assert [song.name for song in librosa_songs.SONGS[:2]] == ["vibeace", "choice"]
    assert librosa_songs.SONGS[0].title == "Kevin MacLeod - Vibe Ace"
    assert librosa_songs.SONGS[0].path.name == "Kevin_MacLeod_-_Vibe_Ace.ogg"
    assert len(librosa_songs.SONGS) == 8
    assert all(len(song.audio_sha256) == len(song.text_sha256) == 64 for song in librosa_songs.SONGS)


def test_a_song_comes_with_its_text_and_is_fetched_once(song: LibrosaSong, recordings: Recordings) -> None:
    assert song.license_text() == ""
    steps: list[tuple[int, int]] = []
    librosa_songs.download_song(song, recordings.address, progress=lambda done, total: steps.append((done, total)))
    assert song.license_text() == TEXT
    assert load_audio(song.path).duration_s == pytest.approx(4)
    size = len(recordings.files[song.path.name])
    assert steps[-1] == (size, size)
    librosa_songs.download_song(song, recordings.address)
    assert sorted(recordings.asked) == sorted(recordings.files)


def test_without_its_text_there_is_no_song(song: LibrosaSong, recordings: Recordings, home: Path) -> None:
    del recordings.files[song.text_path.name]
    with pytest.raises(
        DownloadError, match=r"Vibe Ace could not be downloaded \(the server answered with the error 404"
    ):
        librosa_songs.download_song(song, recordings.address)
    assert song.license_text() == ""
    assert not [file for file in home.rglob("*") if file.is_file()]


def test_another_file_than_librosa_lists_is_refused(song: LibrosaSong, recordings: Recordings, home: Path) -> None:
    recordings.files[song.path.name] = b"another song"
    with pytest.raises(DownloadError, match="the server sent another file"):
        librosa_songs.download_song(song, recordings.address)
    assert not [file for file in home.rglob("*") if file.is_file()]


def test_a_file_without_end_is_refused(
    song: LibrosaSong, recordings: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(librosa_songs, "_MOST_AUDIO_BYTES", 1000)
    with pytest.raises(DownloadError, match="the file is larger than"):
        librosa_songs.download_song(song, recordings.address)


def test_a_server_that_does_not_answer_is_one_sentence_with_the_way_by_hand(song: LibrosaSong) -> None:
    with pytest.raises(DownloadError, match="can't be reached") as caught:
        librosa_songs.download_song(song, "http://127.0.0.1:9/")
    assert f"put {song.path.name} and {song.text_path.name} from {librosa_songs.SERVER} into" in str(caught.value)


def test_a_file_that_was_changed_is_fetched_again(song: LibrosaSong, recordings: Recordings) -> None:
    librosa_songs.download_song(song, recordings.address)
    song.path.write_bytes(b"changed")
    assert song.license_text() == ""
    librosa_songs.download_song(song, recordings.address)
    assert song.license_text() == TEXT


def test_files_that_were_fetched_by_hand_are_used(song: LibrosaSong, recordings: Recordings) -> None:
    song.folder.mkdir(parents=True)
    for path in (song.path, song.text_path):
        path.write_bytes(recordings.files[path.name])
    assert song.license_text() == TEXT
    librosa_songs.download_song(song, "http://127.0.0.1:9/")


def test_a_home_that_cannot_be_written_to_is_said(song: LibrosaSong, recordings: Recordings, home: Path) -> None:
    home.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(StorageError):
        librosa_songs.download_song(song, recordings.address)
