"""The command line: `python -m genre_core COMMAND`.

With --json exactly one JSON document goes to standard output and everything else to standard error; without it,
words and a small table for people.  Exit status 0 when all went well; 2, with one line on standard error, for what a
user can cause.
"""

import argparse
import contextlib
import json
import logging
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from genre_core.errors import ConfigError, GenreLabError

# Each command imports what it needs: `runs` should not wait for the audio libraries.

Document = dict[str, Any] | list[dict[str, Any]]
"""What a command answers with --json."""

_PIPE_WIDTH = 160  # of tables, where no terminal says how wide it is

_SOURCE = "bundled, a folder of genre folders, or a .csv or .parquet table"
_RUN = "a run's name or folder"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    wants_json = "--json" in given
    logging.getLogger("genre_core").setLevel(logging.CRITICAL)  # standard error is for one line
    out = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    try:
        options = _parser().parse_args(given)
        # What libraries print must not get into the document.
        with contextlib.redirect_stdout(sys.stderr):
            document, tell, status = options.command(options)
    except GenreLabError as error:
        if wants_json:
            print(json.dumps({"error": str(error)}))
        print(f"genre_core: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        if wants_json:
            print(json.dumps({"error": "Interrupted."}))
        return 130
    if wants_json:
        print(json.dumps(document, allow_nan=False))
    else:
        tell(out)
    return status


class _Parser(argparse.ArgumentParser):
    """One line instead of a usage text, so that a script can show it."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message[0].upper()}{message[1:]}; see `{self.prog} --help`.")


Answer = tuple[Document, Callable[[Console], None], int]
"""The document, how to tell it to people, and the exit status."""


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m genre_core", description="Genre Lab on the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], Answer], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=run)
        sub.add_argument("--json", action="store_true", help="answer with one JSON document")
        return sub

    extract = command("extract", _extract, "Compute the features of a data set and write them as a Parquet table.")
    extract.add_argument("source", metavar="SOURCE", help=_SOURCE)
    extract.add_argument("--out", type=Path, metavar="FILE.parquet", help="default: named after SOURCE, in this folder")
    extract.add_argument("--jobs", type=int, default=-1, metavar="N", help="processes (default: one a core)")

    train = command("train", _train, "Train a network; the defaults are the paper's.")
    train.add_argument("--data", default="bundled", metavar="SOURCE", help=f"{_SOURCE} (default: %(default)s)")
    train.add_argument("--features", default="paper", help="feature set (default: %(default)s)")
    train.add_argument("--model", default="mlp", help="kind of model (default: %(default)s)")
    train.add_argument("--split", default="random", help="random (by segment) or track (default: %(default)s)")
    train.add_argument("--test-size", type=float, default=0.33, metavar="SHARE", help="default: %(default)s")
    train.add_argument("--layers", default="512,256,128,64", metavar="UNITS,...", help="default: %(default)s")
    train.add_argument("--activation", default="relu", help="default: %(default)s")
    train.add_argument("--dropout", type=float, default=0.2, help="default: %(default)s")
    train.add_argument("--epochs", type=int, default=400, help="default: %(default)s")
    train.add_argument("--batch-size", type=int, default=128, help="default: %(default)s")
    train.add_argument("--learning-rate", type=float, default=0.001, help="default: %(default)s")
    train.add_argument("--seed", type=int, default=0, help="of the split, the weights and the order (default: 0)")
    train.add_argument("--out", type=Path, metavar="DIR", help="the run's folder (default: a new one)")

    evaluate = command("evaluate", _evaluate, "Score a run on a data set, without what it was trained on.")
    evaluate.add_argument("--run", metavar="RUN", help=f"{_RUN} (default: the bundled one)")
    evaluate.add_argument("--data", default="bundled", metavar="SOURCE", help=f"{_SOURCE} (default: %(default)s)")

    predict = command("predict", _predict, "Name the genre of songs, segment by segment.")
    predict.add_argument("files", nargs="+", metavar="FILE", help="audio in any common format")
    predict.add_argument("--run", metavar="RUN", help=f"{_RUN} (default: the bundled one)")

    command("runs", _runs, "List the runs.")
    return parser


def _extract(options: argparse.Namespace) -> Answer:
    from genre_core import datasets, storage

    if options.jobs == 0 or options.jobs < -1:
        raise ConfigError("--jobs takes a number of processes from 1 on, or -1 for one a core.")
    out = options.out or Path(f"{Path(options.source).stem}.parquet")
    if out.suffix != ".parquet":
        raise ConfigError(f"--out takes a name that ends in .parquet, not {out}.")
    storage.check_writable(out, may_exist=True)
    dataset = _load(options.source, jobs=options.jobs)
    datasets.write_table(dataset, out)
    skipped = [{"file": file, "problem": problem} for file, problem in dataset.skipped.items()]
    document = {
        "out": str(out),
        "features": dataset.features,
        "segments": len(dataset.values),
        "tracks": dataset.n_tracks,
        "genres": list(dataset.genres),
        "skipped": skipped,
        "warnings": [{"file": file, "warning": warning} for file, warning in dataset.warnings.items()],
    }

    def tell(console: Console) -> None:
        counts = f"{len(dataset.values)} segments of {dataset.n_tracks} tracks in {len(dataset.genres)} genres"
        console.print(f"{counts}: {out}")
        for item in skipped:
            console.print(f"  skipped {item['file']}: {item['problem']}")
        for file, warning in dataset.warnings.items():
            console.print(f"  note on {file}: {warning}")

    return document, tell, 0


def _train(options: argparse.Namespace) -> Answer:
    from genre_core import runs, storage
    from genre_core.features import feature_set
    from genre_core.models.config import MODELS, ModelConfig
    from genre_core.splits import SplitConfig
    from genre_core.training import Trainer

    feature_set(options.features)
    if options.model not in MODELS:
        raise ConfigError(f"There is no model {options.model!r}; choose from {', '.join(MODELS)}.")
    config = ModelConfig(
        layers=_layers(options.layers),
        activation=options.activation,
        dropout=options.dropout,
        learning_rate=options.learning_rate,
        batch_size=options.batch_size,
        epochs=options.epochs,
        seed=options.seed,
    )
    split = SplitConfig(options.split, options.test_size, options.seed)
    storage.check_writable(options.out or storage.runs_dir() / runs.new_name("mlp", split.kind))
    dataset = _load(options.data)
    trainer = Trainer()
    try:
        job = trainer.start(dataset, config, split, out=options.out)
        with _progress("training") as progress, _stop_on_interrupt(job.stop):
            bar = progress.add_task("starting", total=config.epochs)
            while not job.wait(0.2):
                if job.epochs:
                    last = job.epochs[-1]
                    told = f"loss {last.loss:.3f}, test accuracy {last.test_accuracy:.3f} ({split.kind} split)"
                    progress.update(bar, completed=last.epoch, description=told)
        run = job.result()
    finally:
        trainer.close()
    info = run.info
    evaluation = run.evaluation()
    document = {
        "run": info.name if options.out is None else str(options.out),
        "data": info.data,
        "features": info.features,
        "model": info.model,
        "split": {"kind": info.split.kind, **asdict(info.counts)},
        "parameters": info.parameters,
        "epochs": info.epochs,
        "stopped": info.stopped,
        "seconds": info.seconds,
        **_scores(evaluation),
    }

    def tell(out: Console) -> None:
        counts = info.counts
        out.print(f"Run {document['run']}: {info.parameters} parameters, {info.epochs} epochs in {info.seconds:.1f} s.")
        out.print(
            f"Split {info.split.kind}: {counts.train_segments} segments to train and {counts.test_segments} to test; "
            f"{counts.shared_tracks} of {counts.test_tracks} test tracks also have segments in the training part."
        )
        _tell_scores(out, evaluation)

    return document, tell, 0


def _evaluate(options: argparse.Namespace) -> Answer:
    from genre_core.prediction import score_dataset
    from genre_core.runs import DEFAULT, load_run

    name = options.run or DEFAULT
    run = load_run(name)
    dataset = _load(options.data)
    score = score_dataset(dataset, run)
    evaluation = score.evaluation
    document = {
        "run": name,
        "data": dataset.name,
        "segments": len(evaluation.labels) if evaluation else 0,
        "tracks": len(set(evaluation.track.tolist())) if evaluation else 0,
        "seen": {"segments": score.seen_segments, "tracks": score.seen_tracks},
        "shared_tracks": score.shared_tracks,
        **(_scores(evaluation) if evaluation else _no_scores(run.info.genres)),
    }

    def tell(out: Console) -> None:
        out.print(
            f"{score.seen_segments} segments of {score.seen_tracks} tracks in {dataset.name} were used to train "
            f"{name} and are left out."
        )
        if evaluation is None:
            out.print("Nothing is left to score.")
            return
        out.print(
            f"Scored on the other {document['segments']} segments of {document['tracks']} tracks, of which "
            f"{score.shared_tracks or 'none'} also have segments that it was trained on:"
        )
        _tell_scores(out, evaluation)

    return document, tell, 0


def _predict(options: argparse.Namespace) -> Answer:
    from genre_core.prediction import judge_file
    from genre_core.runs import DEFAULT, load_run

    run = load_run(options.run or DEFAULT)
    document: list[dict[str, Any]] = []
    for file in options.files:
        try:
            _, verdict = judge_file(file, run)
        except GenreLabError as error:
            document.append({"file": file, "error": str(error)})
        else:
            document.append({"file": file, **asdict(verdict)})
    failed = [item for item in document if "error" in item]

    def tell(out: Console) -> None:
        info = run.info
        out.print(
            f"Judged by {info.name}{f' ({info.title})' if info.title else ''}: trained on {info.data}, accuracy "
            f"{info.accuracy:.3f} per segment on the test part of its {info.split.kind} split."
        )
        if info.counts.shared_tracks:
            out.print("That split tests on the tracks it was trained on; expect far less on music it never met.")
        for item in document:
            if "error" in item:
                if len(failed) > 1:  # a single one is told on standard error
                    out.print(f"\n{item['file']}: {item['error']}")
                continue
            share = item["probabilities"][item["genre"]]
            out.print(f"\n{item['file']}: {item['genre']} (probability {share:.2f}, {item['duration_s']:.1f} s)")
            for warning in item["warnings"]:
                out.print(f"  note: {warning}")
            table = Table("from", "to", "genre", "probability", box=None)
            for segment in item["segments"]:
                share = segment["probabilities"][segment["genre"]]
                table.add_row(f"{segment['start_s']:.1f}", f"{segment['end_s']:.1f}", segment["genre"], f"{share:.2f}")
            out.print(table)

    if failed:
        first = f"{failed[0]['file']}: {failed[0]['error']}"
        more = f" ({len(failed)} of {len(document)} files failed)" if len(document) > 1 else ""
        print(f"genre_core: {first}{more}", file=sys.stderr)
    return document, tell, 2 if failed else 0


def _runs(options: argparse.Namespace) -> Answer:
    from genre_core.runs import DEFAULT, list_runs

    infos = list_runs()
    document = [
        {
            "run": info.name,
            "title": info.title,
            "default": info.name == DEFAULT,
            "created": info.created,
            "data": info.data,
            "features": info.features,
            "model": info.model,
            "config": asdict(info.config),
            "split": {"kind": info.split.kind, **asdict(info.counts)},
            "parameters": info.parameters,
            "epochs": info.epochs,
            "seconds": info.seconds,
            "loss": info.loss,
            "accuracy": info.accuracy,
            "track_accuracy": info.track_accuracy,
            "macro_f1": info.macro_f1,
        }
        for info in infos
    ]

    def tell(out: Console) -> None:
        table = Table("run", "data", "split", "configuration", "accuracy", "per track", box=None)
        table.columns[0].no_wrap = True  # a name that is cut off can't be given to --run
        for info in infos:
            scores = (f"{info.accuracy:.3f}", f"{info.track_accuracy:.3f}")
            name = f"{info.name} (default)" if info.name == DEFAULT else info.name
            table.add_row(name, info.data, info.split.kind, info.description, *scores)
        out.print(table)
        out.print("Accuracies are of the test part of the split named beside them.")

    return document, tell, 0


def _load(source: str, *, jobs: int = -1) -> Any:
    """The data set that SOURCE names, with a progress bar where it is a folder."""
    from genre_core import datasets

    with _progress("files") as progress:
        bars: list[Any] = []

        def on_progress(done: int, total: int) -> None:
            bars[:] = bars or [progress.add_task("extracting", total=total)]
            progress.update(bars[0], completed=done)

        return datasets.load(source, jobs=jobs, progress=on_progress)


def _layers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(units) for units in text.split(","))
    except ValueError:
        raise ConfigError(f"--layers takes whole numbers with commas between, such as 512,256; not {text!r}.") from None


def _scores(evaluation: Any) -> dict[str, Any]:
    return {
        "loss": evaluation.loss,
        "accuracy": evaluation.accuracy,
        "track_accuracy": evaluation.track_accuracy,
        "macro_f1": evaluation.macro_f1,
        "genres": list(evaluation.genres),
        "confusion": evaluation.confusion.tolist(),
    }


def _no_scores(genres: tuple[str, ...]) -> dict[str, Any]:
    none = dict.fromkeys(("loss", "accuracy", "track_accuracy", "macro_f1"))
    return {**none, "genres": list(genres), "confusion": [[0] * len(genres) for _ in genres]}


def _tell_scores(out: Console, evaluation: Any) -> None:
    out.print(
        f"Accuracy {evaluation.accuracy:.3f} per segment and {evaluation.track_accuracy:.3f} per track, macro F1 "
        f"{evaluation.macro_f1:.3f}, loss {evaluation.loss:.3f}."
    )
    table = Table("genre", "precision", "recall", "F1", "segments", box=None)
    for row in evaluation.per_genre().itertuples():
        table.add_row(row.genre, f"{row.precision:.2f}", f"{row.recall:.2f}", f"{row.f1:.2f}", str(row.segments))
    out.print(table)


@contextlib.contextmanager
def _progress(unit: str) -> Iterator[Progress]:
    """A progress bar on standard error, gone when it is done; none where nobody looks."""
    console = Console(stderr=True)
    count = (MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn())
    columns = (TextColumn("{task.description}"), BarColumn(), *count)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


@contextlib.contextmanager
def _stop_on_interrupt(stop: Callable[[], None]) -> Iterator[None]:
    """Let the first Ctrl-C stop the training and keep what it learned; a second one ends the command."""

    def on_interrupt(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        stop()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
