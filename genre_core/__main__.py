"""`python -m genre_core COMMAND`, and the entry point of the console script `genre-lab`."""

import os
import sys

from genre_core.cli import main


def run(prog: str = "genre-lab") -> int:
    """Run the command line as a process of its own and return the exit status."""
    # C libraries (mpg123, LiteRT) print notes to standard error, where an error should be one line.
    sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", buffering=1)
    with open(os.devnull, "w") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 2)
    return main(prog=prog)


if __name__ == "__main__":
    raise SystemExit(run("python -m genre_core"))
