"""Robustness: predictions of music as people bring it, by models that were not trained on its artists.

    python -m benchmarks.robustness WORK OUTSIDE FOLDER... [--write docs/results.md]

WORK is the folder of scripts/make_default.py, with the runs of its folds.  OUTSIDE has the songs of
benchmarks/outside/songs.csv (`python -m benchmarks.outside_songs OUTSIDE`).  Each FOLDER has one subfolder per genre
with tracks of GTZAN.

Each track with audio is predicted as it is and in every condition, by the run of the fold that tested it, and compared
with the reference tracks of other artists.  A prediction is warned about if there is a reason against it, or the song
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

from benchmarks import changes, held_out, out_of_domain
from benchmarks.artists import artist_of, drawn, same_artist
from benchmarks.held_out import Fold
from benchmarks.results import argument_parser, publish, table
from genre_core import audio
from genre_core.audio import Clip
from genre_core.audio.augmentation import AUGMENTATIONS, augment, augmentation_seed
from genre_core.prediction import predict_song, reference
from genre_core.prediction.reference import Reference
from genre_core.runs import Run

UNSEEN_VERSION = 100
"""Version of the augmented copies: those in the training sets have lower ones."""
DRAWS = 2000


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
    folds = held_out.read_folds(work)
    of_folds = Parallel(n_jobs=-1)(delayed(outcomes)(folders, track, fold) for fold in folds for track in fold.tracks)
    artists = np.array([artist_of(track) for fold in folds for track in fold.tracks])
    return {
        "benchmarks.robustness": robustness_table(of_folds, artists),
        "benchmarks.out_of_domain": out_of_domain.main(outside),
        "benchmarks.changes": changes.main(work, outside, folders),
    }


def outcomes(folders: list[Path], track: str, fold: Fold) -> list[Outcome]:
    """The predictions of a track in each of CONDITIONS."""
    clip, genre = held_out.read_clip(track, folders), track.partition("/")[0]
    known = reference.bundled().without(same_artist(track))
    return [outcome(change(clip, track), genre, fold.run, known) for change in CONDITIONS.values()]


def outcome(clip: Clip, genre: str, run: Run, known: Reference) -> Outcome:
    prediction = predict_song(clip, run, tracks=known).prediction
    return Outcome(prediction.genre == genre, bool(prediction.reliability.reasons) or prediction.is_out_of_domain)


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
    means = [np.average(values, weights=drawn(artists, rng)) for _ in range(DRAWS)]
    low, high = np.quantile(means, (0.025, 0.975))
    return f"{100 * values.mean():.1f} ({100 * low:.1f} to {100 * high:.1f})"


if __name__ == "__main__":
    parser = argument_parser("robustness", __doc__)
    parser.add_argument("work", type=Path, metavar="WORK")
    parser.add_argument("outside", type=Path, metavar="OUTSIDE")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    publish(parser, main)
