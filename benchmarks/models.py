"""Each model under each split, with intervals: the table of the README.

    python -m benchmarks.models [--kaggle features_30_sec.csv] [--write README.md]

GTZAN-mini, from the bundled features and pictures, and where it is at hand the Kaggle table of all 1000 tracks.  Drawn
splits are three folds, so that as much is learned from as in the paper (67 %) and everything is tested once; settings
are the defaults, whatever the split, so that nothing is chosen by what is tested, the 290 tracks of fault-filtered
least of all.  The baseline is guessing, one genre in ten.  With --write the table replaces what stands between the two
marks in that file.  It takes about half an hour, and `make bench` leaves it out.
"""

import argparse
import itertools
import re
import tempfile
from pathlib import Path

from genre_core import datasets
from genre_core.datasets import Dataset
from genre_core.datasets.splits import DRAWN, SplitConfig, SplitKind
from genre_core.errors import GenreLabError
from genre_core.models.config import MODELS, make_config
from genre_core.runs import RunInfo
from genre_core.training import Trainer

FOLDS = 3
SPLITS: tuple[SplitKind, ...] = (*DRAWN, "fault-filtered")
QUICK = {"cnn": {"epochs": 20}}
NAMES = {"mlp": "mlp, the paper's network"}
BEGIN, END = "<!-- benchmarks.models -->", "<!-- end -->"


def main(kaggle: str | None, write: Path | None) -> None:
    mini = "GTZAN-mini, 100 tracks in segments of 3 s"
    whole = "Kaggle's features_30_sec.csv, 1000 whole tracks"
    text = write.read_text(encoding="utf-8") if write else f"{BEGIN}{END}"
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{write} has no {BEGIN} and {END} for the table to stand between.")
    lines = [f"| model and features | data | {' | '.join(SPLITS)} |", f"| --- | --- |{' --- |' * len(SPLITS)}"]
    trainer = Trainer()
    with tempfile.TemporaryDirectory() as folder:
        places = (Path(folder, str(number)) for number in itertools.count())
        for model, kind in MODELS.items():
            for features in datasets.BUNDLED_FEATURES:
                data = datasets.load(datasets.BUNDLED, features=features)
                if data.feature_set.is_picture == (kind.takes == "pictures"):
                    lines.append(_row(trainer, model, data, mini, places))
                    print(lines[-1], flush=True)
            if kaggle and kind.takes == "numbers":
                lines.append(_row(trainer, model, datasets.load(kaggle), whole, places))
                print(lines[-1], flush=True)
    trainer.close()
    lines.append(f"| guessing | any |{' 10 |' * len(SPLITS)}")
    print(lines[-1])
    if write:
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        write.write_text(f"{before}{BEGIN}\n{chr(10).join(lines)}\n{END}{after}", encoding="utf-8")


def _row(trainer: Trainer, model: str, data: Dataset, name: str, places: "itertools.chain[Path]") -> str:
    cells = [f"{NAMES.get(model, model)}, {data.features}", name.split(",")[0]]
    config = make_config(model, QUICK.get(model))
    for kind in SPLITS:
        split = SplitConfig(kind, folds=FOLDS if kind in DRAWN else None)
        try:
            info = trainer.start(data, config, split, out=next(places)).result().info
        except GenreLabError as error:
            cells.append(f"impossible: {re.split('[;,]', str(error))[0].rstrip('.')}")
        else:
            cells.append(_cell(info))
    return f"| {' | '.join(cells)} |"


def _cell(info: RunInfo) -> str:
    def format_value(name: str) -> str:
        interval = info.ci95[name]
        return f"{100 * getattr(info.scores, name):.0f} ({100 * interval.low:.0f}-{100 * interval.high:.0f})"

    one_segment_each = info.scores.segments == info.scores.tracks
    said = (
        format_value("track_accuracy")
        if one_segment_each
        else f"{format_value('accuracy')} / {format_value('track_accuracy')}"
    )
    tested = len(info.genres) - len(info.untested_genres)
    return f"{said}, {tested} genres" if info.untested_genres else said


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kaggle", metavar="FILE")
    parser.add_argument("--write", type=Path, metavar="FILE")
    main(**vars(parser.parse_args()))
