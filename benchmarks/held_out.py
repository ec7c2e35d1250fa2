"""Music for benchmarks of predictions, with models that were not trained on it.

The default run can't predict the tracks that it was trained on. scripts/make_default.py leaves a run for each of its
folds, whose model was fitted without the artists of that fold; they predict the tracks of the fold as the default run
predicts songs, in all else.  The reference tracks are those of the other folds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre_core import audio
from genre_core.audio import Clip
from genre_core.datasets import find_track
from genre_core.prediction import reference
from genre_core.prediction.reference import Reference
from genre_core.runs import DEFAULT_RUN, Run, load_run
from scripts.make_default import fold_run


@dataclass(frozen=True, eq=False)
class Fold:
    """The tracks that a fold tested, and what predicts them."""

    tracks: tuple[str, ...]
    """GENRE/NAME of each, in alphabetical order."""
    run: Run
    reference: Reference


def read_folds(work: Path) -> list[Fold]:
    """The folds of the default run; work : the folder of scripts/make_default.py."""
    evaluation = load_run(DEFAULT_RUN).evaluation()
    assert evaluation.fold is not None
    folds = []
    for number in range(1, evaluation.fold.max() + 1):
        tracks = np.unique(evaluation.track[evaluation.fold == number]).tolist()
        known = reference.bundled().without(frozenset(tracks))
        folds.append(Fold(tuple(tracks), load_run(fold_run(work, number)), known))
    return folds


def read_clips(folds: Sequence[Fold], folders: Sequence[Path]) -> dict[str, Clip]:
    """The audio of all tracks, by GENRE/NAME; each folder has one subfolder per genre with some of them."""
    return {track: read_clip(track, folders) for fold in folds for track in fold.tracks}


def read_clip(track: str, folders: Sequence[Path]) -> Clip:
    """The audio of one track."""
    return audio.load_audio(next(path for folder in folders if (path := find_track(folder, track))))
