"""The example songs: real music, whose authors and licenses are named beside it."""

import numpy as np
import pytest

from benchmarks import outside_songs
from genre_core.audio import SEGMENT_RATE, example_songs, load_audio, synthesis
from genre_core.audio.example_songs import LICENSES, SONGS, ExampleSong
from genre_core.audio.synthesis import SyntheticSong
from genre_core.features.lab import GENRES
from genre_core.prediction import predict
from scripts import make_songs

by_song = pytest.mark.parametrize("song", SONGS, ids=lambda song: song.name)
FREE = ("https://creativecommons.org/licenses/by/", "https://creativecommons.org/licenses/by-sa/")
IN_DOMAIN = ("ave-maria", "fear", "lucky-13", "classical-to-metal", "morning-mood")
OUT_OF_DOMAIN = ("together-together", "crushed-ice-cocktail", "high-frequency", "by-product", "zen-garden")


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
def test_its_authors_and_its_free_license_are_named(song: ExampleSong) -> None:
    assert song.genre in (None, *GENRES)
    assert song.license_url.startswith(FREE)
    # A joined song has one license.
    assert {work.license for work in song.works} == {song.license}
    for work in song.works:
        assert all((work.title in song.credit, work.author in song.credit, work.package in song.packages))
        assert work.version and len(work.sha256) == 64


@by_song
def test_its_license_is_that_of_the_list_of_songs_from_outside(song: ExampleSong) -> None:
    listed = {(each.source, each.path): each for each in outside_songs.all_songs()}
    for work in song.works:
        entry = listed[work.package, work.file]
        assert entry.title == work.title
        assert work.author.startswith(entry.author)
        assert work.license.replace(" ", "-") in entry.license


def test_the_readme_is_made_from_the_list() -> None:
    assert make_songs.README.read_text(encoding="utf-8") == make_songs.readme()
    assert set(LICENSES) == {song.license for song in SONGS}


def test_all_files_are_songs_and_take_less_than_four_megabytes() -> None:
    files = set(example_songs.FOLDER.glob("*.ogg"))
    assert files == {song.path for song in SONGS}
    assert sum(file.stat().st_size for file in files) < 4_000_000


def test_names_differ_from_those_of_synthetic_songs() -> None:
    songs: list[ExampleSong | SyntheticSong] = [*SONGS, *synthesis.SONGS, synthesis.TROUBADOUR]
    assert len({song.name for song in songs}) == len({song.title for song in songs}) == len(songs)


# The scores were 0.77 to 0.90, and 0.02 to 0.10.
@pytest.mark.parametrize("name", IN_DOMAIN)
def test_music_of_the_ten_genres_is_in_domain(name: str) -> None:
    in_domain = predict(example_songs.song(name).path).in_domain
    assert in_domain is not None and in_domain > 0.6


@pytest.mark.parametrize("name", OUT_OF_DOMAIN)
def test_music_of_no_genre_here_is_out_of_domain(name: str) -> None:
    song = example_songs.song(name)
    in_domain = predict(song.path).in_domain
    assert in_domain is not None and in_domain < 0.3
    assert song.genre is None


def test_the_default_run_is_wrong_where_the_readme_says_so() -> None:
    assert predict(example_songs.song("lucky-13").path).genre == "metal"
    reggae = predict(example_songs.song("island-dreams").path)
    assert (reggae.genre, reggae.is_out_of_domain) == ("reggae", True)
    for name in ("scottish-bagpipes", "medieval"):
        assert example_songs.song(name).genre is None
        assert not predict(example_songs.song(name).path).is_out_of_domain


def test_the_default_run_finds_the_change_of_the_joined_song() -> None:
    joined = example_songs.song("classical-to-metal")
    prediction = predict(joined.path)
    (change,) = prediction.changes
    assert (change.from_genre, change.to_genre) == ("classical", "metal")
    assert change.time_s == pytest.approx(joined.changes_at_s, abs=1)
    assert not prediction.is_out_of_domain
