"""`genre-lab report`: write a run as an HTML report or its predictions as CSV."""

import argparse

from genre_core import storage
from genre_core.cli.parser import RUN_HELP, CommandResult, Commands, add_command


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(commands, "report", run, "Write a report on a run as an HTML file, or its predictions as CSV.")
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument(
        "--out",
        type=storage.user_path,
        required=True,
        metavar="FILE.html|FILE.csv",
        help="the file; its extension selects what is written",
    )


def run(options: argparse.Namespace) -> CommandResult:
    """Write the file."""
    from genre_core import report
    from genre_core.runs import load_run

    report.write_report(load_run(options.run), options.out)
    document = {"run": options.run, "out": str(options.out)}
    return CommandResult(document, lambda console: console.print(f"{options.run}: {options.out}"))
