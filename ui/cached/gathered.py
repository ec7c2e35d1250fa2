"""Datasets that visitors gather, as far as the visitor of the session may see them, and what takes time with their
songs: checks, features and ZIP files.
"""

import hashlib
from functools import partial
from pathlib import Path

from genre_core.datasets import Dataset
from genre_core.datasets.gathered import checking, exporting, extraction, store
from genre_core.datasets.gathered.checking import Check
from genre_core.datasets.gathered.facts import GatheredDataset, Song
from genre_core.errors import DatasetError
from genre_core.jobs import Job
from ui import visitors
from ui.cached.work import background_workers, cached_job
from ui.state import visitor

_exported: dict[str, str] = {}
"""The state of the songs for which the ZIP file of each dataset was written last, by its name."""


def visible_gathered() -> list[GatheredDataset]:
    """The gathered datasets that the visitor may see without a code, their own first."""
    who = visitors.current()
    seen = [facts for facts in store.list_datasets() if who.may_see(facts)]
    return sorted(seen, key=lambda facts: facts.owner != who.id)


def own_gathered(name: str) -> GatheredDataset:
    """What is known of a gathered dataset that the visitor may change.

    Raises DatasetError if there is none of this name: without saying which.
    """
    facts = store.dataset_facts(name)
    if not visitors.current().may_change(facts):
        raise DatasetError("Only who has made this dataset can change it.")
    return facts


def check_songs(name: str, songs: list[Song]) -> Job[Check]:
    """The job that checks the songs of a gathered dataset, running or done.

    songs : of the dataset, as they are now.
    """
    return _check(name, songs_version(songs))


def check_songs_again(name: str, songs: list[Song]) -> None:
    """Start the check anew after it was stopped or has failed."""
    _check.restart(name, songs_version(songs))


def songs_version(songs: list[Song]) -> str:
    """A text that differs whenever a song was added, removed, moved or renamed, or got another artist."""
    known = sorted((song.id, song.genre, song.name, song.artist) for song in songs)
    return hashlib.sha256(repr(known).encode(errors="surrogatepass")).hexdigest()[:16]


@cached_job(20, restarts=False)
def _check(name: str, version: str) -> Job[Check]:
    return background_workers().submit(checking.check, name, visitor=visitor(), with_progress=True)


def extract_songs(name: str, songs: list[Song], features: str) -> Job[Dataset]:
    """The job that extracts the features of the songs of a gathered dataset, running or done.

    songs : of the dataset, as they are now.
    """
    return _extract(name, store.dataset_facts(name).title, songs_version(songs), features)


@cached_job(4)
def _extract(name: str, title: str, version: str, features: str) -> Job[Dataset]:
    extract = partial(extraction.extract, features=features, jobs=1)
    return background_workers().submit(extract, name, visitor=visitor(), with_progress=True)


def export_songs(name: str, songs: list[Song]) -> Job[None]:
    """The job that writes the songs of a gathered dataset to its ZIP file, running or done."""
    version = songs_version(songs)
    if _exported.get(name) == version:
        return _export(name, version)
    _exported[name] = version  # the file may hold another state by now, if songs were changed back
    return _export.restart(name, version)


@cached_job(20)
def _export(name: str, version: str) -> Job[None]:
    write = exporting.write_archive
    return background_workers().submit(write, name, songs_file(name), visitor=visitor(), with_progress=True)


def songs_file(name: str) -> Path:
    """The ZIP file of a gathered dataset, once it was written; deleted with the dataset."""
    return store.dataset_folder(name) / "songs.zip"
