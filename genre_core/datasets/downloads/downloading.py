"""Download a dataset: space, transfer, check, and unpacking; it is then there as a whole, or not at all.

Its features can be extracted afterwards.
"""

import shutil
from pathlib import Path
from typing import Literal

from genre_core import storage
from genre_core.datasets.downloads.registry import Downloadable
from genre_core.datasets.downloads.transfer import fetch, part_of
from genre_core.datasets.downloads.unpacking import check_archive, unpack
from genre_core.datasets.folder import read_folder
from genre_core.errors import DownloadError, StorageError
from genre_core.progress import Progress, no_progress
from genre_core.wording import size_text

State = Literal["absent", "partial", "downloaded"]

_NOTE = "README.txt"


def folder_of(dataset: Downloadable) -> Path:
    """Where a dataset is once it is downloaded: a folder with one subfolder per genre."""
    return storage.downloads_dir() / dataset.name


def state_of(dataset: Downloadable) -> State:
    """Whether a dataset is there, or a part of its archive."""
    if folder_of(dataset).is_dir():
        return "downloaded"
    archive = _archive_of(dataset)
    return "partial" if archive.exists() or part_of(archive).exists() else "absent"


def download(dataset: Downloadable, source: str = "", *, progress: Progress = no_progress) -> Path:
    """Download a dataset, unless it is there; what has arrived before a break is not fetched again.

    Parameters
    ----------
    source : address of a mirror, or path of an archive that was fetched by hand; by default, the addresses that are
        known, in their order.
    progress : called with the bytes that were fetched and unpacked, and about how many they will be.

    Returns
    -------
    Its folder.

    Raises
    ------
    DownloadError
        If no source gives the dataset.
    StorageError
        If there is no space, the folder can't be written, or another process is downloading the same dataset.
    """
    folder = folder_of(dataset)
    if folder.is_dir():
        return folder
    busy = f"{dataset.title} is being downloaded already; wait for it, or stop it first."
    with storage.claimed(folder, busy=busy):
        _check_space(dataset, 0 if source and not _is_address(source) else dataset.archive_bytes)
        if source and not _is_address(source):
            _unpack_file(storage.user_path(source), dataset, progress)
        else:
            _download(dataset, (source,) if source else dataset.sources, progress)
    return folder


def download_and_extract(dataset: Downloadable, *, progress: Progress = no_progress) -> None:
    """Download a dataset, and extract the features of the paper into the cache, so that it opens at once.

    Its tracks can be used as soon as they are unpacked (`state_of`).

    Parameters
    ----------
    progress : called with bytes and their total, and once the tracks are unpacked with tracks and their total.

    Raises
    ------
    DownloadError, StorageError
        See `download`.
    DatasetError
        If no track can be used.
    """
    read_folder(download(dataset, progress=progress), jobs=1, progress=progress)


def _is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def _download(dataset: Downloadable, sources: tuple[str, ...], progress: Progress) -> None:
    """Download and unpack from the first source that can be used."""
    archive = _archive_of(dataset)

    def on_fetched(done: int, total: int) -> None:
        progress(done, max(total or dataset.archive_bytes, done) + dataset.unpacked_bytes)

    reasons = []
    for source in sources:
        try:
            with storage.reporting_errors(archive.parent):
                archive.parent.mkdir(parents=True, exist_ok=True)
                if not archive.exists():
                    fetch(source, archive, most_bytes=2 * dataset.archive_bytes, progress=on_fetched)
        except DownloadError as error:
            reasons.append(str(error))
            continue
        try:
            _unpack(archive, dataset, progress)
        except DownloadError as error:
            archive.unlink(missing_ok=True)
            reasons.append(str(error))
            continue
        archive.unlink(missing_ok=True)
        return
    raise DownloadError(
        f"{dataset.title} could not be downloaded ({'; '.join(reasons)}): try again later, or fetch the archive from "
        f"{dataset.page} in another way and run `genre-lab download {dataset.name} --from FILE`."
    )


def _unpack_file(archive: Path, dataset: Downloadable, progress: Progress) -> None:
    """Unpack an archive that was fetched by hand."""
    if not archive.is_file():
        raise DownloadError(f"{archive} is no file; name the archive of {dataset.title} (ZIP or .tar.gz).")
    try:
        _unpack(archive, dataset, progress)
    except DownloadError as error:
        raise DownloadError(f"{archive} can't be used: {error}; {dataset.page} has the right archive.") from error


def _unpack(archive: Path, dataset: Downloadable, progress: Progress) -> None:
    fetched = archive.stat().st_size

    def on_unpacked(done: int, total: int) -> None:
        progress(fetched + done, fetched + total)

    check_archive(archive, dataset)
    with storage.writing_folder(folder_of(dataset)) as partial:
        unpack(archive, dataset, partial, progress=on_unpacked)
        note = f"{dataset.title}\n\n{dataset.license}\n{dataset.citation}\n{dataset.page}\n"
        (partial / _NOTE).write_text(note, encoding="utf-8")


def _check_space(dataset: Downloadable, archive_bytes: int) -> None:
    folder = storage.downloads_dir()
    existing = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    archive = _archive_of(dataset)
    arrived = sum(file.stat().st_size for file in (archive, part_of(archive)) if file.exists())
    needed = max(archive_bytes - arrived, 0) + dataset.unpacked_bytes
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise StorageError(
            f"{dataset.title} needs {size_text(needed)} in {folder}, where {size_text(free)} are free; free some "
            "space, or name another folder in GENRE_LAB_HOME."
        )


def _archive_of(dataset: Downloadable) -> Path:
    """Where the archive is until it is unpacked: hidden, so that it is no dataset."""
    return storage.downloads_dir() / ".archives" / dataset.name
