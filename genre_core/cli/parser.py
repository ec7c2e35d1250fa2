"""What the parsers of all commands share: errors as one sentence, flags that were renamed, and help texts."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from genre_core import old_names
from genre_core.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console

Commands: TypeAlias = "argparse._SubParsersAction[CommandParser]"
"""The commands of the program, to which each module adds its own."""
Document = dict[str, Any] | list[dict[str, Any]]
"""The answer of a command with --json; schema.json describes it."""

SOURCE_HELP = (
    "bundled, a folder with one subfolder per genre, a .csv or .parquet table, an .npz file of pictures, or the name "
    "of a downloaded dataset"
)
AUDIO_HELP = "an audio file in any common format"
RUN_HELP = "a run's name or folder"
DEFAULT_RUN_HELP = f"{RUN_HELP} (default: the default run, which `genre-lab runs` names)"
JOBS_HELP = "number of processes (default: one per core)"


@dataclass(frozen=True)
class CommandResult:
    """The answer of a command."""

    document: Document | None
    """For --json; None for a command that has no such flag."""
    show: Callable[["Console"], None]
    """Prints the answer for people."""
    error: str = ""
    """One sentence for standard error if a part of the work failed; the exit status is then 2."""


class CommandParser(argparse.ArgumentParser):
    """A parser that raises ConfigError, one sentence, where argparse prints the usage and exits."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message[0].upper()}{message[1:]}; see `{self.prog} --help`.")


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], CommandResult],
    description: str,
    *,
    has_json: bool = True,
) -> CommandParser:
    """Add a command; `run` is called with its parsed options."""
    parser = commands.add_parser(name, help=description, description=description)
    parser.set_defaults(run_command=run)
    if has_json:
        parser.add_argument("--json", action="store_true", help="print one JSON document (see docs/json.md)")
    return parser


def reject_old_flags(parser: CommandParser, new_flag: str) -> None:
    """Answer the former names of a flag with an error that names the current one."""
    for old, new in old_names.FLAGS.items():
        if new == new_flag:
            parser.add_argument(old, action=_RenamedFlag, new_flag=new, nargs="?", help=argparse.SUPPRESS)


class _RenamedFlag(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, new_flag: str, **settings: Any) -> None:
        super().__init__(option_strings, dest, **settings)
        self.new_flag = new_flag

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> NoReturn:
        raise ConfigError(f"The flag {option} is called {self.new_flag} now.")
