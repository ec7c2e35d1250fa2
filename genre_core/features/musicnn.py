"""The activations of networks of musicnn: 912 numbers of all four, or 712 without MTT_musicnn.

All four were trained to tag music, on the Million Song Dataset (MSD) or on MagnaTagATune (MTT): J. Pons and X. Serra,
"musicnn: pre-trained convolutional neural networks for music audio tagging", ISMIR 2019 late-breaking demo.  Their
input is the same, so its frames are computed once.  The first is the network of `embedding`, on a clip at a standard
loudness, so the first columns are those of `leveled-embedding`.

The other networks cost most of the time.  Where segments overlap, they are applied to segments that follow each other
without a gap, and their activations are interpolated for the segments between them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from genre_core.features import embedding

VERSION = 1
RATE = embedding.RATE
_MOST_GAP = 353
"""Samples of a frame, 16 ms: a smaller gap between two segments is none."""


@dataclass(frozen=True)
class Part:
    """The activations of one network."""

    name: str
    size: int

    @property
    def file(self) -> str:
        """Its file in embedding.FOLDER."""
        return f"{self.name}.tflite"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"{self.name}_{i}" for i in range(self.size))


PARTS = (Part("msd_musicnn", embedding.SIZE), Part("mtt_musicnn", 200), Part("msd_vgg", 256), Part("mtt_vgg", 256))
"""Of the first two the penultimate layer, of the VGGs the last pooling."""
EMBEDDING_AND_VGGS = (PARTS[0], *PARTS[2:])
"""Those that the default run uses: MTT_musicnn takes 40 % of the time of all four and adds nothing to its accuracy."""
COLUMNS = tuple(column for part in PARTS for column in part.columns)
SIZE = len(COLUMNS)
FILES = tuple(part.file for part in PARTS)


class Networks:
    """Some of the networks in LiteRT, all by default, for one thread at a time.

    Raises ModelError if a file is missing or damaged.
    """

    def __init__(self, parts: Sequence[Part] = PARTS) -> None:
        self._networks = [embedding.Network(part.file) for part in parts]

    def activations(self, patches: np.ndarray) -> np.ndarray:
        """The activations of each patch side by side, shape (n, SIZE), float32; of all networks they are COLUMNS.

        Parameters
        ----------
        patches : shape (n, embedding.FRAMES, embedding.BANDS), float32, log-mel frames.
        """
        return np.hstack([network.activations(patches) for network in self._networks])


def extract(
    samples: np.ndarray, starts: Sequence[int], length: int, *, parts: Sequence[Part] = PARTS
) -> Iterator[np.ndarray]:
    """The activations for each segment of a clip, shape (columns,), float32, of the clip at a standard loudness.

    Those of the first network are exact for every segment.  Those of the others are exact for the segments in
    `end_to_end`, all if they don't overlap; for the segments between two of those they are interpolated in time.

    Parameters
    ----------
    samples : shape (n,), float32, at RATE.
    starts : first sample of each segment, ascending.
    length : length of a segment in samples.
    parts : the networks, all or some; the first of PARTS among them, and first.

    Raises ModelError if a network is missing or damaged.
    """
    if not len(starts):
        return
    frames = embedding.log_mel(embedding.leveled(samples))
    first, others = Networks(parts[:1]), Networks(parts[1:])

    def row(networks: Networks, start: int) -> np.ndarray:
        return networks.activations(embedding.segment_patches(frames, start, length)).mean(axis=0)

    before, *exact = end_to_end(starts, length)
    of_before = row(others, starts[before])
    yield np.concatenate([row(first, starts[before]), of_before])
    for after in exact:
        of_after = row(others, starts[after])
        for i in range(before + 1, after):
            share = np.float32((starts[i] - starts[before]) / (starts[after] - starts[before]))
            yield np.concatenate([row(first, starts[i]), (1 - share) * of_before + share * of_after])
        yield np.concatenate([row(first, starts[after]), of_after])
        before, of_before = after, of_after


def columns_of(parts: Sequence[Part]) -> np.ndarray:
    """Where the columns of some networks are among COLUMNS, shape (columns,), int."""
    return np.array([COLUMNS.index(column) for part in parts for column in part.columns])


def end_to_end(starts: Sequence[int], length: int) -> list[int]:
    """Indices of segments that cover what all of them cover, with the first and the last among them.

    Each is the last one that leaves no gap after the one before it.

    Parameters
    ----------
    starts : first sample of each segment, ascending; at least one.
    length : length of a segment in samples.
    """
    chosen = [0]
    for i in range(1, len(starts)):
        if i == len(starts) - 1 or starts[i + 1] > starts[chosen[-1]] + length + _MOST_GAP:
            chosen.append(i)
    return chosen
