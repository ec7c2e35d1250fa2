"""The end of a class: all that its visitors made, as one ZIP file, and its deletion.

What the operator made stays: runs, datasets, lessons and songs.
"""

import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from genre_core import runs, storage
from genre_core.classroom import uploads
from genre_core.classroom.challenges import files as challenge_files
from genre_core.datasets import named
from genre_core.datasets.gathered import exporting, incoming, places
from genre_core.errors import ConfigError, DatasetError
from genre_core.progress import Progress, no_progress
from genre_core.visitors import Visitor, Visitors
from genre_core.visitors.store import delete_visitors


def class_work() -> dict[str, Path]:
    """The folders of what the visitors made, by their name in the ZIP file, as in "visitor-1/runs/NAME".

    Visitors are numbered in the order in which they came.  What belongs to nobody who is known is in "others": songs of
    a forgotten visitor, and damaged datasets.
    """
    names = {visitor.id: f"visitor-{number}" for number, visitor in enumerate(_visitors(), 1)}
    found: dict[str, Path] = {}
    for info in runs.list_runs():
        if info.owner:
            found[f"{names.get(info.owner, 'others')}/runs/{info.name}"] = runs.run_folder(info.name)
    for name, owner in named.owners().items():
        if owner != "":
            found[f"{names.get(owner or '', 'others')}/datasets/{name}"] = named.dataset_folder(name)
    for folder, owner in incoming.folders_of_visitors().items():
        found[f"{names.get(owner, 'others')}/uploads/{folder.name}"] = folder
    for folder, owner in uploads.folders_of_visitors(names).items():
        found[f"{names.get(owner, 'others')}/songs/{folder.name}"] = folder
    if challenge_files.challenges_dir().is_dir():
        found["challenges"] = challenge_files.challenges_dir()
    return found


def pack_class(target: Path, *, progress: Progress = no_progress) -> frozenset[str]:
    """Write all that the visitors made into a ZIP file, which other accounts of the machine can't read.

    A gathered dataset is in it as genre folders with their table, as `gathered.exporting` writes it.
    The test sets of challenges that are not revealed are left out.  Returns the names of what was packed.
    Raises StorageError if there is no space for it.
    """
    work, visitors = class_work(), _visitors()
    with storage.writing_file(target) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, (name, folder) in enumerate(sorted(work.items())):
            progress(done, len(work))
            if _is_gathered(folder):
                with suppress(DatasetError):  # it was deleted meanwhile
                    exporting.pack(folder.name, archive, f"{name}/")
                continue
            for path in _files(folder):
                if not challenge_files.is_secret(path):
                    _add(archive, path, f"{name}/{path.relative_to(folder).as_posix()}")
        facts = [
            {"name": f"visitor-{number}", "created": visitor.created, "seen": visitor.seen}
            for number, visitor in enumerate(visitors, 1)
        ]
        archive.writestr("visitors.json", json.dumps(facts, indent=2))
    target.chmod(0o600)
    return frozenset(work)


def delete_class(packed: frozenset[str]) -> None:
    """Delete all that the visitors made, and what is known of them; their browsers become new visitors.

    Parameters
    ----------
    packed : what `pack_class` has returned.

    Raises
    ------
    ConfigError
        If visitors have made more since; nothing is deleted then.
    StorageError
        If something can't be deleted.
    """
    work = class_work()
    if work.keys() - packed:
        raise ConfigError("Visitors have made more since the ZIP file was made; make it again.")
    for folder in work.values():
        if folder.exists():
            storage.delete_folder(folder)
    delete_visitors()


def _visitors() -> list[Visitor]:
    return sorted(Visitors().all(), key=lambda visitor: visitor.created)


def _is_gathered(folder: Path) -> bool:
    """Whether this is the folder of a gathered dataset, whose songs have no names on the disk."""
    return places.is_name(folder.name)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    """Add a file, unless it was deleted meanwhile."""
    with suppress(FileNotFoundError):
        archive.write(path, name)
