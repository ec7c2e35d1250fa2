"""What all benchmarks share: their arguments, tables, timing, and the sections of docs/results.md that they write.

A benchmark is a module whose `main` measures something and returns the result as Markdown. It ends with

    if __name__ == "__main__":
        parser = argument_parser("splits", __doc__)
        parser.add_argument("--seeds", type=int, default=8)
        publish(parser, main)

`python -m benchmarks.splits` prints the result. `python -m benchmarks.splits --write docs/results.md` also replaces
what stands in that document between `<!-- benchmarks.splits -->` and `<!-- end benchmarks.splits -->`, and notes the
command, the date and the number of cores there.  A `main` that measures what other benchmarks do as well returns a
section for each, by the name of its module.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median


def argument_parser(name: str, docstring: str) -> argparse.ArgumentParser:
    """A parser for the benchmark `benchmarks/NAME.py` with the option --write."""
    parser = argparse.ArgumentParser(f"python -m benchmarks.{name}", description=docstring.splitlines()[0])
    _add_write(parser)
    return parser


def publish(parser: argparse.ArgumentParser, main: Callable[..., str | dict[str, str]]) -> None:
    """Call `main` with the parsed arguments, print its result, and write it where --write says."""
    arguments = vars(parser.parse_args())
    document: Path | None = arguments.pop("write")
    module = parser.prog.split()[-1]
    if document:
        replace_section(document.read_text(encoding="utf-8"), module, "")  # fails before hours are spent, not after
    result = main(**arguments)
    sections = result if isinstance(result, dict) else {module: result}
    for name, section in sections.items():
        print(section)
        if document:
            text = document.read_text(encoding="utf-8")
            text = replace_section(text, name, f"{section}\n\n{_origin(parser.prog)}")
            document.write_text(text, encoding="utf-8", newline="\n")


def replace_section(document: str, module: str, section: str) -> str:
    """The document with `section` between the two marks of a module.

    Raises
    ------
    SystemExit
        If a mark is missing.
    """
    begin, end = f"<!-- {module} -->", f"<!-- end {module} -->"
    before, found_begin, rest = document.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise SystemExit(f"The document has no section between {begin} and {end}; add these two lines.")
    return f"{before}{begin}\n{section}\n{end}{after}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, ["---"] * len(header), *rows))


def median_seconds(works: Mapping[str, Callable[[], object]], repetitions: int) -> dict[str, float]:
    """The median duration of each piece of work, measured in turns after one untimed call of each.

    In turns, so that what else the machine does affects all of them alike.
    """
    for work in works.values():
        work()
    durations_s: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repetitions):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            durations_s[name].append(time.perf_counter() - began)
    return {name: median(values) for name, values in durations_s.items()}


def _add_write(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", type=Path, metavar="FILE", help="document whose section is replaced by the result")


def _origin(prog: str) -> str:
    """How and where a result was measured; files and folders without their place on this machine."""
    without_write = argparse.ArgumentParser(add_help=False)
    _add_write(without_write)
    _, arguments = without_write.parse_known_args(sys.argv[1:])
    command = " ".join([prog, *map(_shown, arguments)])
    return f"Command: `{command}`. Measured on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} cores."


def _shown(argument: str) -> str:
    path = Path(argument)
    if path.is_dir():
        return "FOLDER"
    return path.name if path.is_file() else argument
