"""Robustness: predictions of music as people bring it, by models that were not trained on its artists.

    python -m benchmarks.robustness WORK OUTSIDE FOLDER... [--write docs/results.md]

WORK is the folder of scripts/make_default.py, with the runs of its folds.  OUTSIDE has the songs of
benchmarks/outside/songs.csv (`python -m benchmarks.outside_songs OUTSIDE`).  Each FOLDER has one subfolder per genre
with tracks of GTZAN.

Each track with audio is predicted as it is and in every condition, by the run of the fold that tested it, and compared
with the reference tracks of the other folds.  A prediction is warned about if there is a reason against it, or the song
is called out-of-domain.  Intervals are 95 %, by a bootstrap over artists; the difference from the accuracy of the
tracks as they are is paired.  The tables of benchmarks/out_of_domain.py and benchmarks/changes.py are written too.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
from joblib import Parallel, delayed

from benchmarks import changes, out_of_domain
from benchmarks.results import argument_parser, publish, table
from genre_core import audio, runs
from genre_core.audio import Clip
from genre_core.audio.augmentation import AUGMENTATIONS, augment, augmentation_seed
from genre_core.datasets import find_track, gtzan
from genre_core.prediction import domain, predict_song, reference
from genre_core.prediction.result import IN_DOMAIN_LIMIT
from genre_core.runs import DEFAULT_RUN, load_run
from scripts.make_default import fold_run

UNSEEN_VERSION = 100
"""Version of the augmented copies: those in the training sets have lower ones."""
DRAWS = 2000
SEED, SONGS = 0, 100
"""Of benchmarks/changes.py."""


def as_it_is(clip: Clip, track: str) -> Clip:
    return clip


def augmented(name: str, clip: Clip, track: str) -> Clip:
    return augment(clip, name, augmentation_seed(track, UNSEEN_VERSION), nominal=True)


def stereo(left: float, right: float, clip: Clip, track: str) -> Clip:
    """The clip decoded from a stereo file in which each channel has its own gain."""
    file = io.BytesIO()
    soundfile.write(file, np.outer(clip.samples, [left, right]), clip.rate, format="WAV", subtype="PCM_16")
    return audio.load_audio(file.getvalue())


CONDITIONS: dict[str, Callable[[Clip, str], Clip]] = {
    "As they are": as_it_is,
    **{each.title: partial(augmented, name) for name, each in AUGMENTATIONS.items()},
    "Opposite phases": partial(stereo, 1.0, -1.0),
    "One channel silent": partial(stereo, 1.0, 0.0),
}


@dataclass(frozen=True)
class Outcome:
    """The prediction of one track in one condition."""

    correct: bool
    warned: bool


def main(work: Path, outside: Path, folders: list[Path]) -> dict[str, str]:
    evaluation = load_run(DEFAULT_RUN).evaluation()
    assert evaluation.fold is not None
    fold_of = dict(zip(evaluation.track.tolist(), evaluation.fold.tolist(), strict=True))
    tracks = sorted(fold_of)
    artists = np.array([gtzan.facts(track).artist.strip().lower() or track for track in tracks])
    jobs = (
        delayed(outcomes)(folders, track, fold_of[track], tested_in(fold_of, fold_of[track]), work) for track in tracks
    )
    rows = Parallel(n_jobs=-1)(jobs)
    return {
        "benchmarks.robustness": robustness_table(rows, artists),
        "benchmarks.out_of_domain": out_of_domain.main(outside),
        "benchmarks.changes": changes.main(folders, SEED, SONGS, outside),
    }


def tested_in(fold_of: dict[str, int], fold: int) -> frozenset[str]:
    """The tracks that a fold tested."""
    return frozenset(track for track, number in fold_of.items() if number == fold)


def outcomes(folders: list[Path], track: str, fold: int, tested: frozenset[str], work: Path) -> list[Outcome]:
    """The predictions of a track in each of CONDITIONS."""
    file = next(path for folder in folders if (path := find_track(folder, track)))
    run, known = load_run(fold_run(work, fold)), reference.bundled().without(tested)
    clip = audio.load_audio(file)
    return [outcome(change(clip, track), track.partition("/")[0], run, known) for change in CONDITIONS.values()]


def outcome(clip: Clip, genre: str, run: runs.Run, known: reference.Reference) -> Outcome:
    predicted = predict_song(clip, run, tracks=known)
    in_domain = domain.bundled()[DEFAULT_RUN].score(predicted.evidence[np.newaxis])[0]
    warned = bool(predicted.prediction.reliability.reasons) or in_domain < IN_DOMAIN_LIMIT
    return Outcome(predicted.prediction.genre == genre, bool(warned))


def robustness_table(rows: list[list[Outcome]], artists: np.ndarray) -> str:
    correct = np.array([[each.correct for each in row] for row in rows])
    warned = np.array([[each.warned for each in row] for row in rows])

    def of_condition(i: int, condition: str) -> tuple[str, ...]:
        difference = correct[:, i].astype(float) - correct[:, 0]
        return (
            condition,
            percent(correct[:, i], artists),
            percent(difference, artists) if i else "",
            f"{100 * warned[:, i].mean():.0f} %",
            percent(~correct[:, i] & ~warned[:, i], artists),
        )

    header = ("Condition", "Accuracy (tracks)", "Difference, points", "Warned", "Wrong and not warned")
    return table(header, [of_condition(i, condition) for i, condition in enumerate(CONDITIONS)])


def percent(values: np.ndarray, artists: np.ndarray) -> str:
    """The mean of a value of each track, in percent, with its interval over artists."""
    rng = np.random.default_rng(0)
    _, index = np.unique(artists, return_inverse=True)
    sums, counts = np.bincount(index, values), np.bincount(index)
    draws = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=DRAWS)
    low, high = np.quantile(draws @ sums / (draws @ counts), (0.025, 0.975))
    return f"{100 * values.mean():.1f} ({100 * low:.1f} to {100 * high:.1f})"


if __name__ == "__main__":
    parser = argument_parser("robustness", __doc__)
    parser.add_argument("work", type=Path, metavar="WORK")
    parser.add_argument("outside", type=Path, metavar="OUTSIDE")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    publish(parser, main)
