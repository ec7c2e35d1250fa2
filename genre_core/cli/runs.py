"""`genre-lab runs`: list the runs."""

import argparse

from rich.console import Console

from genre_core.cli import output
from genre_core.cli.documents import run_document
from genre_core.cli.parser import CommandResult, Commands, add_command


def add_parser(commands: Commands) -> None:
    """Declare the command."""
    add_command(commands, "runs", run, "List the runs with their accuracies.")


def run(options: argparse.Namespace) -> CommandResult:
    """List the user's runs, the newest first, and then the bundled ones, the default run first."""
    from genre_core.runs import DEFAULT_RUN, list_runs

    infos = list_runs()
    document = [run_document(info) | {"default": info.name == DEFAULT_RUN} for info in infos]

    def show(console: Console) -> None:
        output.print_runs(console, infos)

    return CommandResult(document, show)
