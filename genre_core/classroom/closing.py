"""The end of a class: all that its visitors made, as one ZIP file, and its deletion.

What the operator made stays: runs, datasets and lessons.
"""

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genre_core import runs, storage
from genre_core.classroom import uploads
from genre_core.classroom.challenges.files import challenges_dir
from genre_core.datasets import stored
from genre_core.progress import Progress, no_progress
from genre_core.visitors.store import Visitors, visitors_dir


@dataclass(frozen=True)
class ClassWork:
    """Folders of what the visitors of a class made."""

    folders: dict[str, Path]
    """By their name in the ZIP file, as in "visitor-1/runs/NAME"."""

    @property
    def n_bytes(self) -> int:
        """What they take on the disk."""
        return sum(path.stat().st_size for folder in self.folders.values() for path in _files(folder))


def class_work() -> ClassWork:
    """All that the visitors made; those are numbered in the order in which they came."""
    visitors = sorted(Visitors().all(), key=lambda visitor: visitor.created)
    numbers = {visitor.id: f"visitor-{number}" for number, visitor in enumerate(visitors, 1)}
    found: dict[str, Path] = {}
    for info in runs.list_runs():
        if info.owner:
            found[f"{numbers.get(info.owner, 'others')}/runs/{info.name}"] = runs.run_folder(info.name)
    for dataset in stored.list_datasets():
        if dataset.owner:
            name = f"{numbers.get(dataset.owner, 'others')}/datasets/{dataset.name}"
            found[name] = stored.dataset_folder(dataset.name)
    for id_, name in numbers.items():
        for upload in uploads.list_uploads(id_):
            found[f"{name}/songs/{upload.id}"] = uploads.song_folder(id_, upload.id)
    if challenges_dir().is_dir():
        found["challenges"] = challenges_dir()
    return ClassWork(found)


def pack_class(target: Path, *, progress: Progress = no_progress) -> None:
    """Write all that the visitors made into a ZIP file.

    Raises StorageError if there is no space for it.
    """
    work = class_work()
    with storage.writing_file(target) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, (name, folder) in enumerate(sorted(work.folders.items())):
            progress(done, len(work.folders))
            for path in _files(folder):
                archive.write(path, f"{name}/{path.relative_to(folder).as_posix()}")
        visitors = sorted(Visitors().all(), key=lambda visitor: visitor.created)
        facts = [
            {"name": f"visitor-{i}", "created": one.created, "seen": one.seen} for i, one in enumerate(visitors, 1)
        ]
        archive.writestr("visitors.json", json.dumps(facts, indent=2))


def delete_class() -> None:
    """Delete all that the visitors made, and what is known of them; their browsers become new visitors.

    Raises StorageError if something can't be deleted.
    """
    for folder in class_work().folders.values():
        storage.delete_folder(folder)
    for visitor in Visitors().all():
        uploads.delete_all(visitor.id)
    shutil.rmtree(visitors_dir(), ignore_errors=True)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
