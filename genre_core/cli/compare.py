"""`genre-lab compare`: compare runs."""

import argparse

from rich.console import Console

from genre_core.cli import output
from genre_core.cli.documents import run_document
from genre_core.cli.parser import RUN_HELP, CommandResult, Commands, add_command


def add_parser(commands: Commands) -> None:
    """Declare the command and its arguments."""
    parser = add_command(commands, "compare", run, "Compare runs, and name the best on each test set.")
    parser.add_argument("runs", nargs="+", metavar="RUN", help=RUN_HELP)


def run(options: argparse.Namespace) -> CommandResult:
    """Compare the runs."""
    from genre_core.runs import comparison, load_run

    infos = [load_run(name).info for name in options.runs]
    compared = comparison.compare(infos)
    document = {
        "runs": [run_document(info) for info in infos],
        "best": compared.best,
        "warnings": compared.warnings,
    }

    def show(console: Console) -> None:
        output.print_runs(console, infos)
        for info in infos:
            console.print(f"{info.name}: {info.description}, features {info.features}, seed {info.config.seed}")
        for warning in compared.warnings:
            console.print(warning)
        for test, best in compared.best.items():
            console.print(f"Best on {test}: {best}.")

    return CommandResult(document, show)
