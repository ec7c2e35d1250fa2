"""What a check says of songs whose faults are known, and of the splits that they allow."""

import numpy as np
import pytest

from genre_core import audio
from genre_core.audio import synthesis
from genre_core.datasets import make_split
from genre_core.datasets.gathered import songs, store
from genre_core.datasets.gathered.checking import check
from genre_core.datasets.gathered.extraction import extract
from genre_core.datasets.splits import SplitConfig
from genre_core.errors import DatasetError
from tests.audio_files import encoded, sine
from tests.gathered_songs import ANN, gathered, song


def test_faults_of_songs_are_found_and_durations_are_noted() -> None:
    name = store.create_dataset("Ours", ["rock", "jazz"]).name
    loud = np.clip(3 * sine(4, 44_100), -1, 1)
    noise = 0.1 * np.random.default_rng(0).standard_normal(44_100 * 4).astype(np.float32)
    given = {
        "good": encoded(noise, 44_100),
        "silent": encoded(np.zeros(44_100 * 4, np.float32), 44_100),
        "short": song(300, 1.0),
        "broken": encoded(noise, 44_100, "FLAC")[:200],
        "half": encoded(np.concatenate([noise, np.zeros_like(noise)]), 44_100),
        "clipped": encoded(loud, 44_100),
        "low": song(301),
    }
    for title, content in given.items():
        songs.add_song(name, "rock", title, content)
    steps: list[tuple[int, int]] = []
    found = check(name, progress=lambda done, total: steps.append((done, total)))
    by_title = dict(zip(given, found.songs, strict=True))
    assert steps == [(i, 7) for i in range(8)]
    for title, words in (("silent", "only silence"), ("short", "at least 3 s"), ("broken", "")):
        assert by_title[title].duration_s is None and by_title[title].problem and words in by_title[title].problem
    assert by_title["good"] == type(by_title["good"])(by_title["good"].id, 4.0)
    assert any("50\u00a0% of it is silent" in text for text in by_title["half"].warnings)
    assert any("clipped" in text for text in by_title["clipped"].warnings)
    assert any("ends at" in text for text in by_title["low"].warnings)
    assert [one.duration_s for one in songs.list_songs(name)] == [one.duration_s for one in found.songs]
    assert any("3 songs can't be used" in note for note in found.notes)
    assert any("rock and" in note or "rock, jazz have fewer than 10" in note for note in found.notes)
    assert not any(split.is_possible for split in found.splits)
    assert all("two genres" in split.sentence for split in found.splits)


def test_a_second_check_decodes_only_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    name = gathered({"rock": 3, "jazz": 2}).name
    before = check(name)
    songs.add_song(name, "jazz", "new.wav", song(900))
    decoded = []
    load_audio = audio.load_audio

    def load(source: audio.AudioSource, **options: float) -> audio.Clip:
        decoded.append(source)
        return load_audio(source, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(audio, "load_audio", load)
    after = check(name)
    assert after.songs[:-1] == before.songs
    assert set(decoded) == {songs.song_path(name, after.songs[-1].id)}


def test_the_same_recording_is_found_in_another_encoding_and_genre() -> None:
    name = store.create_dataset("Ours", ["rock", "jazz"]).name
    one = synthesis.song("floorfiller").clip(seconds=12, rate=44_100).samples
    other = synthesis.song("floorfiller").clip(seconds=12, rate=44_100, seed=5).samples
    ids = [
        songs.add_song(name, genre, "x", content).id
        for genre, content in (
            ("rock", encoded(one, 44_100)),
            ("jazz", encoded(other, 44_100)),
            ("jazz", encoded(one, 44_100)),
            ("rock", encoded(0.5 * one, 44_100, "MP3", "MPEG_LAYER_III")),
        )
    ]
    found = check(name)
    assert found.duplicates == ((ids[0], ids[2], ids[3]),)
    assert any(
        "3 songs are in the dataset more than once, 1 group of them in different" in note for note in found.notes
    )


@pytest.mark.parametrize(
    ("genres", "artists", "possible"),
    [
        ({"rock": 4, "jazz": 4}, 2, {"random", "track", "artist"}),
        ({"rock": 4, "jazz": 4}, 0, {"random", "track"}),
        ({"rock": 4, "jazz": 4}, 1, {"random", "track"}),
        ({"rock": 4, "jazz": 1}, 2, set()),
        ({"rock": 4, "jazz": 0}, 2, set()),
        ({}, 2, set()),
    ],
)
def test_the_splits_that_are_said_to_be_possible_are_those_of_the_dataset(
    genres: dict[str, int], artists: int, possible: set[str]
) -> None:
    name = gathered(genres, artists=artists).name
    found = check(name)
    assert {split.kind for split in found.splits if split.is_possible} == possible
    for split in found.splits:
        assert split.sentence.endswith(".")
        if split.is_possible:
            make_split(extract(name, jobs=1), SplitConfig(split.kind))
        elif possible:
            with pytest.raises(DatasetError):
                make_split(extract(name, jobs=1), SplitConfig(split.kind))


def test_gtzan_tracks_have_the_artists_of_the_published_index() -> None:
    name = store.create_dataset("GTZAN", ["blues", "country"], ANN).name
    for i, (genre, track) in enumerate([("blues", 0), ("blues", 1), ("country", 0), ("country", 1)]):
        songs.add_song(name, genre, f"{genre}.0000{track}.wav", song(300 + i))
    assert not any("artist" in note for note in check(name).notes)
    songs.add_song(name, "blues", "mine.wav", song(400), artist="Somebody")
    assert not any("artist" in note for note in check(name).notes)
    assert "" not in extract(name, jobs=1).artists
