"""`genre-lab runs`: list the runs, or delete one."""

import argparse

from rich.console import Console

from genre_core.cli import output
from genre_core.cli.documents import run_document
from genre_core.cli.parser import CommandResult, Commands, add_command


def add_parser(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(commands, "runs", run, "List the runs with their accuracies, or delete one.")
    parser.add_argument("--delete", metavar="RUN", help="delete this run of yours first, which may be damaged")


def run(options: argparse.Namespace) -> CommandResult:
    """List the user's runs, the newest first, then the bundled ones, the default run first, and then the damaged ones.

    With --delete, delete a run before.
    """
    from genre_core.runs import DEFAULT_RUN, delete_run, list_damaged_runs, list_runs

    if options.delete is not None:
        delete_run(options.delete)
    infos, damaged = list_runs(), list_damaged_runs()
    document = [run_document(info) | {"default": info.name == DEFAULT_RUN} for info in infos]
    document += [{"run": run.shown_name, "error": run.reason} for run in damaged]

    def show(console: Console) -> None:
        output.print_runs(console, infos)
        if damaged:
            console.print("\nDamaged runs, which `genre-lab runs --delete RUN` deletes:")
        for run in damaged:
            console.print(f"{run.shown_name}: {run.reason}")

    return CommandResult(document, show)
