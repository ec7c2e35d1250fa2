"""`genre-lab doctor`: check a dataset for faults."""

import argparse

from rich.console import Console

from genre_core.cli import output
from genre_core.cli.parser import SOURCE_HELP, CommandResult, Commands, add_command

_MOST_TRACKS = 8
"""Tracks of a finding that are listed; --json lists all."""


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
    from genre_core.wording import counted, listed

    dataset = output.load_dataset(options.source)
    folder = storage.user_path(options.audio or options.source)
    if options.audio or (options.source != "bundled" and folder.is_dir()):
        with output.progress_bar("reading audio", "files") as update:
            diagnosis = doctor.examine(dataset, folder, progress=update)
    else:
        diagnosis = doctor.examine(dataset)

    def show(console: Console) -> None:
        console.print(f"{diagnosis.dataset}: {counted(len(diagnosis.findings), 'finding')}")
        for finding in diagnosis.findings:
            console.print(f"  {finding.severity}: {finding.message}")
            console.print(f"    {counted(len(finding.tracks), 'track')}: {listed(finding.tracks, _MOST_TRACKS)}")
        unchecked: dict[str, list[str]] = {}
        for kind, reason in diagnosis.unchecked.items():
            unchecked.setdefault(reason, []).append(kind)
        for reason, kinds in unchecked.items():
            console.print(f"  not checked: {', '.join(kinds)} ({reason})")

    return CommandResult(diagnosis.to_dict(), show)
