"""The example songs: real music, whose authors and license are named beside it."""

import numpy as np
import pytest

from benchmarks import outside_songs
from genre_core.audio import SEGMENT_RATE, example_songs, load_audio, synthesis
from genre_core.audio.example_songs import ExampleSong
from genre_core.prediction import predict

by_song = pytest.mark.parametrize("song", example_songs.SONGS, ids=lambda song: song.name)
README = (example_songs.FOLDER / "README.md").read_text(encoding="utf-8")


@by_song
def test_a_song_is_small_and_sound(song: ExampleSong) -> None:
    clip = load_audio(song.path)
    assert 29 < clip.duration_s < 33
    assert clip.source_rate >= 22_050
    assert clip.warnings == ()
    assert song.path.stat().st_size <= 300_000
    # It is heard from the first second to the last.
    seconds = clip.samples[: int(clip.duration_s) * SEGMENT_RATE].reshape(-1, SEGMENT_RATE)
    assert np.abs(seconds).max(axis=1).min() > 0.02


@by_song
def test_its_authors_are_named_as_in_the_list_of_songs_from_outside(song: ExampleSong) -> None:
    listed = {(each.source, each.title, each.author): each.license for each in outside_songs.all_songs()}
    for work in song.works:
        assert listed[work.package, work.title, work.author] == "CC-BY-SA-3.0"
        assert work.title in song.credit and work.author in song.credit
        assert all(word in README for word in (song.path.name, work.title, work.author, work.package))
    assert example_songs.LICENSE_URL in README


def test_all_files_are_songs_and_take_less_than_a_megabyte() -> None:
    files = set(example_songs.FOLDER.glob("*.ogg"))
    assert files == {song.path for song in example_songs.SONGS}
    assert sum(file.stat().st_size for file in files) < 1_000_000


def test_names_differ_from_those_of_synthetic_songs() -> None:
    songs = (*example_songs.SONGS, *synthesis.SONGS, synthesis.TROUBADOUR)
    assert len({song.name for song in songs}) == len({song.title for song in songs}) == len(songs)


def test_the_default_run_finds_the_change_of_the_joined_song() -> None:
    joined = example_songs.song("classical-to-metal")
    prediction = predict(joined.path)
    (change,) = prediction.changes
    assert (change.from_genre, change.to_genre) == ("classical", "metal")
    assert change.time_s == pytest.approx(joined.changes_at_s, abs=1)
    assert not prediction.is_out_of_domain
