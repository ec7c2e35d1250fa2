"""`genre-lab evaluate`: evaluate a run on a dataset."""

import argparse

from rich.console import Console

from genre_core.cli import output
from genre_core.cli.documents import evaluation_document, further_document
from genre_core.cli.parser import SOURCE_HELP, CommandResult, Commands, add_command


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(
        commands, "evaluate", run, "Evaluate a run on a dataset, without the segments that it was trained on."
    )
    parser.add_argument(
        "--run",
        metavar="RUN",
        help="a run's name or folder (default: paper-random for the bundled dataset, else the default run)",
    )
    parser.add_argument("--data", default="bundled", metavar="SOURCE", help=f"{SOURCE_HELP} (default: %(default)s)")


def run(options: argparse.Namespace) -> CommandResult:
    """Evaluate the run."""
    from genre_core.prediction import evaluate_dataset
    from genre_core.runs import DEFAULT_RUN, PAPER_RUN, load_run

    # The default run was trained on most of the bundled tracks.
    name = options.run or (PAPER_RUN if options.data == "bundled" else DEFAULT_RUN)
    run = load_run(name)
    dataset = output.load_dataset(options.data, features=run.info.features)
    result = evaluate_dataset(dataset, run)
    evaluation = result.evaluation
    document = {
        "run": name,
        "dataset": dataset.name,
        "segments": len(evaluation.labels) if evaluation else 0,
        "tracks": len(evaluation.tracks) if evaluation else 0,
        "seen": {"segments": result.seen_segments, "tracks": result.seen_tracks},
        "shared_tracks": result.shared_tracks,
        **evaluation_document(evaluation, run.info.genres),
        "further_scores": further_document(evaluation) if evaluation else None,
    }

    def show(console: Console) -> None:
        console.print(
            f"Run {name}, dataset {dataset.name}: {result.seen_segments} segments of {result.seen_tracks} tracks were "
            "in the training set and are excluded."
        )
        if evaluation is None:
            console.print("No segment is left to evaluate.")
            return
        console.print(
            f"Evaluated on {document['segments']} segments of {document['tracks']} tracks, {result.shared_tracks} of "
            "which also have segments in the training set."
        )
        output.print_scores(console, evaluation)

    return CommandResult(document, show)
