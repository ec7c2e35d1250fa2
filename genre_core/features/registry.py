"""The registry of feature sets: named ways to turn the segments of a clip into numbers or pictures.

Every feature set can also be computed on one stem of the clip: `paper@vocals` is `paper` of the separated vocals.  The
stem is part of the name, so that a table, a cache or a run of vocals can't be mistaken for one of the mix, and a
prediction separates the stem that the run was trained on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from genre_core.audio import SEGMENT_SAMPLES, Clip, separation
from genre_core.audio.quality import FULL_BANDWIDTH_HZ
from genre_core.audio.separation import MIX, Stem
from genre_core.errors import ConfigError
from genre_core.features import embedding, lab, mel, musicnn, paper, scalogram, wide_mel
from genre_core.features.extractors import EXTRACTORS, Extract, each, joined
from genre_core.wording import quoted

LEVELED = "leveled-embedding"
"""The feature set in which similar tracks are searched."""
EMBEDDING_AND_VGGS = "leveled-embedding+vgg"
"""The feature set of the default run."""
_EMBEDDING_BANDWIDTH_HZ = 6000.0
"""A cut-off at 8 kHz costs the default run no accuracy, one at 6 kHz 5 points per track (benchmarks/robustness.py)."""
SIGNATURE_BLOCKS = 8
"""Blocks along each side of a picture in its signature."""


@dataclass(frozen=True)
class FeatureSet:
    """A named way to turn segments into rows of numbers or into pictures."""

    name: str
    short_title: str
    """Its name in labels of runs."""
    description: str
    """What it contains, in a few words."""
    version: int
    """Version of the recipe; features of different versions are never combined."""
    rate: int
    """Sample rate of its clips in Hz."""
    shape: tuple[int, ...]
    """Shape of one segment: (columns,), float64, or a picture of (height, width, channels), uint8, whose row 0 is the
    lowest frequency."""
    extract: Extract
    """Takes the samples of a whole clip, shape (n,), float32, at `rate`; the first sample of each segment; and the
    length of a segment in samples.  Yields an array of `shape` for each segment."""
    columns: tuple[str, ...] = ()
    """Names of the numbers; empty for pictures."""
    log_columns: tuple[str, ...] = ()
    """Columns that are never negative and skewed to the right, so that models may use their logarithm."""
    excluded_columns: tuple[str, ...] = ()
    """Columns that don't describe the sound; models don't use them."""
    window_s: float = 0.0
    """Duration of the window around a segment that its picture shows, within the song; 0 for the segment alone."""
    needed_bandwidth_hz: float = FULL_BANDWIDTH_HZ
    """Bandwidth of a recording below which the features change."""
    begins_with_leveled: bool = False
    """Whether its first columns are those of LEVELED."""
    trained_on_genres: bool = False
    """Whether it contains outputs of a network that was trained on genres.  Models trained on it, and scores on the
    tracks of that network's training, would be too optimistic."""
    stem: Stem = MIX
    """The stem that is separated from a clip before its features are computed."""

    @property
    def is_picture(self) -> bool:
        return len(self.shape) == 3

    def time_span(self, start_s: float, end_s: float, duration_s: float) -> tuple[float, float]:
        """Start and end, in seconds, of the piece of a song that the picture of a segment shows."""
        if not self.window_s:
            return start_s, end_s
        start_s = min(max((start_s + end_s - self.window_s) / 2, 0.0), max(duration_s - self.window_s, 0.0))
        return start_s, start_s + self.window_s

    def extract_segments(self, samples: np.ndarray, segment_samples: int = SEGMENT_SAMPLES) -> np.ndarray:
        """Cut a clip into whole segments, end to end, and compute the features of each.

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
        """Reduced features by which a segment is recognized later: its numbers, or a picture of 8 by 8 blocks.

        Parameters
        ----------
        values : shape (n, *shape).

        Returns
        -------
        shape (n, numbers), float32 or, of pictures, uint8.
        """
        if not self.is_picture:
            return values.astype(np.float32)
        rows, columns = (np.linspace(0, size, SIGNATURE_BLOCKS, endpoint=False).astype(int) for size in self.shape[:2])
        sums = np.add.reduceat(np.add.reduceat(values, rows, axis=1, dtype=np.float32), columns, axis=2)
        means = sums.reshape(len(values), -1) / (self.shape[0] * self.shape[1] / SIGNATURE_BLOCKS**2)
        return np.minimum(np.round(means), 255).astype(np.uint8)


def _joined(one: FeatureSet, other: FeatureSet, short_title: str, description: str) -> FeatureSet:
    """Two feature sets side by side: their numbers are concatenated, or the channels of their pictures."""
    name = f"{one.name}+{other.name}"
    return FeatureSet(
        name,
        short_title,
        description,
        one.version * 100 + other.version,
        one.rate,
        (*one.shape[:-1], one.shape[-1] + other.shape[-1]),
        EXTRACTORS.get(name) or joined(one.extract, other.extract),
        one.columns + other.columns,
        one.log_columns + other.log_columns,
        one.excluded_columns + other.excluded_columns,
        needed_bandwidth_hz=max(one.needed_bandwidth_hz, other.needed_bandwidth_hz),
        begins_with_leveled=one.begins_with_leveled,
        trained_on_genres=one.trained_on_genres or other.trained_on_genres,
    )


_PAPER = FeatureSet(
    "paper",
    "58 features",
    "58 hand-crafted features per segment, as in the paper",
    paper.VERSION,
    paper.RATE,
    (len(paper.COLUMNS),),
    each(paper.clip_features),
    paper.COLUMNS,
    paper.LOG_COLUMNS,
    ("length",),
)
# No `log_columns`: half of the activations are 0, and logarithms lower the accuracy of every model (logistic regression
# 85.8 % of segments instead of 87.4 %, on the train and valid tracks of GTZAN-mini in five folds by track).
_EMBEDDING = FeatureSet(
    "embedding",
    "embedding",
    "200 activations of MSD_musicnn, a network trained to tag music",
    embedding.VERSION,
    embedding.RATE,
    (embedding.SIZE,),
    EXTRACTORS["embedding"],
    embedding.COLUMNS,
    needed_bandwidth_hz=_EMBEDDING_BANDWIDTH_HZ,
)
_LEVELED = replace(
    _EMBEDDING,
    name=LEVELED,
    short_title="leveled embedding",
    description="the embedding of the song at a standard loudness, 200 numbers per segment",
    version=embedding.LEVELED_VERSION,
    extract=EXTRACTORS[LEVELED],
    begins_with_leveled=True,
)
_MUSICNN = FeatureSet(
    "musicnn",
    "musicnn embedding",
    f"{musicnn.SIZE} activations of the four networks of musicnn, at a standard loudness",
    musicnn.VERSION,
    musicnn.RATE,
    (musicnn.SIZE,),
    EXTRACTORS["musicnn"],
    musicnn.COLUMNS,
    needed_bandwidth_hz=_EMBEDDING_BANDWIDTH_HZ,
    begins_with_leveled=True,
)
_EMBEDDING_AND_VGGS = replace(
    _MUSICNN,
    name=EMBEDDING_AND_VGGS,
    short_title="embedding + VGGs",
    description="the leveled embedding and the activations of the two VGGs of musicnn, 712 numbers per segment",
    shape=(sum(part.size for part in musicnn.EMBEDDING_AND_VGGS),),
    extract=EXTRACTORS[EMBEDDING_AND_VGGS],
    columns=tuple(column for part in musicnn.EMBEDDING_AND_VGGS for column in part.columns),
)
_LAB = FeatureSet(
    "lab",
    "CNN outputs",
    "the genre probabilities that Genre Lab's CNN (run lab-cnn) predicts, 10 numbers per segment",
    lab.VERSION,
    lab.RATE,
    (len(lab.COLUMNS),),
    lab.extract,
    lab.COLUMNS,
    needed_bandwidth_hz=_EMBEDDING_BANDWIDTH_HZ,
    trained_on_genres=True,
)
_MEL = FeatureSet(
    "mel", "mel spectrograms", "mel spectrogram of a segment", mel.VERSION, mel.RATE, mel.SHAPE, EXTRACTORS["mel"]
)
_SCALOGRAM = FeatureSet(
    "scalogram",
    "scalograms",
    "scalogram of a segment",
    scalogram.VERSION,
    scalogram.RATE,
    scalogram.SHAPE,
    each(scalogram.picture),
)

FEATURE_SETS = {
    each.name: each
    for each in (
        _PAPER,
        _EMBEDDING,
        _joined(
            _PAPER,
            _EMBEDDING,
            "58 features + embedding",
            "the hand-crafted features and the embedding, 258 numbers per segment",
        ),
        _LEVELED,
        _joined(
            _LEVELED,
            _LAB,
            "embedding + CNN outputs",
            "the leveled embedding, and the genre probabilities that Genre Lab's CNN (run lab-cnn) predicts from the "
            "ten seconds around a segment, 210 numbers",
        ),
        _MUSICNN,
        _EMBEDDING_AND_VGGS,
        _MEL,
        _SCALOGRAM,
        _joined(
            _MEL,
            _SCALOGRAM,
            "mel spectrograms + scalograms",
            "mel spectrogram and scalogram of a segment",
        ),
        FeatureSet(
            "wide-mel",
            "10-s mel spectrograms",
            "mel spectrogram of the ten seconds around a segment, which overlaps with its neighbors",
            wide_mel.VERSION,
            wide_mel.RATE,
            wide_mel.SHAPE,
            EXTRACTORS["wide-mel"],
            window_s=wide_mel.WINDOW / wide_mel.COLUMNS_PER_SECOND,
        ),
    )
}


def with_stem(features: str, stem: Stem) -> str:
    """The name of a feature set on one stem, such as `paper@vocals`; for the mix it is `features` itself."""
    return features if stem == MIX else f"{features}@{stem}"


def stem_of(features: str) -> str:
    """The stem in the name of a feature set; it is not checked."""
    return features.partition("@")[2] or MIX


def feature_set(name: str) -> FeatureSet:
    """The feature set with this name, on the mix or on one stem.  Raises ConfigError if there is none."""
    features, stem = name.partition("@")[0], separation.check_stem(stem_of(name))
    if features not in FEATURE_SETS:
        raise ConfigError(f"There is no feature set {quoted(features)}; choose from {', '.join(FEATURE_SETS)}.")
    return FEATURE_SETS[features] if stem == MIX else _on_stem(features, stem)


@cache
def _on_stem(features: str, stem: Stem) -> FeatureSet:
    """A feature set on one stem."""
    on_mix = FEATURE_SETS[features]

    def extract(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
        yield from on_mix.extract(separation.extract_stem(Clip(samples, on_mix.rate), stem).samples, starts, length)

    name, version = with_stem(features, stem), on_mix.version * 100 + separation.VERSION
    return replace(on_mix, name=name, version=version, extract=extract, stem=stem)
