"""Songs of a gathered dataset: added by anyone at once, refused where they must be, and found again as tracks."""

import subprocess
import sys
from pathlib import Path

import pytest

from genre_core.datasets.gathered import songs, store
from genre_core.errors import AudioError, DatasetError
from genre_core.visitors import Serving
from tests.gathered_songs import ANN, BEN, gathered, song, tagged

_ADD = """
import sys
from genre_core.datasets.gathered import songs
from tests.gathered_songs import song
for hz in range(int(sys.argv[2]), int(sys.argv[3])):
    added = songs.add_song(sys.argv[1], "rock", f"{hz}.wav", song(hz))
    if hz % 3 == 0:
        songs.remove_songs(sys.argv[1], [added.id])
"""


@pytest.fixture
def name() -> str:
    return store.create_dataset("Ours", ["rock", "jazz"], ANN).name


def test_a_song_has_what_was_said_of_it_and_its_content(name: str, tmp_path: Path) -> None:
    file = tmp_path / "upload"
    file.write_bytes(tagged("Nina Simone"))
    added = songs.add_song(name, "jazz", "C:\\music\\Sinner\0man.flac", file, by=BEN)
    assert (added.genre, added.name, added.artist, added.by) == ("jazz", "Sinner␀man.flac", "Nina Simone", BEN)
    assert songs.list_songs(name) == [added] == [songs.song(name, added.id)]
    assert songs.song_path(name, added.id).read_bytes() == tagged("Nina Simone")
    assert not file.exists()
    assert songs.add_song(name, "jazz", "b.flac", tagged("Other"), artist="By hand").artist == "By hand"


def test_two_processes_add_and_remove_songs_at_once_and_nothing_is_lost(name: str) -> None:
    command = [sys.executable, "-c", _ADD, name]
    processes = [subprocess.Popen([*command, *span]) for span in (("300", "320"), ("400", "420"))]
    assert [process.wait() for process in processes] == [0, 0]
    removed = sum(hz % 3 == 0 for hz in (*range(300, 320), *range(400, 420)))
    assert len(songs.list_songs(name)) == 40 - removed


def test_the_same_song_is_refused_in_its_genre_and_accepted_in_another(name: str) -> None:
    first = songs.add_song(name, "rock", "a.wav", song(440))
    with pytest.raises(DatasetError, match=r"'b.wav' is in 'rock' already, as 'a.wav'"):
        songs.add_song(name, "rock", "b.wav", song(440))
    second = songs.add_song(name, "jazz", "b.wav", song(440))
    third = songs.add_song(name, "jazz", "c.wav", song(441))
    with pytest.raises(DatasetError, match="already"):
        songs.move_songs(name, [third.id, second.id], "rock")
    assert songs.list_songs(name) == [first, second, third]
    store.add_genre(name, "pop")
    with pytest.raises(DatasetError, match="already"):
        songs.move_songs(name, [first.id, second.id], "pop")
    songs.move_songs(name, [first.id, third.id], "rock")
    assert [each.genre for each in songs.list_songs(name)] == ["rock", "jazz", "rock"]


def test_what_is_no_song_is_refused(name: str, tmp_path: Path) -> None:
    for content in (b"", b"<html>", b"PK\3\4" + bytes(100)):
        with pytest.raises(AudioError):
            songs.add_song(name, "rock", "a.wav", content)
    large = tmp_path / "large.wav"
    with large.open("wb") as file:
        file.write(song(440))
        file.truncate(20_000_001)
    with pytest.raises(DatasetError, match="may have 20 MB"):
        songs.add_song(name, "rock", "large.wav", large)
    with pytest.raises(DatasetError, match="no genre 'pop'"):
        songs.add_song(name, "pop", "a.wav", song(440))
    assert large.exists() and songs.list_songs(name) == []


