"""Songs to download: the music among the example recordings of librosa, each with the text on its author and license.

librosa lists the recordings with their SHA-256 digests.  The server has a text beside each, and a song without its text
is not used.
"""

import hashlib
import importlib.resources
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from genre_core import storage
from genre_core.errors import DownloadError
from genre_core.progress import Progress, no_progress
from genre_core.wording import size_text

SERVER = "https://librosa.org/data/audio/"
"""Where the recordings are, from `librosa.util.files`."""
PAGE = "https://librosa.org/doc/latest/recordings.html"
"""A page about the recordings."""

_MUSIC = ("vibeace", "choice", "nutcracker", "brahms", "fishin", "sweetwaltz", "pistachio", "trumpet")
"""librosa's names of the recordings that are music; the others are speech and animals."""
_MOST_AUDIO_BYTES, _MOST_TEXT_BYTES = 20_000_000, 100_000
_ANSWER_S = 20.0
_CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class LibrosaSong:
    """A song that can be downloaded."""

    name: str
    """librosa's, as in `librosa.example(name)`."""
    title: str
    """Author and title."""
    file: str
    """The name of its files, without the ending: .ogg for the audio, .txt for author and license."""
    audio_sha256: str
    text_sha256: str

    @property
    def description(self) -> str:
        """What is said of it where it can be chosen."""
        return "From the example recordings of librosa."

    @property
    def folder(self) -> Path:
        """Where its files are once it is downloaded."""
        return storage.home() / "songs" / self.name

    @property
    def path(self) -> Path:
        """Its audio."""
        return self.folder / f"{self.file}.ogg"

    @property
    def text_path(self) -> Path:
        """The text on its author and license."""
        return self.folder / f"{self.file}.txt"

    def license_text(self) -> str:
        """The text on its author and license; empty until both the text and the audio are there, and whole."""
        if not (_has(self.path, self.audio_sha256) and _has(self.text_path, self.text_sha256)):
            return ""
        return self.text_path.read_text(encoding="utf-8", errors="replace").strip()


def download_song(song: LibrosaSong, server: str = SERVER, *, progress: Progress = no_progress) -> None:
    """Download a song and its text, unless they are there.

    Parameters
    ----------
    server : address of the folder with the recordings.
    progress : called with the bytes of the audio that have arrived and their total, 0 if unknown.

    Raises
    ------
    DownloadError
        If the server can't be reached, or sends something else.
    StorageError
        If the files can't be written, or another process downloads the song.
    """
    if song.license_text():
        return
    busy = f"{song.title} is being downloaded already; wait for it, or stop it first."
    with storage.claimed(song.folder / "audio", busy=busy):
        if song.folder.is_dir():  # a file in it is missing, or was changed
            storage.delete_folder(song.folder)
        with storage.writing_folder(song.folder) as partial:
            _fetch(song, server + song.text_path.name, song.text_sha256, _MOST_TEXT_BYTES, partial, no_progress)
            _fetch(song, server + song.path.name, song.audio_sha256, _MOST_AUDIO_BYTES, partial, progress)


def _fetch(song: LibrosaSong, url: str, digest: str, most_bytes: int, place: Path, progress: Progress) -> None:
    """Download a file of a song into a folder."""
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)
    bounded = _Bounded(most_bytes, progress)
    downloader = pooch.HTTPDownloader(progressbar=bounded, chunk_size=_CHUNK_BYTES, timeout=_ANSWER_S)
    try:
        pooch.retrieve(url, f"sha256:{digest}", url.rpartition("/")[2], place, downloader=downloader)
    except requests.RequestException as error:
        status = getattr(error.response, "status_code", None)
        reason = f"the server answered with the error {status}" if status else "the server can't be reached"
        raise _failed(song, reason) from error
    except ValueError as error:  # of `_Bounded`, or of pooch, if the digest is another one
        raise _failed(song, bounded.problem or "the server sent another file") from error


def _failed(song: LibrosaSong, reason: str) -> DownloadError:
    return DownloadError(
        f"{song.title} could not be downloaded ({reason}): try again later, or put {song.path.name} and "
        f"{song.text_path.name} from {SERVER} into {song.folder}."
    )


class _Bounded:
    """What pooch tells about the bytes that arrive; raises ValueError if they are too many."""

    def __init__(self, most_bytes: int, progress: Progress) -> None:
        self.total = 0
        self.problem = ""
        self._done, self._most_bytes, self._progress = 0, most_bytes, progress

    def update(self, n_bytes: int) -> None:
        """Count bytes that have arrived."""
        self._done += n_bytes
        if self._done > self._most_bytes:
            self.problem = f"the file is larger than {size_text(self._most_bytes)}"
            raise ValueError(self.problem)
        self._progress(self._done, self.total)

    def reset(self) -> None:
        """pooch calls this once all has arrived, and then `update` with the total."""
        self._done = 0

    def close(self) -> None:
        """Nothing is open."""


def _has(path: Path, digest: str) -> bool:
    """Whether a file is there, with this content."""
    try:
        facts = path.stat()
        return _digest(path, facts.st_mtime_ns, facts.st_size) == digest
    except OSError:
        return False


@lru_cache(maxsize=64)
def _digest(path: Path, modified_ns: int, size: int) -> str:
    """The digest of a file, read again once it was changed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read() -> Iterator[LibrosaSong]:
    """The songs that the installed librosa lists."""
    data = importlib.resources.files("librosa") / "util" / "example_data"
    lines = (data / "registry.txt").read_text(encoding="utf-8").splitlines()
    digests = dict(line.rsplit(maxsplit=1) for line in lines if line.strip())
    recordings = json.loads((data / "index.json").read_text(encoding="utf-8"))
    for name in _MUSIC:
        if name in recordings:
            file = recordings[name]["path"]
            yield LibrosaSong(name, recordings[name]["desc"], file, digests[f"{file}.ogg"], digests[f"{file}.txt"])


SONGS = tuple(_read())
"""The songs, in the order in which they are offered."""
