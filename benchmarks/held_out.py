"""Music for benchmarks of predictions, with models that were not trained on it.

The music is that of folders with one subfolder per genre, of GTZAN the tracks on the train and
valid lists of the fault-filtered split alone; or, without folders, synthetic songs.  The tracks are divided into folds
by artist.  The model of a fold is a logistic regression on the leveled embedding, trained on the other folds and, like
the default run, on the reference tracks of their genres whose embeddings were estimated from pictures; none is by an
artist of the fold.  The default run can't be used here: it was trained on these tracks.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from genre_core import audio, datasets
from genre_core.audio import SEGMENT_RATE, SEGMENT_SAMPLES, Clip, synthesis
from genre_core.datasets import Dataset, gtzan
from genre_core.features import LEVELED, embedding
from genre_core.prediction import HOP_S, reference
from genre_core.prediction.reference import Reference

FOLDS = 5
_SYNTHETIC_TRACKS = 8  # per style


@dataclass(frozen=True, eq=False)
class Fold:
    """The tracks of a fold, with what was trained on all other folds."""

    tracks: tuple[str, ...]
    model: Pipeline
    reference: Reference


@dataclass(frozen=True, eq=False)
class Music:
    """Tracks with their audio, in folds."""

    clips: dict[str, Clip]
    """By GENRE/NAME."""
    folds: tuple[Fold, ...]
    genres: tuple[str, ...]


@contextmanager
def held_out_music(folders: Sequence[Path]) -> Iterator[Music]:
    """The music of folders with one subfolder per genre, or synthetic songs if there are none."""
    with TemporaryDirectory() as folder:
        yield _read(folders or [_write_synthetic(Path(folder))])


def leveled_embedding(clip: Clip, hop_s: float = HOP_S) -> np.ndarray:
    """The segments of a clip in the leveled embedding, as in a prediction: shape (segments, embedding.SIZE)."""
    starts = range(0, len(clip.samples) - SEGMENT_SAMPLES + 1, round(hop_s * SEGMENT_RATE))
    return np.array(list(embedding.extract_leveled(clip.samples, starts, SEGMENT_SAMPLES)), dtype=np.float64)


def _write_synthetic(folder: Path) -> Path:
    for song in synthesis.SONGS:
        for seed in range(_SYNTHETIC_TRACKS if song.changes_at_s is None else 0):
            file = folder / song.style / f"synthetic-{seed}.wav"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(audio.wav_bytes(song.clip(seed=seed)))
    return folder


def _read(folders: Sequence[Path]) -> Music:
    dataset = _joined([datasets.read_folder(folder, features=LEVELED) for folder in folders])
    known = gtzan.all_tracks()
    allowed = [track not in known or known[track].subset in ("train", "valid") for track in dataset.track.tolist()]
    dataset = dataset.take(np.array(allowed))
    tracks = np.unique(dataset.track)
    genres = [track.partition("/")[0] for track in tracks]
    artists = [_artist(track) for track in tracks.tolist()]
    split = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0).split(tracks, genres, artists)
    folds = tuple(_fold(dataset, tracks[train], tracks[test]) for train, test in split)
    clips = {track: audio.load_audio(_file(folders, track)) for track in tracks.tolist()}
    return Music(clips, folds, dataset.genres)


def _joined(several: list[Dataset]) -> Dataset:
    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(dataset, name) for dataset in several])

    return Dataset("music", LEVELED, joined("values"), joined("genre"), joined("track"), joined("start_s"))


def _file(folders: Sequence[Path], track: str) -> Path:
    return next(path for folder in folders if (path := datasets.find_track(folder, track)))


def _artist(track: str) -> str:
    return gtzan.facts(track).artist.strip().lower() or track


def _fold(dataset: Dataset, train: np.ndarray, test: np.ndarray) -> Fold:
    training_set = dataset.take(np.isin(dataset.track, train))
    known = Reference(training_set.track, training_set.values)
    more, values = _estimated(dataset, {_artist(track) for track in test.tolist()})
    genres = np.concatenate([training_set.genre, [track.partition("/")[0] for track in more]])
    # An estimate is the mean of a track, so it counts as much as all of a track's segments.
    weights = np.repeat([1.0, len(known.track) / len(known.tracks)], [len(known.track), len(more)])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", max_iter=5000))
    model.fit(
        np.concatenate([known.values, values]),
        np.searchsorted(dataset.genres, genres),
        logisticregression__sample_weight=weights,
    )
    return Fold(tuple(test.tolist()), model, known)


def _estimated(dataset: Dataset, artists: set[str]) -> tuple[list[str], np.ndarray]:
    """The reference tracks without audio of the dataset's genres, but for those of some artists or in the dataset."""
    known = reference.bundled()
    names = known.estimated_track.tolist()
    chosen = [
        i
        for i, track in enumerate(names)
        if track.partition("/")[0] in dataset.genres and _artist(track) not in artists and track not in dataset.track
    ]
    return [names[i] for i in chosen], known.estimated[chosen]
