"""The registry of feature sets: named ways to turn the segments of a clip into numbers or pictures.

Any of them can be had of one stem of a song alone: `paper@vocals` is `paper` of the vocals that `separation` takes out
of the clip.  The stem is a part of the name, so that a table, a cache or a run of vocals is never taken for one of the
mix, and what judges a song takes out of it what the run was trained on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np

from genre_core.audio import SEGMENT_SAMPLES, Clip, separation
from genre_core.audio.quality import FULL_BANDWIDTH_HZ
from genre_core.audio.separation import MIX, Stem
from genre_core.errors import ConfigError
from genre_core.features import embedding, lab, mel, paper, scalogram, wide_mel

LEVELED = "leveled-embedding"
"""The feature set in which songs are compared, and that the default run begins with."""
_EMBEDDING_TREBLE_HZ = 6000.0
"""Up to 8 kHz it hardly minds; without what lies above 5.5 kHz the default run names 67 % of tracks instead of 80 %."""
_SIGNATURE_BLOCKS = 8  # a side


class Extract(Protocol):
    """How a feature set is computed."""

    def __call__(self, samples: np.ndarray, starts: Sequence[int], length: int, /) -> Iterator[np.ndarray]: ...


@dataclass(frozen=True)
class FeatureSet:
    """A named way to turn segments into rows of numbers, or into pictures."""

    name: str
    version: int
    """Version of the recipe; features of different versions are never mixed."""
    rate: int
    """Sample rate in Hz of the clips it takes."""
    shape: tuple[int, ...]
    """Of one segment: (columns,) float64, or a picture of (height, width, channels), uint8, its lowest frequency in
    row 0."""
    extract: Extract
    """A whole clip's samples, shape (n,), float32, at `rate`; the samples at which segments start; and the length of
    a segment: yields what is of `shape` for each segment in turn."""
    columns: tuple[str, ...] = ()
    """Names of the numbers; none for pictures."""
    log_columns: tuple[str, ...] = ()
    """Those that are never negative and lean to one side, so that their logarithm says more."""
    excluded_columns: tuple[str, ...] = ()
    """Those that say nothing of the sound, and are kept from the models."""
    window_s: float = 0.0
    """How much of a song a picture shows, around the middle of its segment as far as the song goes; 0 for the segment
    alone."""
    needed_bandwidth_hz: float = FULL_BANDWIDTH_HZ
    """Of sound that breaks off below this it makes something else."""
    trained_on_genres: bool = False
    """Whether it holds answers of a network that was taught genres: models that learn from it, and figures on what it
    was taught, would be mistaken for more than they are."""
    stem: Stem = MIX
    """What is taken out of a clip before anything is computed."""

    @property
    def is_picture(self) -> bool:
        return len(self.shape) == 3

    def time_span(self, start_s: float, end_s: float, duration_s: float) -> tuple[float, float]:
        """From when to when the picture of a segment shows a song, in seconds."""
        if not self.window_s:
            return start_s, end_s
        start_s = min(max((start_s + end_s - self.window_s) / 2, 0.0), max(duration_s - self.window_s, 0.0))
        return start_s, start_s + self.window_s

    def extract_segments(self, samples: np.ndarray, segment_samples: int = SEGMENT_SAMPLES) -> np.ndarray:
        """What each whole segment of a clip gives, in time order.

        Parameters
        ----------
        samples : shape (n,), float32, at `rate`.
        segment_samples : length of a segment in samples.

        Returns
        -------
        shape (n // segment_samples, *shape), float64 or uint8.
        """
        starts = range(0, len(samples) - segment_samples + 1, segment_samples)
        rows = list(self.extract(samples, starts, segment_samples))
        return np.array(rows, dtype=np.uint8 if self.is_picture else np.float64).reshape(-1, *self.shape)

    def signature(self, values: np.ndarray) -> np.ndarray:
        """By what a segment is known again: its numbers, or a coarse picture of 8 by 8 blocks.

        Parameters
        ----------
        values : shape (n, *shape).

        Returns
        -------
        shape (n, numbers), float32 or, of pictures, uint8.
        """
        if not self.is_picture:
            return values.astype(np.float32)
        rows, columns = (np.linspace(0, size, _SIGNATURE_BLOCKS, endpoint=False).astype(int) for size in self.shape[:2])
        sums = np.add.reduceat(np.add.reduceat(values, rows, axis=1, dtype=np.float32), columns, axis=2)
        means = sums.reshape(len(values), -1) / (self.shape[0] * self.shape[1] / _SIGNATURE_BLOCKS**2)
        return np.minimum(np.round(means), 255).astype(np.uint8)


def _each(function: Callable[[np.ndarray], np.ndarray]) -> Extract:
    """Extract from each segment by itself."""

    def extract(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
        for start in starts:
            yield function(samples[start : start + length])

    return extract


def _joined(one: FeatureSet, other: FeatureSet) -> FeatureSet:
    """Two feature sets side by side: the numbers of one and then the other's, or the channels of their pictures."""

    def extract(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
        for pair in zip(one.extract(samples, starts, length), other.extract(samples, starts, length), strict=True):
            yield np.concatenate(pair, axis=-1)

    return FeatureSet(
        f"{one.name}+{other.name}",
        one.version * 100 + other.version,
        one.rate,
        (*one.shape[:-1], one.shape[-1] + other.shape[-1]),
        extract,
        one.columns + other.columns,
        one.log_columns + other.log_columns,
        one.excluded_columns + other.excluded_columns,
        needed_bandwidth_hz=max(one.needed_bandwidth_hz, other.needed_bandwidth_hz),
        trained_on_genres=one.trained_on_genres or other.trained_on_genres,
    )


_PAPER = FeatureSet(
    "paper",
    paper.VERSION,
    paper.RATE,
    (len(paper.COLUMNS),),
    _each(paper.clip_features),
    paper.COLUMNS,
    paper.LOG_COLUMNS,
    ("length",),
)
# Not `positive`: half of the activations are 0, and with logarithms every model names fewer segments right (logistic
# regression 85.8 % instead of 87.4 %, on the train and valid tracks of GTZAN-mini with five folds by track).
_EMBEDDING = FeatureSet(
    "embedding",
    embedding.VERSION,
    embedding.RATE,
    (embedding.SIZE,),
    embedding.extract,
    embedding.COLUMNS,
    needed_bandwidth_hz=_EMBEDDING_TREBLE_HZ,
)
_LEVELED = replace(_EMBEDDING, name=LEVELED, version=embedding.LEVELED_VERSION, extract=embedding.extract_leveled)
_LAB = FeatureSet(
    "lab",
    lab.VERSION,
    lab.RATE,
    (len(lab.COLUMNS),),
    lab.extract,
    lab.COLUMNS,
    needed_bandwidth_hz=_EMBEDDING_TREBLE_HZ,
    trained_on_genres=True,
)
_MEL = FeatureSet("mel", mel.VERSION, mel.RATE, mel.SHAPE, _each(mel.picture))
_SCALOGRAM = FeatureSet("scalogram", scalogram.VERSION, scalogram.RATE, scalogram.SHAPE, _each(scalogram.picture))

FEATURE_SETS = {
    known.name: known
    for known in (
        _PAPER,
        _EMBEDDING,
        _joined(_PAPER, _EMBEDDING),
        _LEVELED,
        _joined(_LEVELED, _LAB),
        _MEL,
        _SCALOGRAM,
        _joined(_MEL, _SCALOGRAM),
        FeatureSet(
            "wide-mel",
            wide_mel.VERSION,
            wide_mel.RATE,
            wide_mel.SHAPE,
            wide_mel.pictures,
            window_s=wide_mel.WINDOW / wide_mel.COLUMNS_A_SECOND,
        ),
    )
}


def with_stem(features: str, stem: Stem) -> str:
    """The name of a feature set of one stem alone, such as `paper@vocals`; of the mix it is `features` itself."""
    return features if stem == MIX else f"{features}@{stem}"


def stem_of(features: str) -> str:
    """The stem that the name of a feature set says, whether or not there is one."""
    return features.partition("@")[2] or MIX


def feature_set(name: str) -> FeatureSet:
    """The feature set of that name, of the mix or of one stem; ConfigError if there is none."""
    features, stem = name.partition("@")[0], separation.check_stem(stem_of(name))
    if features not in FEATURE_SETS:
        raise ConfigError(f"There is no feature set {features!r}; choose from {', '.join(FEATURE_SETS)}.")
    return FEATURE_SETS[features] if stem == MIX else _alone(features, stem)


@cache
def _alone(features: str, stem: Stem) -> FeatureSet:
    """A feature set of one stem."""
    known = FEATURE_SETS[features]

    def extract(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
        yield from known.extract(separation.extract_stem(Clip(samples, known.rate), stem).samples, starts, length)

    name, version = with_stem(features, stem), known.version * 100 + separation.VERSION
    return replace(known, name=name, version=version, extract=extract, stem=stem)
