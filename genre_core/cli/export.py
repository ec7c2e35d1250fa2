"""`genre-lab export`: write a run as one file to take home."""

import argparse

from genre_core import storage
from genre_core.cli.parser import RUN_HELP, CommandResult, Commands, add_command
from genre_core.errors import ConfigError


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(
        commands, "export", run, "Write a run as a ZIP file, with its report and a script that predicts."
    )
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument("--out", type=storage.user_path, required=True, metavar="FILE.zip", help="the file")


def run(options: argparse.Namespace) -> CommandResult:
    """Write the file."""
    from genre_core import report
    from genre_core.runs import load_run

    if options.out.suffix.lower() != ".zip":
        raise ConfigError(f"A run is exported as a .zip file, but the name is {options.out}.")
    report.write_archive(load_run(options.run), options.out)
    document = {"run": options.run, "out": str(options.out)}
    return CommandResult(document, lambda console: console.print(f"{options.run}: {options.out}"))
