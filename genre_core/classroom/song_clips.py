"""Clips of a quiz from songs that no run was trained on: the example songs, which are real music, and synthetic songs.

They are predicted when the quiz is made.
"""

from collections.abc import Iterable
from itertools import zip_longest

import numpy as np

from genre_core import audio
from genre_core.audio import synthesis
from genre_core.audio.example_songs import SONGS, ExampleSong
from genre_core.classroom.clip_audio import MARGIN_S, cut, leveled
from genre_core.classroom.quiz import QuizClip, QuizConfig
from genre_core.errors import DatasetError
from genre_core.prediction import predict_file
from genre_core.progress import Progress
from genre_core.runs import Run

_INTRO_S = 4.0
"""Start of a synthetic song that is cut off: its instruments enter one after the other."""


def example_songs(genres: Iterable[str]) -> list[ExampleSong]:
    """The example songs that are of one of these genres."""
    known = set(genres)
    return [song for song in SONGS if song.genre in known]


def synthetic_songs(genres: Iterable[str]) -> list[synthesis.SyntheticSong]:
    """The synthetic songs that have one of these genres throughout."""
    known = set(genres)
    return [song for song in synthesis.SONGS if song.changes_at_s is None and song.style in known]


def clips_of_examples(config: QuizConfig, run: Run, progress: Progress) -> list[QuizClip]:
    """Clips of the example songs: the genres in turn, and no two clips of a song overlap.

    A long quiz has fewer clips than configured, since the songs are short.

    Raises
    ------
    DatasetError : if no example song has a genre of the run.
    """
    length_s = _length_s(config, run)
    rng = np.random.default_rng(config.number)
    by_genre: dict[str, list[list[tuple[ExampleSong, float]]]] = {}
    for song in example_songs(run.info.genres):
        duration_s = audio.load_audio(song.path).duration_s
        n_places = int(duration_s / length_s)
        starts = rng.permutation(n_places) * length_s + rng.uniform(0, duration_s - n_places * length_s)
        by_genre.setdefault(str(song.genre), []).append([(song, float(start)) for start in starts])
    if not by_genre:
        raise DatasetError(f"{run.info.name} has none of the genres of the example songs; choose another run.")
    # Within a genre one clip of each song in turn, and then one of each genre.
    of_genres = [_in_turn([songs[i] for i in rng.permutation(len(songs))]) for songs in by_genre.values()]
    places = _in_turn([of_genres[i] for i in rng.permutation(len(of_genres))])[: config.n_clips]
    clips = []
    progress(0, len(places))
    for index in rng.permutation(len(places)):
        song, start_s = places[index]
        wav = cut(song.path, start_s, length_s)
        if wav is not None:
            clips.append(_predicted(song.name, start_s, length_s, str(song.genre), wav, run))
        progress(len(clips), len(places))
    return clips


def synthetic_clips(config: QuizConfig, run: Run, progress: Progress) -> list[QuizClip]:
    """Clips of synthetic songs, each with another seed.

    Raises
    ------
    DatasetError : if no synthetic song has a genre of the run.
    """
    songs = synthetic_songs(run.info.genres)
    if not songs:
        raise DatasetError(f"{run.info.name} has none of the genres of the synthetic songs; choose another run.")
    length_s = _length_s(config, run)
    rng = np.random.default_rng(config.number)
    choices = rng.permutation(np.resize(rng.permutation(len(songs)), config.n_clips))
    seeds = rng.choice(2**31, config.n_clips, replace=False)
    clips = []
    progress(0, config.n_clips)
    for choice, seed in zip(choices, seeds, strict=True):
        song = songs[choice]
        rendered = song.clip(seconds=_INTRO_S + length_s + MARGIN_S, seed=int(seed))
        wav = audio.wav_bytes(leveled(rendered.between(_INTRO_S, rendered.duration_s)))
        clips.append(_predicted(song.title, _INTRO_S, length_s, song.style, wav, run))
        progress(len(clips), config.n_clips)
    return clips


def _length_s(config: QuizConfig, run: Run) -> float:
    return config.n_segments * run.info.segment_samples / run.feature_set.rate


def _in_turn(lists: list[list[tuple[ExampleSong, float]]]) -> list[tuple[ExampleSong, float]]:
    """The first of each list, then the second of each, and so on."""
    return [item for row in zip_longest(*lists) for item in row if item is not None]


def _predicted(track: str, start_s: float, length_s: float, genre: str, wav: bytes, run: Run) -> QuizClip:
    prediction = predict_file(wav, run).prediction
    return QuizClip(
        track=track,
        start_s=start_s,
        length_s=length_s,
        true_genre=run.info.genres.index(genre),
        probabilities=np.array([prediction.probabilities[name] for name in run.info.genres]),
        wav=wav,
    )
