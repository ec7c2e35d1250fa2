"""The command line: `python -m genre_core COMMAND`.

With --json exactly one JSON document goes to standard output and everything else to standard error; without it,
words and a small table for people.  Exit status 0 when all went well; 2, with one line on standard error, for what a
user can cause.
"""

import argparse
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from genre_core.errors import AudioError, ConfigError, GenreLabError

# Each command imports what it needs: `runs` should not wait for the audio libraries.

SCORES = ("accuracy", "track_accuracy", "macro_f1", "log_loss")

Document = dict[str, Any] | list[dict[str, Any]]
"""What a command answers with --json."""

_PIPE_WIDTH = 160  # of tables, where no terminal says how wide it is

_TAGS, _SIMILAR, _REASONS = 5, 3, 8  # that are told to people

_SOURCE = "bundled, a folder of genre folders, a .csv or .parquet table, or an .npz file of mel pictures"
_FLAGS = ("layers", "activation", "dropout", "epochs", "batch_size", "learning_rate")
"""Settings that have a flag of their own, for the models that have them."""
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
    try:
        if wants_json:
            print(json.dumps(document, allow_nan=False), flush=True)
        else:
            tell(out)
            sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough; what Python would still write at its end goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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
    extract.add_argument("--features", help="feature set (default: paper)")
    extract.add_argument(
        "--part",
        metavar="PART",
        help="of each song take mix, vocals, instruments, harmonic or percussive sound alone (default: mix)",
    )
    extract.add_argument("--jobs", type=int, default=-1, metavar="N", help="processes (default: one a core)")

    train = command("train", _train, "Train a model; the defaults are the paper's.")
    train.add_argument("--data", default="bundled", metavar="SOURCE", help=f"{_SOURCE} (default: %(default)s)")
    train.add_argument(
        "--features",
        help="paper, embedding, paper+embedding, mel, scalogram, mel+scalogram or wide-mel, or of one part "
        "such as paper@vocals (default: a table's own, else paper, or mel for cnn)",
    )
    train.add_argument(
        "--model", default="mlp", help="mlp, cnn, svm, knn, forest, logistic or lda (default: %(default)s)"
    )
    train.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", dest="settings", help="a setting of the model"
    )
    train.add_argument("--help-settings", action="store_true", help="list the settings of the model, and end")
    train.add_argument(
        "--split",
        default="random",
        help="random (by segment), track, artist, fault-filtered or column (default: random)",
    )
    train.add_argument("--test-size", type=float, default=0.33, metavar="SHARE", help="default: %(default)s")
    train.add_argument("--folds", type=int, metavar="K", help="test everything in K folds instead of one part")
    for name in _FLAGS:
        train.add_argument(f"--{name.replace('_', '-')}", metavar="VALUE", help=f"the same as --set {name}=VALUE")
    train.add_argument("--seed", type=int, default=0, help="of the split, the weights and the order (default: 0)")
    train.add_argument("--out", type=Path, metavar="DIR", help="the run's folder (default: a new one)")

    evaluate = command("evaluate", _evaluate, "Score a run on a data set, without what it was trained on.")
    evaluate.add_argument("--run", metavar="RUN", help=f"{_RUN} (default: the bundled one)")
    evaluate.add_argument("--data", default="bundled", metavar="SOURCE", help=f"{_SOURCE} (default: %(default)s)")

    predict = command("predict", _predict, "Name the genre of songs, segment by segment.")
    predict.add_argument("files", nargs="+", metavar="FILE", help="audio in any common format, or a folder with --out")
    predict.add_argument("--run", metavar="RUN", help=f"{_RUN} (default: the bundled one)")
    predict.add_argument(
        "--hop", type=float, default=1.5, metavar="SECONDS", help="how far apart segments begin (default: %(default)s)"
    )
    predict.add_argument(
        "--out",
        type=Path,
        metavar="FILE.parquet|FILE.csv",
        help="judge all songs in a folder and below it, and write a row a song; a second call goes on",
    )
    predict.add_argument("--jobs", type=int, metavar="N", help="processes, with --out (default: one a core)")
    predict.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="with --out, judge on the workers of a Dask scheduler, such as tcp://10.0.0.1:8786, that see the same "
        "folder under the same path; it and they can run code here, so name only one that you trust",
    )

    explain = command("explain", _explain, "Say why a run takes a song for a genre.")
    explain.add_argument("file", metavar="FILE", help="audio in any common format")
    explain.add_argument("--run", metavar="RUN", help=f"{_RUN} (default: the bundled one)")
    explain.add_argument("--genre", help="why this genre (default: the one that it is taken for)")

    separate = command(
        "separate", _separate, "Write a song's vocals and instruments, harmonic and percussive sound as WAV files."
    )
    separate.add_argument("file", metavar="FILE", help="audio in any common format")
    separate.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="made if it isn't there")

    command("runs", _runs, "List the runs.")

    compare = command("compare", _compare, "Set runs side by side.")
    compare.add_argument("runs", nargs="+", metavar="RUN", help=_RUN)

    report = command(
        "report", _report, "Write all there is to say of a run as one HTML file, or its predictions as CSV."
    )
    report.add_argument("run", metavar="RUN", help=_RUN)
    report.add_argument("--out", type=Path, required=True, metavar="FILE.html|FILE.csv")

    doctor = command("doctor", _doctor, "Say what is wrong with a data set.")
    doctor.add_argument("source", metavar="SOURCE", help=_SOURCE)
    doctor.add_argument("--audio", metavar="DIR", help="the folder of genre folders with its audio, of a table")
    return parser


