"""`genre-lab download`: download a dataset, or list those that can be downloaded."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from genre_core.cli import output
from genre_core.cli.parser import CommandResult, Commands, add_command
from genre_core.errors import ConfigError
from genre_core.wording import size_text

if TYPE_CHECKING:
    from genre_core.datasets.downloads import Downloadable


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(
        commands,
        "download",
        run,
        "Download a dataset with its audio, verified; without NAME, list the datasets that can be downloaded.",
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="the dataset, such as gtzan-mini")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="X",
        help="address of a mirror, or an archive that you fetched in another way (ZIP or .tar.gz)",
    )


def run(options: argparse.Namespace) -> CommandResult:
    """Download the dataset, or list all."""
    from genre_core.datasets import downloads

    if options.name is None:
        if options.source is not None:
            raise ConfigError("--from needs the name of the dataset; `genre-lab download` lists all.")
        chosen = list(downloads.DATASETS.values())
    else:
        chosen = [downloads.find_dataset(options.name)]
        _download(chosen[0], options.source or "")
    document = [_document(dataset) for dataset in chosen]

    def show(console: Console) -> None:
        if options.name is None:
            _show_list(console, document)
            return
        [item] = document
        console.print(f"{item['title']}: {item['folder']}\n{item['license']} {item['citation']}")
        for track, fault in item["faults"].items():
            console.print(f"  known fault: {track}: {fault}")

    return CommandResult(document, show)


def _download(dataset: Downloadable, source: str) -> None:
    from rich.progress import DownloadColumn, TransferSpeedColumn

    from genre_core.datasets import downloads

    with output.live_progress(DownloadColumn(), TransferSpeedColumn()) as bar:
        task = bar.add_task("downloading", total=None)
        try:
            downloads.download(
                dataset, source, progress=lambda done, total: bar.update(task, completed=done, total=total)
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt("Interrupted; the same command continues the download.") from None


def _document(dataset: Downloadable) -> dict[str, Any]:
    from genre_core.datasets import downloads

    state = downloads.state_of(dataset)
    return {
        "dataset": dataset.name,
        "title": dataset.title,
        "state": state,
        "folder": str(downloads.folder_of(dataset)) if state == "downloaded" else None,
        "archive_bytes": dataset.archive_bytes,
        "unpacked_bytes": dataset.unpacked_bytes,
        "tracks": len(dataset.tracks),
        "genres": dataset.genres,
        "license": dataset.license,
        "citation": dataset.citation,
        "sources": list(dataset.sources),
        "faults": dataset.faults,
    }


def _show_list(console: Console, document: list[dict[str, Any]]) -> None:
    table = Table("dataset", "tracks", "genres", "download", "state", "license", box=None)
    for item in document:
        size = size_text(item["archive_bytes"])
        table.add_row(
            item["dataset"], str(item["tracks"]), str(len(item["genres"])), size, item["state"], item["license"]
        )
    console.print(table)
