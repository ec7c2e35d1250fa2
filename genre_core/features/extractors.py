"""Extractors: how the segments of a clip become features, where nothing but NumPy, soxr and LiteRT is needed for it.

The registry gives them to its feature sets; a run that was exported (`genre_core.runs.exchange`) predicts with them
outside of Genre Lab.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from genre_core.features import embedding, lab, mel, musicnn, wide_mel


class Extract(Protocol):
    """Computes a feature set; `FeatureSet.extract` describes it."""

    def __call__(self, samples: np.ndarray, starts: Sequence[int], length: int, /) -> Iterator[np.ndarray]: ...


def each(function: Callable[[np.ndarray], np.ndarray]) -> Extract:
    """An extractor that applies `function` to the samples of each segment."""

    def extract(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
        for start in starts:
            yield function(samples[start : start + length])

    return extract


def joined(one: Extract, other: Extract) -> Extract:
    """An extractor of two feature sets side by side: numbers are concatenated, or the channels of pictures."""

    def extract(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
        for pair in zip(one(samples, starts, length), other(samples, starts, length), strict=True):
            yield np.concatenate(pair, axis=-1)

    return extract


EXTRACTORS: dict[str, Extract] = {
    "embedding": embedding.extract,
    "leveled-embedding": embedding.extract_leveled,
    "leveled-embedding+lab": joined(embedding.extract_leveled, lab.extract),
    "leveled-embedding+vgg": partial(musicnn.extract, parts=musicnn.EMBEDDING_AND_VGGS),
    "mel": each(mel.picture),
    "musicnn": musicnn.extract,
    "wide-mel": wide_mel.pictures,
}
"""By the name of the feature set."""

_OF_EMBEDDING = (embedding.FOLDER / embedding.NETWORK_FILE,)
NETWORK_FILES: dict[str, tuple[Path, ...]] = {
    "embedding": _OF_EMBEDDING,
    "leveled-embedding": _OF_EMBEDDING,
    "leveled-embedding+lab": (*_OF_EMBEDDING, lab.FOLDER / lab.NETWORK_FILE),
    "leveled-embedding+vgg": tuple(embedding.FOLDER / part.file for part in musicnn.EMBEDDING_AND_VGGS),
    "musicnn": tuple(embedding.FOLDER / file for file in musicnn.FILES),
}
"""The networks that an extractor runs; their checksums and licenses are beside them."""
