"""`genre-lab predict`: predict the genre of songs."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from genre_core import storage
from genre_core.cli import output
from genre_core.cli.parser import AUDIO_HELP, DEFAULT_RUN_HELP, JOBS_HELP, CommandResult, Commands, add_command
from genre_core.errors import ConfigError, GenreLabError

if TYPE_CHECKING:
    from genre_core.runs import RunInfo

_MOST_TAGS, _MOST_SIMILAR = 5, 3  # printed for people


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(commands, "predict", run, "Predict the genre of songs and of each of their segments.")
    parser.add_argument("files", nargs="+", metavar="FILE", help=f"{AUDIO_HELP}; with --out, one folder")
    parser.add_argument("--run", metavar="RUN", help=DEFAULT_RUN_HELP)
    parser.add_argument(
        "--hop",
        type=float,
        default=1.5,
        metavar="SECONDS",
        help="time from the start of a segment to that of the next, 0.5 to 30 (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=storage.user_path,
        metavar="FILE.parquet|FILE.csv",
        help="predict all songs in a folder and its subfolders and write a table with a row for each; the same command "
        "again continues it",
    )
    parser.add_argument("--jobs", type=int, metavar="N", help=f"with --out: {JOBS_HELP}")
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="with --out: address of a Dask scheduler, such as tcp://10.0.0.1:8786, whose workers see the folder under "
        "the same path; they and this machine can run code on each other, so name only one that you trust",
    )


def run(options: argparse.Namespace) -> CommandResult:
    """Predict the genre of each file, or of all songs in a folder."""
    from genre_core.prediction import check_hop, predict_file
    from genre_core.runs import DEFAULT_RUN, load_run

    check_hop(options.hop)
    if options.out:
        return _predict_folder(options)
    if options.jobs is not None or options.scheduler:
        raise ConfigError("--jobs and --scheduler are for a folder of songs; add --out FILE.parquet or FILE.csv.")
    if folder := next((file for file in options.files if Path(file).is_dir()), None):
        raise ConfigError(f"{folder} is a folder; to predict all songs in it, add --out FILE.parquet or FILE.csv.")
    run = load_run(options.run or DEFAULT_RUN)
    document: list[dict[str, Any]] = []
    for file in options.files:
        try:
            prediction = predict_file(file, run, hop_s=options.hop).prediction
        except GenreLabError as error:
            document.append({"file": file, "error": str(error)})
        else:
            document.append({"file": file, **prediction.to_dict()})
    failed = [item for item in document if "error" in item]

    def show(console: Console) -> None:
        if len(failed) < len(document):
            _print_run(console, run.info)
        for item in document:
            if "error" not in item:
                _print_song(console, item, run.info)
            elif len(failed) > 1:  # a single error is printed on standard error
                console.print(f"\n{item['file']}: {item['error']}")

    message = ""
    if failed:
        more = f" ({len(failed)} of {len(document)} files failed)" if len(document) > 1 else ""
        message = f"{failed[0]['file']}: {failed[0]['error']}{more}"
    return CommandResult(document, show, message)


def _print_run(console: Console, info: "RunInfo") -> None:
    from genre_core.runs import dataset_name

    title = f" ({info.title})" if info.title else ""
    console.print(
        f"Run {info.name}{title}, trained on {dataset_name(info)}: accuracy {output.percent(info.scores.accuracy)} "
        f"(segments) and {output.percent(info.scores.track_accuracy)} (tracks) on {info.split.test_set}."
    )
    if info.counts.shared_tracks:
        console.print("Its training and test sets share tracks (data leakage): expect a lower accuracy on other music.")


def _print_song(console: Console, song: dict[str, Any], info: "RunInfo") -> None:
    from genre_core.prediction import domain
    from genre_core.prediction.result import IN_DOMAIN_LIMIT

    probabilities = song["probabilities"]
    console.print(
        f"\n{song['file']}: {song['genre']} (confidence {output.percent(probabilities[song['genre']])}), runner-up "
        f"{song['runner_up']} ({output.percent(probabilities[song['runner_up']])}); reliability "
        f"{output.percent(song['reliability']['score'])}; duration {song['duration_s']:.1f} s"
    )
    if song["in_domain"] is None:
        console.print(f"  {domain.why_unknown(info)}")
    elif song["in_domain"] < IN_DOMAIN_LIMIT:
        console.print(f"  out-of-domain: probably none of the {len(probabilities)} genres ({song['in_domain']:.2f})")
    for warning in (*song["reliability"]["reasons"], *song["warnings"]):
        console.print(f"  warning: {warning}")
    for change in song["changes"]:
        console.print(
            f"  genre change at {change['time_s']:.1f} s from {change['from']} to {change['to']} (confidence "
            f"{output.percent(change['confidence'])})"
        )
    console.print(f"  tags: {', '.join(tag['tag'] for tag in song['tags'][:_MOST_TAGS])}")
    console.print(f"  similar tracks: {', '.join(similar['track'] for similar in song['similar'][:_MOST_SIMILAR])}")
    table = Table("start (s)", "end (s)", "genre", "probability", box=None)
    for segment in song["segments"]:
        probability = output.percent(segment["probabilities"][segment["genre"]])
        table.add_row(
            f"{segment['start_s']:.1f}",
            f"{segment['end_s']:.1f}",
            f"{segment['genre']}{' (silent)' if segment['silent'] else ''}",
            probability,
        )
    console.print(table)


def _predict_folder(options: argparse.Namespace) -> CommandResult:
    """Predict all songs in a folder and write a table."""
    from genre_core.prediction import batch
    from genre_core.runs import DEFAULT_RUN, load_run

    if len(options.files) > 1:
        raise ConfigError("--out takes one folder; name one that holds the others, or run the command for each.")
    with output.progress_bar("predicting", "songs") as update:
        try:
            result = batch.predict_folder(
                storage.user_path(options.files[0]),
                options.out,
                load_run(options.run or DEFAULT_RUN),
                hop_s=options.hop,
                jobs=-1 if options.jobs is None else options.jobs,
                scheduler=options.scheduler,
                progress=update,
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                "Interrupted; the predictions so far are kept, and the same command continues."
            ) from None
    document = {
        "out": str(result.out),
        "files": result.files,
        "predicted": result.predicted,
        "kept": result.kept,
        "failed": result.failed,
        "unreadable": result.unreadable,
        "seconds": result.seconds,
    }

    def show(console: Console) -> None:
        console.print(
            f"Songs: {result.files}. Predicted: {result.predicted}, in {result.seconds:.1f} s. Unchanged since an "
            f"earlier call: {result.kept}. Table: {result.out}"
        )
        for folder in result.unreadable:
            console.print(f"  warning: the folder {folder} can't be read; its songs are missing")

    error = f"{result.failed} of {result.files} songs failed; see the column `error`." if result.failed else ""
    return CommandResult(document, show, error)
