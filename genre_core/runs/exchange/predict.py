"""Predict the genre of songs with the run in this folder, without Genre Lab.

    python predict.py SONG... [--hop SECONDS] [--json]

A song is an audio file in any format that libsndfile reads, or a feature table (.csv) with the columns that
`genre-lab extract` writes, of which each row is predicted.  README.md says what has to be installed.
"""

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER / "genre_lab"))

import numpy as np

from genre_core.audio.clip import SEGMENT_SAMPLES
from genre_core.audio.decoding import load_audio
from genre_core.audio.segments import HOP_S, fitting_length, segment_starts, silent_segments
from genre_core.errors import GenreLabError
from genre_core.features.extractors import EXTRACTORS
from genre_core.models import serving
from genre_core.models.calibration import calibrate_mean
from genre_core.models.scaling import Scaling

_NAMES = ("track", "filename")


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Predict the songs that the command line names; the exit status is 2 if one of them can't be predicted."""
    parser = argparse.ArgumentParser(prog="predict.py", description="Predict the genre of songs.")
    parser.add_argument("songs", nargs="+", type=Path, metavar="SONG", help="an audio file, or a feature table (.csv)")
    parser.add_argument("--hop", type=float, default=HOP_S, metavar="SECONDS", help="between segments (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    options = parser.parse_args(arguments)
    answers: list[dict[str, Any]] = []
    try:
        predictor = Predictor(folder)
    except GenreLabError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    for song in options.songs:
        try:
            predicted = predictor.predict(song, options.hop)
        except (GenreLabError, OSError, UnicodeError, csv.Error) as error:
            predicted = [{"file": str(song), "error": str(error)}]
        answers += predicted
        for answer in predicted if not options.json else ():
            print(_line(answer))
    if options.json:
        print(json.dumps(answers, indent=2))
    return 2 if any("error" in answer for answer in answers) else 0


def _line(answer: dict[str, Any]) -> str:
    name = f"{answer['file']} {answer['row']}" if "row" in answer else answer["file"]
    said = answer.get("error") or f"{answer['genre']} {100 * answer['probabilities'][answer['genre']]:.1f} %"
    return f"{name}: {said}"


class Predictor:
    """The run in a folder.  Raises GenreLabError if it needs a package that is not installed."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.facts = json.loads((folder / "predict.json").read_text(encoding="utf-8"))
        if missing := [package for module, package in self.facts["needs"].items() if not find_spec(module)]:
            raise GenreLabError(f"This run needs {' and '.join(missing)}: pip install {' '.join(missing)}.")
        self.model = folder / "run" / self.facts["model"]
        self.shape = tuple(self.facts["shape"])
        self.scaling = Scaling.load(folder / "run" / "scaler.npz", self.shape)

    def predict(self, path: Path, hop_s: float = HOP_S) -> list[dict[str, Any]]:
        """The prediction of a song, or of each row of a feature table.

        Raises GenreLabError if there is none.
        """
        if path.suffix.lower() == ".csv" and self.facts["columns"]:
            names, values = read_table(path, self.facts["columns"])
            rows = zip(names, self.segment_probabilities(values), strict=True)
            return [{"file": str(path), "row": name, **self._answer(row)} for name, row in rows]
        return [{"file": str(path), **self._answer(self.song_probabilities(path, hop_s))}]

    def song_probabilities(self, path: Path, hop_s: float = HOP_S) -> np.ndarray:
        """The calibrated probability of each genre for an audio file, shape (genres,)."""
        features, rate, wanted = (self.facts[name] for name in ("features", "rate", "segment_samples"))
        if not self.facts["takes_audio"]:
            table = "give a feature table (.csv) instead, or " if self.facts["columns"] else ""
            raise GenreLabError(f"The features of this run ({features}) need Genre Lab: {table}import the run there.")
        if not 0.5 <= hop_s <= 30:
            raise GenreLabError("The hop must be 0.5 to 30 s.")
        samples = load_audio(path, rate=rate).samples
        length = fitting_length(samples, wanted)
        if length > len(samples):
            raise GenreLabError(f"A segment has {wanted / rate:.0f} s, and this file is shorter: choose a longer one.")
        starts = segment_starts(samples, rate, hop_s, length)
        sounding = ~silent_segments(samples, starts, length)
        if not sounding.any():
            raise GenreLabError("All segments of this file are silent; choose a file with music.")
        values = np.array(list(EXTRACTORS[features](samples, starts, length)))
        mean = self.segment_probabilities(values)[sounding].mean(axis=0)
        # How much sound there is, counted in segments of 3 s as in Genre Lab.
        short = min(SEGMENT_SAMPLES, length)
        share = 1 - silent_segments(samples, segment_starts(samples, rate, hop_s, short), short).mean()
        n_effective = share * len(samples) / length
        return calibrate_mean(mean, n_effective, self.facts["inverse_temperature"], self.facts["segments_per_track"])

    def segment_probabilities(self, values: np.ndarray) -> np.ndarray:
        """The probability of each genre for each segment, shape (n, genres); values : shape (n, *shape), unscaled."""
        return serving.probabilities(self.model, self.scaling.apply(values), len(self.facts["genres"]))

    def _answer(self, probabilities: np.ndarray) -> dict[str, Any]:
        shares = {genre: float(share) for genre, share in zip(self.facts["genres"], probabilities, strict=True)}
        return {"genre": max(shares, key=lambda genre: shares[genre]), "probabilities": shares}


def read_table(path: Path, columns: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The names of the rows of a feature table, and its values, shape (rows, columns).

    Raises GenreLabError if a column is missing, or a value is no number.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
            raise GenreLabError(f"The table has no column {missing[0]!r}: write it with `genre-lab extract`.")
        rows = list(reader)
    named = next((name for name in _NAMES if name in (reader.fieldnames or ())), None)
    names = [row[named] if named else str(number) for number, row in enumerate(rows, 1)]
    try:
        values = np.array([[float(row[column]) for column in columns] for row in rows])
    except (TypeError, ValueError):
        raise GenreLabError("The table has values that are no numbers: write it with `genre-lab extract`.") from None
    if not len(values) or not np.isfinite(values).all():
        raise GenreLabError("The table is empty or has gaps: write it with `genre-lab extract`.")
    return names, values


if __name__ == "__main__":
    sys.exit(main())
