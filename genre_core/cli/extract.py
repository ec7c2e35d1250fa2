"""`genre-lab extract`: extract the features of a dataset."""

import argparse
from pathlib import Path

from rich.console import Console

from genre_core import storage
from genre_core.cli import output
from genre_core.cli.parser import JOBS_HELP, SOURCE_HELP, CommandResult, Commands, add_command, reject_old_flags
from genre_core.errors import ConfigError


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(
        commands, "extract", run, "Compute the features of a dataset and write them as a Parquet table."
    )
    parser.add_argument("source", metavar="SOURCE", help=SOURCE_HELP)
    parser.add_argument(
        "--out",
        type=storage.user_path,
        metavar="FILE.parquet",
        help="the table (default: named after SOURCE, in this folder)",
    )
    parser.add_argument("--features", metavar="SET", help="feature set (default: paper)")
    parser.add_argument(
        "--stem",
        metavar="STEM",
        help="extract the features of one stem: mix, vocals, accompaniment, harmonic or percussive (default: mix)",
    )
    reject_old_flags(parser, "--stem")
    parser.add_argument("--jobs", type=int, default=-1, metavar="N", help=JOBS_HELP)


def run(options: argparse.Namespace) -> CommandResult:
    """Extract the features and write the table."""
    from genre_core import datasets
    from genre_core.audio import separation
    from genre_core.features import with_stem

    if options.jobs == 0 or options.jobs < -1:
        raise ConfigError("--jobs takes a number of processes from 1 on, or -1 for one per core.")
    suffix = "" if options.stem in (None, separation.MIX) else f"-{options.stem}"
    out = options.out or Path(f"{Path(options.source).stem}{suffix}.parquet")
    if out.suffix != ".parquet":
        raise ConfigError(f"--out takes a name that ends in .parquet, not {out}.")
    storage.check_writable(out, may_exist=True)
    features = options.features
    if options.stem is not None:
        features = with_stem(features or "paper", separation.check_stem(options.stem))
    dataset = output.load_dataset(options.source, features=features, jobs=options.jobs)
    datasets.write_table(dataset, out)
    document = {
        "out": str(out),
        "features": dataset.features,
        "stem": dataset.feature_set.stem,
        "segments": len(dataset.values),
        "tracks": dataset.n_tracks,
        "genres": list(dataset.genres),
        "skipped": [{"file": file, "error": str(error)} for file, error in dataset.skipped.items()],
        "warnings": [{"file": file, "warning": warning} for file, warning in dataset.warnings.items()],
    }

    def show(console: Console) -> None:
        counts = f"{len(dataset.values)} segments of {dataset.n_tracks} tracks in {len(dataset.genres)} genres"
        console.print(f"{counts}: {out}")
        for file, error in dataset.skipped.items():
            console.print(f"  skipped: {file}: {error}")
        for file, warning in dataset.warnings.items():
            console.print(f"  warning: {file}: {warning}")

    return CommandResult(document, show)
