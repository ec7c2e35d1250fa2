"""Work that is killed, or whose disk fills up: `python -m tests.fault_process WORK FOLDER killed|full|ROUNDS`.

The home and the temporary folder are those of the environment.
"""

import itertools
import json
import resource
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from genre_core import datasets, runs, storage, train
from genre_core.errors import GenreLabError, RunError
from genre_core.runs import Run

LIKE = "two-networks"
"""The bundled run that is saved again and again."""


def extract(folder: Path, number: int) -> None:
    """Extract the features of a folder with music; nothing is cached but what a killed process left."""
    if number:
        for entry in storage.cache_dir().rglob("*.npz"):
            if not storage.is_partial(entry):
                entry.unlink(missing_ok=True)  # another process may have deleted it
    datasets.read_folder(folder, jobs=1)


def import_table(folder: Path, number: int) -> None:
    """Read a table and write it anew into the home."""
    dataset = datasets.read_dataset(next(folder.glob("*.csv")), "table.csv")
    datasets.write_table(dataset, storage.home() / "tables" / f"{number % 3}.parquet")


def save(folder: Path, number: int) -> None:
    """Save a run, annotate it, keep a setting, and delete another run."""
    save_again(runs.load_run(LIKE), runs.new_run_name("lda", "track"))
    storage.write_setting("audio_folder", str(folder / str(number)))
    mine = [info.name for info in runs.list_runs() if not runs.is_bundled(info)]
    with suppress(RunError):  # another process may have deleted it
        runs.annotate_run(mine[number % len(mine)], title=f"Title {number}", note="A note. " * 100)
        if len(mine) > 3:
            runs.delete_run(mine[0])


def save_again(run: Run, name: str) -> Run:
    """Save a run under another name."""
    return runs.save_run(
        storage.runs_dir() / name,
        run.info,
        model_folder=run.folder,
        history=run.history(),
        evaluation=run.evaluation(),
        scaling=run.scaling,
        training_signatures=run.training_signatures,
        domain=run.domain,
    )


def train_small(folder: Path, number: int) -> None:
    """Train a small run."""
    train(next(folder.glob("*.csv")), "knn", "track", seed=number)


WORKS: dict[str, Callable[[Path, int], None]] = {
    "extract": extract,
    "import": import_table,
    "save": save,
    "train": train_small,
}


def work_on(work: str, folder: Path, rounds: int | None = None) -> None:
    """Do a kind of work for ever, or so many times."""
    for number in itertools.count() if rounds is None else range(rounds):
        WORKS[work](folder, number)


def limit_files(work: str, folder: Path) -> None:
    """Do a kind of work while no file can be larger than so much, as on a disk that is full; print what is said."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    for line in sys.stdin:
        error, is_sentence = "", True
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(line), most))
        try:
            work_on(work, folder, 1)
        except GenreLabError as refusal:
            error = str(refusal)
        except Exception:
            error, is_sentence = traceback.format_exc(), False
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        print(json.dumps({"error": error, "is_sentence": is_sentence}), flush=True)


def main() -> None:
    work, folder, mode = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    if mode == "full":
        limit_files(work, folder)
        return
    print("ready", flush=True)
    work_on(work, folder, None if mode == "killed" else int(mode))


if __name__ == "__main__":
    main()