def test_a_dataset_of_a_visitor_is_limited_with_all_others_of_theirs(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in Serving("t" * 16, max_uploads_mb=1).environment().items():
        monkeypatch.setenv(key, value)
    for hz in range(300, 308):  # 64 kB each
        songs.add_song(name, "rock", f"{hz}.wav", song(hz), by=BEN)
    other = store.create_dataset("Other", ["rock"], ANN).name
    for hz in range(300, 307):
        songs.add_song(other, "rock", f"{hz}.wav", song(hz), by=ANN)
    with pytest.raises(DatasetError, match="all gathered datasets of a visitor may have 1 MB"):
        songs.add_song(name, "rock", "last.wav", song(400), by=BEN)
    theirs = store.create_dataset("Theirs", ["rock"], BEN).name
    songs.add_song(theirs, "rock", "first.wav", song(400), by=BEN)


def test_songs_are_moved_renamed_removed_and_given_an_artist(name: str) -> None:
    one, two, three = (songs.add_song(name, "rock", f"{hz}.wav", song(hz)) for hz in (300, 301, 302))
    songs.move_songs(name, [one.id], "jazz")
    songs.rename_song(name, two.id, "../a\nb.wav")
    songs.set_artist(name, [one.id, two.id], "  Ann\u202e  B ")
    songs.remove_songs(name, [three.id, "0" * 16, "../x"])
    assert [(each.genre, each.name, each.artist) for each in songs.list_songs(name)] == [
        ("jazz", "300.wav", "Ann\ufffd B"),
        ("rock", "a b.wav", "Ann\ufffd B"),
    ]
    with pytest.raises(DatasetError, match="not in the dataset any more"):
        songs.song_path(name, three.id)


@pytest.mark.parametrize("id_", ["", "..", "../../..", "0" * 17])
def test_an_id_is_no_path(name: str, id_: str) -> None:
    with pytest.raises(DatasetError, match="not in the dataset any more"):
        songs.song_path(name, id_)
    with pytest.raises(DatasetError, match="no dataset"):
        songs.list_songs(f"gathered-{id_}")


def test_a_damaged_song_is_in_no_list(home: Path, name: str) -> None:
    first, second = (songs.add_song(name, "rock", f"{hz}.wav", song(hz)) for hz in (300, 301))
    (home / "gathered" / name / "songs" / first.id / "song.json").write_text('{"id": 1}')
    (home / "gathered" / name / "songs" / ("0" * 16)).mkdir()
    assert songs.list_songs(name) == [second]


def test_each_song_is_a_track_of_its_own_and_no_other_is_found_in_its_place(name: str) -> None:
    one = songs.add_song(name, "rock", "a.wav", song(300))
    assert songs.tracks(name) == {"rock/a": one}
    two = songs.add_song(name, "rock", "a.flac", tagged("x"))
    assert songs.tracks(name) == {"rock/a.wav": one, "rock/a.flac": two}
    three = songs.add_song(name, "rock", "a.wav", song(301))
    assert songs.tracks(name) == {
        "rock/a.flac": two,
        f"rock/a.wav ({one.id})": one,
        f"rock/a.wav ({three.id})": three,
    }
    for track, its in songs.tracks(name).items():
        assert songs.finder(name)(track) == songs.song_path(name, its.id)
    for track in ("rock/a", "rock/a.wav", "jazz/a.flac", "rock/../a", ""):  # those of before are ambiguous now
        assert songs.finder(name)(track) is None
    store.delete_dataset(name)
    assert songs.finder(name)("rock/a.flac") is None


def test_a_song_that_is_given_the_track_of_another_hides_none(name: str) -> None:
    one, two = (songs.add_song(name, "rock", "a.wav", song(hz)) for hz in (300, 301))
    three = songs.add_song(name, "rock", f"a.wav ({one.id})", song(302))
    found = songs.tracks(name)
    assert {its.id for its in found.values()} == {one.id, two.id, three.id}
    for track, its in found.items():
        assert songs.finder(name)(track) == songs.song_path(name, its.id)


def test_genres_are_renamed_and_removed_with_their_songs() -> None:
    facts = gathered({"rock": 2, "jazz": 1})
    store.rename_genre(facts.name, "rock", "Rock & roll")
    assert [each.genre for each in songs.list_songs(facts.name)] == ["Rock & roll"] * 2 + ["jazz"]
    with pytest.raises(DatasetError, match="already"):
        store.rename_genre(facts.name, "jazz", "rock & ROLL")
    store.remove_genre(facts.name, "Rock & roll")
    assert [each.genre for each in songs.list_songs(facts.name)] == ["jazz"]
    assert store.dataset_facts(facts.name).genres == ("jazz",)
    with pytest.raises(DatasetError, match="no genre"):
        store.remove_genre(facts.name, "Rock & roll")
