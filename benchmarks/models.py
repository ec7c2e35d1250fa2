"""Accuracy of each model under each split, with 95 % confidence intervals.

    python -m benchmarks.models [--kaggle features_30_sec.csv] [--write docs/results.md]

The datasets are GTZAN-mini, with the bundled feature tables and pictures, and, where it is at hand, the Kaggle table
of all 1000 tracks of GTZAN.  Random, track and artist splits are cross-validated in three folds, so that a model is
trained on as large a share as in the paper (67 %) and every segment is tested once.  All settings are the defaults,
but for the CNN's number of epochs (20), so that nothing is chosen on a test set, least of all on the 290 tracks of
the fault-filtered split.  The baseline is chance.  It takes about half an hour, and `make bench` leaves it out.
"""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.results import argument_parser, publish, table
from genre_core import datasets
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SEEDED_KINDS, SplitConfig, SplitKind, make_split
from genre_core.errors import DatasetError
from genre_core.models.config import MODELS, make_config
from genre_core.runs import RunInfo
from genre_core.training import Trainer

FOLDS = 3
SPLITS: tuple[SplitKind, ...] = (*SEEDED_KINDS, "fault-filtered")
HEADER = ("Model", "Feature set", "Dataset", *(kind.capitalize() for kind in SPLITS))
FASTER = {"cnn": {"epochs": 20}}
FOOTNOTES = """\
Accuracy in per cent with its 95 % confidence interval, per segment / per track. In Kaggle's table a segment is a whole
track, so the two are the same.

† Of six genres: the others have a single artist each and can't be tested by artist.

— Not possible: the dataset has too few of the tracks on the published lists."""


def main(kaggle: str | None) -> str:
    rows = []
    trainer = Trainer()
    with tempfile.TemporaryDirectory() as folder:
        run_folders = (Path(folder, str(number)) for number in itertools.count())

        def add(model: str, dataset: Dataset, name: str) -> None:
            rows.append(_row(trainer, model, dataset, name, run_folders))
            print(*rows[-1], sep=" | ", flush=True)

        for model, kind in MODELS.items():
            for features in datasets.BUNDLED_FEATURES:
                dataset = datasets.load_dataset(datasets.BUNDLED, features=features)
                if dataset.feature_set.is_picture == (kind.input_type == "pictures"):
                    add(model, dataset, "GTZAN-mini")
            if kaggle and kind.input_type == "numbers":
                add(model, datasets.load_dataset(kaggle), "Kaggle, 30 s")
    trainer.close()
    rows.append(["Chance", "any", "any", *["10"] * len(SPLITS)])
    return f"{table(HEADER, rows)}\n\n{FOOTNOTES}"


def _row(trainer: Trainer, model: str, dataset: Dataset, name: str, run_folders: Iterator[Path]) -> list[str]:
    config = make_config(model, FASTER.get(model))
    cells = [MODELS[model].short_title, dataset.features, name]
    for kind in SPLITS:
        split = SplitConfig(kind, folds=FOLDS if kind in SEEDED_KINDS else None)
        try:
            make_split(dataset, split)
        except DatasetError:
            cells.append("—")
        else:
            cells.append(_cell(trainer.start(dataset, config, split, out=next(run_folders)).result().info))
    return cells


def _cell(info: RunInfo) -> str:
    def with_interval(score: str) -> str:
        interval = info.ci95[score]
        return f"{100 * getattr(info.scores, score):.0f} ({100 * interval.low:.0f}-{100 * interval.high:.0f})"

    one_segment_a_track = info.scores.segments == info.scores.tracks
    scores = ("track_accuracy",) if one_segment_a_track else ("accuracy", "track_accuracy")
    return " / ".join(map(with_interval, scores)) + (" †" if info.untested_genres else "")


if __name__ == "__main__":
    parser = argument_parser("models", __doc__)
    parser.add_argument("--kaggle", metavar="FILE", help="Kaggle's features_30_sec.csv")
    publish(parser, main)
