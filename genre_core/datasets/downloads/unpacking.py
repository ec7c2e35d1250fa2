"""From the archive of a dataset to folders of genres: only its tracks, each under the name that is known before."""

import hashlib
import io
from pathlib import Path, PurePosixPath

from genre_core.datasets.downloads.registry import Downloadable
from genre_core.errors import DownloadError
from genre_core.progress import Progress, no_progress
from genre_core.reading.archives import read_files
from genre_core.wording import counted, listed

_AUDIO = {".wav", ".au"}
_PIECE_BYTES = 1 << 20


def check_archive(archive: Path, dataset: Downloadable) -> None:
    """Raise DownloadError if the archive as a whole is another one than is known."""
    if dataset.archive_md5:
        with archive.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        if digest != dataset.archive_md5:
            raise DownloadError(f"the archive has another checksum than that of {dataset.title}")


def unpack(archive: Path, dataset: Downloadable, folder: Path, *, progress: Progress = no_progress) -> None:
    """Unpack the tracks of a dataset into FOLDER/GENRE/NAME.

    Parameters
    ----------
    archive : ZIP or .tar.gz, of anybody.
    progress : called with the bytes of the tracks that are unpacked, and their total.

    Raises
    ------
    DownloadError
        If the archive is damaged or hostile, lacks a track, or has one with another content than is known; the message
        is a part of a sentence.
    OSError
        If a file can't be written.
    """
    tracks, missing, done = dataset.tracks, set(dataset.tracks), 0
    try:
        for name, stream in read_files(archive, most_bytes=3 * dataset.needed_bytes):
            path = PurePosixPath(name)
            track = f"{path.parent.name}/{path.stem}"
            if track not in tracks or path.suffix.lower() not in _AUDIO:
                continue
            if track not in missing:
                raise DownloadError(f"the archive has {track} twice")
            place = folder.joinpath(*PurePosixPath(track).parts).with_name(path.name)
            place.parent.mkdir(exist_ok=True)
            size, digest = _write(stream, place)
            if tracks[track] and digest != tracks[track]:
                raise DownloadError(f"{track} has another content than in {dataset.title}")
            missing.remove(track)
            done += size
            progress(min(done, dataset.unpacked_bytes), dataset.unpacked_bytes)
    except ValueError as error:
        raise DownloadError(f"the archive can't be unpacked: {error}") from error
    if missing:
        raise DownloadError(f"the archive lacks {counted(len(missing), 'track')}: {listed(sorted(missing), 3)}")


def _write(stream: io.RawIOBase, path: Path) -> tuple[int, str]:
    """Write a file; returns its size and its SHA-256 digest."""
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        while piece := stream.read(_PIECE_BYTES):
            digest.update(piece)
            size += file.write(piece)
    return size, digest.hexdigest()
