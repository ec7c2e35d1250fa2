"""The program `genre-lab`: parses the command line, runs one command and prints its answer.

With --json, exactly one JSON document is written to standard output (schema.json describes it) and everything else to
standard error.  Without it, text and tables for people are written to standard output.

Exit status: 0 if all went well; 2, with one line on standard error, for an error that the user can mend; 130 after
Ctrl-C.
"""

import contextlib
import json
import logging
import os
import sys
from collections.abc import Sequence

from rich.console import Console

from genre_core.cli import (
    app,
    compare,
    doctor,
    download,
    evaluate,
    explain,
    export,
    extract,
    import_,
    predict,
    report,
    runs,
    separate,
    train,
)
from genre_core.cli.parser import CommandParser
from genre_core.errors import GenreLabError

# The modules of the commands import the audio and model libraries only when their command runs.
COMMANDS = (
    *(app, predict, explain, separate, train, evaluate, runs, compare, report),
    *(export, import_, extract, doctor, download),
)

_PIPE_WIDTH = 160  # of tables, where no terminal says how wide it is


def main(arguments: Sequence[str] | None = None, *, prog: str = "genre-lab") -> int:
    """Run a command and return the exit status.

    Parameters
    ----------
    arguments : of the command line, without the program's name (default: those of this process).
    prog : the program's name in help and error messages.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    wants_json = "--json" in given
    logging.getLogger("genre_core").setLevel(logging.CRITICAL)  # an error is one line on standard error
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    try:
        options = _make_parser(prog).parse_args(given)
        # What libraries print must not get into the document.
        with contextlib.redirect_stdout(sys.stderr):
            result = options.run_command(options)
    except GenreLabError as error:
        if wants_json:
            print(json.dumps({"error": str(error)}))
        print(f"{prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as interrupt:
        message = str(interrupt)
        if wants_json:
            print(json.dumps({"error": message or "Interrupted."}))
        if message:
            print(f"{prog}: {message}", file=sys.stderr)
        return 130
    if result.error:
        print(f"{prog}: {result.error}", file=sys.stderr)
    try:
        if wants_json:
            print(json.dumps(result.document, allow_nan=False), flush=True)
        else:
            result.show(console)
            sys.stdout.flush()
    except BrokenPipeError:  # the reader has closed the pipe; what Python would still write at its end goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 2 if result.error else 0


def _make_parser(prog: str) -> CommandParser:
    parser = CommandParser(prog=prog, description="Explore how machines classify music by genre.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    return parser