def _extract(options: argparse.Namespace) -> Answer:
    from genre_core import datasets, storage
    from genre_core.audio import separation
    from genre_core.features import of_stem

    if options.jobs == 0 or options.jobs < -1:
        raise ConfigError("--jobs takes a number of processes from 1 on, or -1 for one a core.")
    alone = "" if options.part in (None, separation.MIX) else f"-{options.part}"
    out = options.out or Path(f"{Path(options.source).stem}{alone}.parquet")
    if out.suffix != ".parquet":
        raise ConfigError(f"--out takes a name that ends in .parquet, not {out}.")
    storage.check_writable(out, may_exist=True)
    features = options.features
    if options.part is not None:
        features = of_stem(features or "paper", separation.checked(options.part))
    dataset = _load(options.source, features=features, jobs=options.jobs)
    datasets.write_table(dataset, out)
    skipped = [{"file": file, "problem": problem} for file, problem in dataset.skipped.items()]
    document = {
        "out": str(out),
        "features": dataset.features,
        "part": dataset.feature_set.stem,
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
    from genre_core.datasets.splits import SplitConfig
    from genre_core.features import FEATURE_SETS, feature_set
    from genre_core.models.config import make_config
    from genre_core.training import Trainer, check_features

    if options.help_settings:
        return _settings(options.model)
    config = make_config(options.model, _chosen_settings(options), seed=options.seed)
    split = SplitConfig(options.split, options.test_size, options.seed, options.folds)
    features = options.features
    if features is None and (options.data == "bundled" or storage.user_path(options.data).is_dir()):
        features = next(
            name for name, known in FEATURE_SETS.items() if known.is_picture == (config.takes == "pictures")
        )
    if features:
        check_features(config, feature_set(features))
    storage.check_writable(options.out or storage.runs_dir() / runs.new_name(config.model, split.kind))
    dataset = _load(options.data, features=features)
    trainer = Trainer()
    try:
        job = trainer.start(dataset, config, split, out=options.out)
        with _progress("training", shown_count=False) as progress, _stop_on_interrupt(job.stop):
            bar = progress.add_task("starting", total=1.0)
            while not job.wait(0.2):
                told = f"{config.model}{f', {job.stage}' if job.stage else ''}"
                if job.epochs and (heard := job.epochs[-1].test_accuracy) is not None:
                    told += f": test accuracy {heard:.3f} ({split.kind} split)"
                progress.update(bar, completed=job.progress, description=told)
        run = job.result()
    finally:
        trainer.close()
    info = run.info
    evaluation = run.evaluation()
    document = {
        "run": info.name if options.out is None else str(options.out),
        "data": info.data,
        "features": info.features,
        "model": info.config.model,
        "settings": info.config.values,
        "split": _split_document(info),
        "parameters": info.parameters,
        "epochs": info.epochs,
        "stopped": info.stopped,
        "seconds": info.seconds,
        **_scores(evaluation),
        "folds": [asdict(fold) for fold in info.folds],
        "selection": asdict(info.selection) if info.selection else None,
    }

    def tell(out: Console) -> None:
        counts = info.counts
        epochs = f"{info.epochs} epochs in " if info.config.is_network else ""
        out.print(f"Run {document['run']}: {info.parameters} parameters, {epochs}{info.seconds:.1f} s.")
        out.print(
            f"{info.split.description}: {counts.train_segments} segments to train and {counts.test_segments} to test; "
            f"{counts.shared_tracks} of {counts.test_tracks} test tracks also have segments in the training part."
        )
        for note in job.split.notes:
            out.print(note)
        _tell_scores(out, evaluation)

    return document, tell, 0


def _chosen_settings(options: argparse.Namespace) -> dict[str, str]:
    """What --set and the flags of their own say, as texts."""
    chosen = {name: text for name in _FLAGS if (text := getattr(options, name)) is not None}
    for text in options.settings:
        name, given, value = text.partition("=")
        if not given:
            raise ConfigError(f"--set takes NAME=VALUE, such as c=0.1; not {text!r}.")
        chosen[name.strip()] = value.strip()
    return chosen


def _settings(model: str) -> Answer:
    """The settings of a kind of model."""
    from genre_core.models.config import model_kind

    kind = model_kind(model)
    document = [
        {"name": name, "default": getattr(kind, name), "allowed": setting.allowed, "help": setting.help}
        for name, setting in kind.settings().items()
    ]

    def tell(out: Console) -> None:
        table = Table("setting", "default", "may be", "what it does", box=None)
        for item in document:
            default = item["default"]
            shown = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
            table.add_row(item["name"], shown, item["allowed"], item["help"])
        out.print(f"{kind.title}. {kind.comment}")
        out.print(table)

    return document, tell, 0


def _split_document(info: Any) -> dict[str, Any]:
    """What is said of a run's split."""
    return {
        "kind": info.split.kind,
        "folds": info.split.folds,
        "selection": info.split.selection,
        **asdict(info.counts),
        "left_out": info.left_out,
        "untested_genres": list(info.untested_genres),
    }


def _evaluate(options: argparse.Namespace) -> Answer:
    from genre_core.prediction import evaluate_dataset
    from genre_core.runs import DEFAULT, PAPER, load_run

    # What the default run takes of the bundled songs is not bundled: it was taught some of them.
    name = options.run or (PAPER if options.data == "bundled" else DEFAULT)
    run = load_run(name)
    dataset = _load(options.data, features=run.info.features)
    score = evaluate_dataset(dataset, run)
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
    from genre_core.prediction import as_document, check_hop, predict_file
    from genre_core.runs import DEFAULT, load_run

    check_hop(options.hop)
    if options.out:
        return _predict_library(options)
    if options.jobs is not None or options.scheduler:
        raise ConfigError("--jobs and --scheduler are for a folder of songs; add --out FILE.parquet or FILE.csv.")
    if folder := next((file for file in options.files if Path(file).is_dir()), None):
        raise ConfigError(f"{folder} is a folder; to judge all songs in it, add --out FILE.parquet or FILE.csv.")
    run = load_run(options.run or DEFAULT)
    document: list[dict[str, Any]] = []
    for file in options.files:
        try:
            prediction = predict_file(file, run, hop_s=options.hop).prediction
        except GenreLabError as error:
            document.append({"file": file, "error": str(error)})
        else:
            document.append({"file": file, **as_document(prediction)})
    failed = [item for item in document if "error" in item]

    def tell(out: Console) -> None:
        info = run.info
        out.print(
            f"PredictedSong by {info.name}{f' ({info.title})' if info.title else ''}: trained on {info.data}, accuracy "
            f"{info.scores.accuracy:.3f} per segment on {info.split.tested_part}."
        )
        if info.counts.shared_tracks:
            out.print("That split tests on the tracks it was trained on; expect far less on music it never met.")
        for item in document:
            if "error" in item:
                if len(failed) > 1:  # a single one is told on standard error
                    out.print(f"\n{item['file']}: {item['error']}")
                continue
            out.print(
                f"\n{item['file']}: {item['genre']} (probability {item['probabilities'][item['genre']]:.2f}), then "
                f"{item['runner_up']} ({item['probabilities'][item['runner_up']]:.2f}), {item['duration_s']:.1f} s"
            )
            for reason in (*item["trust"]["reasons"], *item["warnings"]):
                out.print(f"  note: {reason}")
            for change in item["changes"]:
                out.print(
                    f"  change at {change['time_s']:.1f} s from {change['from']} to {change['to']} (confidence "
                    f"{change['confidence']:.2f})"
                )
            out.print(f"  tags: {', '.join(tag['tag'] for tag in item['tags'][:_TAGS])}")
            out.print(f"  similar: {', '.join(similar['track'] for similar in item['similar'][:_SIMILAR])}")
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


def _predict_library(options: argparse.Namespace) -> Answer:
    """Judge all songs below a folder."""
    from genre_core import storage
    from genre_core.prediction import batch
    from genre_core.runs import DEFAULT, load_run

    if len(options.files) > 1:
        raise ConfigError("With --out there is one folder; name one that holds the others, or call once for each.")
    jobs = -1 if options.jobs is None else options.jobs
    with _progress("songs") as progress:
        bar = progress.add_task("judging", total=None)
        try:
            outcome = batch.predict_folder(
                storage.user_path(options.files[0]),
                options.out,
                load_run(options.run or DEFAULT),
                hop_s=options.hop,
                jobs=jobs,
                scheduler=options.scheduler,
                progress=lambda done, total: progress.update(bar, completed=done, total=total),
            )
        except KeyboardInterrupt:
            print("genre_core: Interrupted; what was judged is kept, and the same command goes on.", file=sys.stderr)
            raise
    document = asdict(outcome) | {"out": str(outcome.out)}

    def tell(out: Console) -> None:
        out.print(
            f"{outcome.files} songs: {outcome.predicted} judged in {outcome.seconds:.1f} s, {outcome.kept} kept from "
            f"before: {outcome.out}"
        )
        for folder in outcome.unreadable:
            out.print(f"  can't look into {folder}: what lies there is left out")

    if outcome.failed:
        print(f"genre_core: {outcome.failed} of {outcome.files} songs failed; see the column `error`.", file=sys.stderr)
    return document, tell, 2 if outcome.failed else 0


def _explain(options: argparse.Namespace) -> Answer:
    from genre_core.prediction import explanation, predict_file
    from genre_core.runs import DEFAULT, load_run

    run = load_run(options.run or DEFAULT)
    if options.genre not in (None, *run.info.genres):
        raise ConfigError(f"The run knows no genre {options.genre!r}; choose from {', '.join(run.info.genres)}.")
    try:
        predicted = predict_file(options.file, run)
    except AudioError as error:
        raise AudioError(f"{options.file}: {error}") from error
    prediction = predicted.prediction
    genre = options.genre or prediction.genre
    document: dict[str, Any] = {
        "file": options.file,
        "run": run.info.name,
        "genre": genre,
        "probability": prediction.probabilities[genre],
    }
    lines = [f"{options.file}: why {genre} (probability {document['probability']:.2f}), by {run.info.name}"]
    if run.feature_set.is_picture:
        place = max(range(len(prediction.segments)), key=lambda i: prediction.segments[i].probabilities[genre])
        segment = prediction.segments[place]
        shown = run.feature_set.shown(segment.start_s, segment.end_s, prediction.duration_s)
        effects = explanation.explain_picture(run, predicted.values[place], genre).effects
        document |= {"start_s": shown[0], "end_s": shown[1], "blocks": effects.tolist()}
        lines.append(
            f"What each block of the picture from {shown[0]:.1f} to {shown[1]:.1f} s speaks for it, high on top:"
        )
        lines += [" ".join(f"{effect:+.2f}" for effect in row) for row in effects[::-1]]
    else:
        told = explanation.explain(run, predicted.values[prediction.is_counted], genre)
        document |= {
            "groups": [asdict(part) for part in told.groups],
            "features": [asdict(part) for part in told.features],
        }
        for kind, parts in (("groups", told.groups), ("single features", told.features)):
            lines.append(f"{kind}:")
            lines += [f"  {part.effect:+.2f}  {part.title}" for part in parts[:_REASONS]]
        lines += [f"note: {reason}" for reason in prediction.reliability.reasons]

    def tell(out: Console) -> None:
        for line in lines:
            out.print(line)
        out.print(f"+1 doubles the odds for {genre}, compared with the part as it is on average; -1 halves them.")

    return document, tell, 0


def _separate(options: argparse.Namespace) -> Answer:
    from genre_core import audio, storage
    from genre_core.audio import separation

    out_folder = storage.user_path(str(options.out))
    try:
        clip = audio.load(storage.user_path(options.file))
    except AudioError as error:
        raise AudioError(f"{options.file}: {error}") from error
    files = []
    for stem, part in separation.stems(clip).items():
        path = out_folder / f"{Path(options.file).stem}.{stem}.wav"
        with storage.writing_file(path) as partial:
            partial.write_bytes(audio.wav_bytes(part))
        files.append({"part": stem, "file": str(path)})
    document = {
        "file": options.file,
        "duration_s": clip.duration_s,
        "rate": clip.rate,
        "parts": files,
        "warnings": list(clip.warnings),
    }

    def tell(out: Console) -> None:
        for item in files:
            out.print(f"{item['part']}: {item['file']}")
        for warning in clip.warnings:
            out.print(f"  note: {warning}")

    return document, tell, 0


def _runs(options: argparse.Namespace) -> Answer:
    from genre_core.runs import DEFAULT, list_runs

    infos = list_runs()
    document = [_run_document(info) | {"default": info.name == DEFAULT} for info in infos]

    def tell(out: Console) -> None:
        _tell_runs(out, infos)

    return document, tell, 0


def _run_document(info: Any) -> dict[str, Any]:
    """What is said of a run without its predictions."""
    return {
        "run": info.name,
        "title": info.title,
        "note": info.note,
        "created": info.created,
        "data": info.data,
        "features": info.features,
        "model": info.config.model,
        "config": info.config.values | {"seed": info.config.seed},
        "split": _split_document(info),
        "parameters": info.parameters,
        "epochs": info.epochs,
        "seconds": info.seconds,
        "loss": info.scores.log_loss,
        **{name: getattr(info.scores, name) for name in SCORES},
        "ci95": {name: [interval.low, interval.high] for name, interval in info.ci95.items()},
    }


def _tell_runs(out: Console, infos: Sequence[Any]) -> None:
    from genre_core.runs import DEFAULT

    table = Table("run", "data", "measured on", "configuration", "accuracy", "per track", box=None)
    table.columns[0].no_wrap = True  # a name that is cut off can't be given to --run
    for info in infos:
        name = f"{info.name} (default)" if info.name == DEFAULT else info.name
        scores = [
            f"{getattr(info.scores, score):.3f} ({info.ci95[score].low:.3f} to {info.ci95[score].high:.3f})"
            for score in ("accuracy", "track_accuracy")
        ]
        table.add_row(name, info.data, info.split.tested_part, f"{info.features}, {info.description}", *scores)
    out.print(table)
    out.print("Accuracies, with 95 % intervals over tracks, are of the part of the data that is named beside them.")


def _compare(options: argparse.Namespace) -> Answer:
    from genre_core.runs import comparison, load_run

    infos = [load_run(name).info for name in options.runs]
    compared = comparison.compare(infos)
    document = {
        "runs": [_run_document(info) for info in infos],
        "best": compared.best,
        "warnings": compared.warnings,
    }

    def tell(out: Console) -> None:
        _tell_runs(out, infos)
        for warning in compared.warnings:
            out.print(warning)
        for test, best in compared.best.items():
            out.print(f"Best on {test}: {best}.")

    return document, tell, 0


def _report(options: argparse.Namespace) -> Answer:
    from genre_core import report
    from genre_core.runs import load_run

    run = load_run(options.run)
    report.write(run, options.out)
    document = {"run": options.run, "out": str(options.out)}
    return document, lambda out: out.print(f"{options.run}: {options.out}"), 0


def _doctor(options: argparse.Namespace) -> Answer:
    from genre_core import storage
    from genre_core.datasets import doctor

    dataset = _load(options.source)
    folder = storage.user_path(options.audio or options.source)
    if options.audio or (options.source != "bundled" and folder.is_dir()):
        with _progress("files") as progress:
            bar = progress.add_task("listening", total=None)
            diagnosis = doctor.examine(
                dataset, folder, progress=lambda done, total: progress.update(bar, completed=done, total=total)
            )
    else:
        diagnosis = doctor.examine(dataset)
    document = {
        "data": diagnosis.data,
        "tracks": diagnosis.n_tracks,
        "segments": diagnosis.n_segments,
        "genres": diagnosis.genres,
        "heard": diagnosis.n_heard,
        "findings": [asdict(finding) | {"tracks": list(finding.tracks)} for finding in diagnosis.findings],
        "leave_out": list(diagnosis.leave_out),
        "unchecked": diagnosis.unchecked,
        "unreadable": diagnosis.unreadable,
    }

    def tell(out: Console) -> None:
        out.print(f"{diagnosis.data}: {len(diagnosis.findings)} things to know.")
        for finding in diagnosis.findings:
            out.print(f"  {finding.kind}: {finding.message}")
            for track in finding.tracks:
                out.print(f"      {track}")
        for kind, reason in diagnosis.unchecked.items():
            out.print(f"  {kind} not checked: {reason}")

    return document, tell, 0


def _load(source: str, *, features: str | None = None, jobs: int = -1) -> Any:
    """The data set that SOURCE names, with a progress bar where it is a folder."""
    from genre_core import datasets

    with _progress("files") as progress:
        bars: list[Any] = []

        def on_progress(done: int, total: int) -> None:
            bars[:] = bars or [progress.add_task("extracting", total=total)]
            progress.update(bars[0], completed=done)

        return datasets.load(source, features=features, jobs=jobs, progress=on_progress)


def _scores(evaluation: Any) -> dict[str, Any]:
    return {
        "loss": evaluation.log_loss,
        **{name: getattr(evaluation, name) for name in SCORES},
        "ci95": {name: [interval.low, interval.high] for name, interval in evaluation.ci95.items()},
        "genres": list(evaluation.genres),
        "confusion": evaluation.confusion.tolist(),
    }


def _no_scores(genres: tuple[str, ...]) -> dict[str, Any]:
    none = dict.fromkeys(("loss", *SCORES, "ci95"))
    return {**none, "genres": list(genres), "confusion": [[0] * len(genres) for _ in genres]}


def _tell_scores(out: Console, evaluation: Any) -> None:
    def format_value(name: str) -> str:
        interval = evaluation.ci95[name]
        return f"{getattr(evaluation, name):.3f} ({interval.low:.3f} to {interval.high:.3f})"

    out.print(
        f"Accuracy {format_value('accuracy')} per segment and {format_value('track_accuracy')} per track, macro F1 {format_value('macro_f1')}, "
        f"log loss {format_value('log_loss')}; in brackets 95 % intervals over tracks."
    )
    table = Table("genre", "precision", "recall", "F1", "segments", box=None)
    for row in evaluation.per_genre().itertuples():
        table.add_row(row.genre, f"{row.precision:.2f}", f"{row.recall:.2f}", f"{row.f1:.2f}", str(row.segments))
    out.print(table)


@contextlib.contextmanager
def _progress(unit: str, *, shown_count: bool = True) -> Iterator[Progress]:
    """A progress bar on standard error, gone when it is done; none where nobody looks."""
    console = Console(stderr=True)
    count = (*((MofNCompleteColumn(), TextColumn(unit)) if shown_count else ()), TimeRemainingColumn())
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
