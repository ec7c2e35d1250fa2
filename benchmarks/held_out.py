"""Music for benchmarks of verdicts, and judges that never heard it.

The music is that of the genre folders that are named: of GTZAN only tracks of the train and valid lists of the
fault-filtered split; or else it is synthetic.  It is put into folds that keep artists together, and each fold is judged
by a logistic regression on the leveled embedding that learned from the others.  The default run can't be such a judge:
it learned from these tracks.
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
from genre_core.features import embedding
from genre_core.prediction import HOP_S
from genre_core.prediction.reference import Reference

FEATURES = "leveled-embedding"
FOLDS = 5
_SYNTHETIC_TRACKS = 8  # a style


@dataclass(frozen=True, eq=False)
class Fold:
    """Some tracks, and what was learned from all others."""

    tracks: tuple[str, ...]
    head: Pipeline
    songs: Reference


@dataclass(frozen=True, eq=False)
class Music:
    """Tracks with their sound."""

    clips: dict[str, Clip]
    """By GENRE/NAME."""
    artist: dict[str, str]
    folds: tuple[Fold, ...]
    genres: tuple[str, ...]


@contextmanager
def music(folders: Sequence[str]) -> Iterator[Music]:
    """The music of some genre folders, or synthetic songs if there are none."""
    with TemporaryDirectory() as place:
        yield _read([Path(folder) for folder in folders] or [_synthetic(Path(place))])


def heard(clip: Clip, hop_s: float = HOP_S) -> np.ndarray:
    """The segments of a clip in the embedding, as a verdict hears them, shape (segments, embedding.SIZE)."""
    starts = range(0, len(clip.samples) - SEGMENT_SAMPLES + 1, round(hop_s * SEGMENT_RATE))
    return np.array(list(embedding.extract_leveled(clip.samples, starts, SEGMENT_SAMPLES)), dtype=np.float64)


def _synthetic(folder: Path) -> Path:
    for song in synthesis.SONGS:
        for seed in range(_SYNTHETIC_TRACKS if song.changes_at_s is None else 0):
            file = folder / song.style / f"synthetic-{seed}.wav"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(audio.wav_bytes(song.clip(seed=seed)))
    return folder


def _read(folders: list[Path]) -> Music:
    data = _joined([datasets.read_folder(folder, features=FEATURES) for folder in folders])
    known = gtzan.all_tracks()
    data = data.take(
        np.array([track not in known or known[track].part in ("train", "valid") for track in data.track.tolist()])
    )
    tracks = np.unique(data.track)
    artist = {track: gtzan.facts(track).artist.strip().lower() or track for track in tracks.tolist()}
    split = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0).split(
        tracks, [track.partition("/")[0] for track in tracks], [artist[track] for track in tracks.tolist()]
    )
    folds = [_fold(data, tracks[learned], tracks[others]) for learned, others in split]
    clips = {track: audio.load(_file(folders, track)) for track in tracks.tolist()}
    return Music(clips, artist, tuple(folds), data.genres)


def _joined(parts: list[Dataset]) -> Dataset:
    names = ("values", "genre", "track", "start_s")
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Dataset("music", FEATURES, **arrays)


def _file(folders: list[Path], track: str) -> Path:
    return next(path for folder in folders if (path := datasets.find_track(folder, track)))


def _fold(data: Dataset, learned: np.ndarray, others: np.ndarray) -> Fold:
    part = data.take(np.isin(data.track, learned))
    head = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", max_iter=5000))
    labels = np.searchsorted(data.genres, part.genre)
    return Fold(tuple(others.tolist()), head.fit(part.values, labels), Reference(part.track, part.values))
