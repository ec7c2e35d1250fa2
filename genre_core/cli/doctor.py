"""`genre-lab doctor`: check a dataset for faults."""

import argparse

from rich.console import Console

from genre_core.cli import output
from genre_core.cli.parser import SOURCE_HELP, CommandResult, Commands, add_command


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(
        commands, "doctor", run, "Check a dataset for duplicates, silence, clipping and other faults (the data doctor)."
    )
    parser.add_argument("source", metavar="SOURCE", help=SOURCE_HELP)
    parser.add_argument(
        "--audio",
        metavar="FOLDER",
        help="for a table: the folder with the audio of its tracks, one subfolder per genre",
    )


def run(options: argparse.Namespace) -> CommandResult:
    """Examine the dataset, and its audio where there is a folder of it."""
    from genre_core import storage
    from genre_core.datasets import doctor

    dataset = output.load_dataset(options.source)
    folder = storage.user_path(options.audio or options.source)
    if options.audio or (options.source != "bundled" and folder.is_dir()):
        with output.progress_bar("reading audio", "files") as update:
            diagnosis = doctor.examine(dataset, folder, progress=update)
    else:
        diagnosis = doctor.examine(dataset)

    def show(console: Console) -> None:
        console.print(f"{diagnosis.dataset}: {len(diagnosis.findings)} findings")
        for finding in diagnosis.findings:
            console.print(f"  {finding.severity}: {finding.kind}: {finding.message}")
            for track in finding.tracks:
                console.print(f"      {track}")
        for kind, reason in diagnosis.unchecked.items():
            console.print(f"  not checked: {kind}: {reason}")

    return CommandResult(diagnosis.to_dict(), show)
