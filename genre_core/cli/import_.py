"""`genre-lab import`: store a run that was exported."""

import argparse

from genre_core import storage
from genre_core.cli.parser import CommandResult, Commands, add_command


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(commands, "import", run, "Import a run from a ZIP file that `genre-lab export` wrote.")
    parser.add_argument("file", type=storage.user_path, metavar="FILE.zip", help="the file")
    parser.add_argument(
        "--name", help="name of the run (default: the one that it had); a name that exists gets a number"
    )


def run(options: argparse.Namespace) -> CommandResult:
    """Import the run."""
    from genre_core.runs.exchange import import_run

    info = import_run(options.file, options.name)
    document = {"run": info.name, "file": str(options.file)}
    return CommandResult(document, lambda console: console.print(f"{options.file}: {info.name}"))
