"""Archives that others made, models among them: read only as far as what their files unfold to is bounded."""

import gzip
import io
import json
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

from genre_core.reading import limits

_MOST_LIST_BYTES = 4_000_000
"""Of the list of files: `zipfile` reads it in one piece, and makes an object of each before it can be asked."""
_MODEL_DOCUMENT, _MOST_DOCUMENT_BYTES = "schema.json", 8_000_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The others take as much memory to unpack as the archive says."""
_UTF8 = 0x800
"""The bit of a file in a ZIP archive that says that its name is in UTF-8."""
_ZIP, _GZIP = b"PK", b"\x1f\x8b"
"""How the two kinds of archives begin."""
_DAMAGE = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, gzip.BadGzipFile),
    *(EOFError, RecursionError, OverflowError, UnicodeError),
)
"""What the libraries raise of archives that are damaged."""
_MOST_PIECE_BYTES = 4_000_000
"""That are read of a .tar.gz archive at once: its headers may claim to be of any size."""


def is_archive(head: bytes) -> bool:
    """Whether a file with these first four bytes may be an archive that `read_files` reads."""
    return head.startswith((_ZIP, _GZIP))


def read_files(archive: Path, *, most_bytes: int) -> Iterator[tuple[str, io.RawIOBase]]:
    """Yield the name of each file in an archive (ZIP or .tar.gz) and its content, to be read piece by piece before the
    next file.  Folders are no files.

    Parameters
    ----------
    most_bytes : that the archive may unfold to.

    Raises
    ------
    ValueError
        If it is no archive, is damaged or too large, or has too many files, a link, a device, or a name that leads out
        of the folder into which it is unpacked; also while a content is read.
    OSError
        If the file can't be read.
    """
    with archive.open("rb") as file:
        head = file.read(2)
    if not is_archive(head):
        raise ValueError("it is no ZIP or .tar.gz archive")
    files = _files_of_zip if head == _ZIP else _files_of_tar
    with _reporting_damage():
        for name, stream in files(archive, most_bytes):
            yield name, _Content(stream)


@contextmanager
def _reporting_damage() -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise ValueError("it is damaged") from error


class _Content(io.RawIOBase):
    """The content of a file in an archive."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        with _reporting_damage():
            piece = self._stream.read(min(len(buffer), _MOST_PIECE_BYTES))
        buffer[: len(piece)] = piece
        return len(piece)


def _files_of_zip(archive: Path, most_bytes: int) -> Iterator[tuple[str, IO[bytes]]]:
    with open_archive(archive, most_bytes) as file:
        for entry in file.infolist():
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise ValueError("it holds a link")
            name = _checked_name(_name_in_zip(entry))
            if not entry.is_dir():
                with file.open(entry) as stream:
                    yield name, stream


def _files_of_tar(archive: Path, most_bytes: int) -> Iterator[tuple[str, IO[bytes]]]:
    with archive.open("rb") as file:
        limits.check_size(file.seek(0, io.SEEK_END))
        file.seek(0)
        with gzip.open(file) as unfolded, tarfile.open(fileobj=_Unfolded(unfolded, most_bytes), mode="r:") as tar:
            for number, entry in enumerate(tar):
                if number >= limits.MOST_ARCHIVE_FILES:
                    raise ValueError(f"it has more than {limits.MOST_ARCHIVE_FILES} files")
                name = _checked_name(entry.name)
                if entry.isdir():
                    continue
                if not entry.isreg() or entry.issparse():
                    raise ValueError("it holds a link or a device")
                if stream := tar.extractfile(entry):
                    yield name, stream


def _name_in_zip(entry: zipfile.ZipInfo) -> str:
    """The name of a file in a ZIP archive: macOS writes UTF-8 and does not say so, which `zipfile` takes for cp437."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _checked_name(name: str) -> str:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive:
        raise ValueError("a name in it leads out of the folder")
    return path.as_posix()


class _Unfolded(io.RawIOBase):
    """What a .tar.gz archive unfolds to, read forward only, and bounded: altogether and at once."""

    def __init__(self, stream: gzip.GzipFile, most_bytes: int) -> None:
        self._stream, self._most_bytes, self._position = stream, most_bytes, 0

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= _MOST_PIECE_BYTES:
            raise ValueError("a header in it is too large")
        content = self._stream.read(size)
        self._position += len(content)
        if self._position > self._most_bytes:
            raise ValueError(f"it unpacks to more than {limits.size_text(self._most_bytes)}, which is the limit")
        return content

    def seek(self, position: int, whence: int = io.SEEK_SET, /) -> int:
        if whence != io.SEEK_SET or position < self._position:
            raise ValueError("it is damaged")
        while position > self._position and self.read(min(position - self._position, _MOST_PIECE_BYTES)):
            pass
        return self._position

    def tell(self) -> int:
        return self._position


def open_archive(source: Path | bytes, most_bytes: int = limits.MOST_ARCHIVE_BYTES) -> zipfile.ZipFile:
    """Open a ZIP archive for reading; `zipfile` unfolds no file in it to more than was checked here.

    Parameters
    ----------
    source : a file, or its content.
    most_bytes : that its files may unfold to, all together.

    Raises
    ------
    ValueError
        If it is no archive, is too large, or has too many files, or one that is encrypted, compressed with another
        method than deflate, or there twice.
    OSError
        If the file can't be opened.
    """
    stream = _File(io.BytesIO(source) if isinstance(source, bytes) else io.FileIO(source))
    try:
        limits.check_size(stream.seek(0, io.SEEK_END))
        archive = zipfile.ZipFile(stream)
        stream.is_listed = True
        _check(archive.infolist(), most_bytes)
        return archive
    except (zipfile.BadZipFile, NotImplementedError) as error:
        stream.close()
        raise ValueError("it is no ZIP archive, or damaged") from error
    except BaseException:
        stream.close()
        raise


def check_model_archive(path: Path) -> None:
    """Refuse a model of skops that would take too much memory when it is loaded.

    It is an archive of arrays, and of one document that names an array wherever it belongs: each time anew.

    Raises
    ------
    ValueError
        If it unfolds to more than MOST_MODEL_BYTES, with each array as often as it is named, or is no such archive.
    OSError
        If the file can't be opened.
    """
    with open_archive(path, limits.MOST_MODEL_BYTES) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        if sizes.get(_MODEL_DOCUMENT, 0) > _MOST_DOCUMENT_BYTES:
            raise ValueError(f"its document is larger than {limits.size_text(_MOST_DOCUMENT_BYTES)}")
        try:
            named = _named_files(json.loads(archive.read(_MODEL_DOCUMENT)))
            _check_unfolded((sizes.get(name, 0) for name in named), limits.MOST_MODEL_BYTES)
        except (KeyError, RecursionError, zipfile.BadZipFile, zlib.error) as error:
            raise ValueError("it is no archive of a model, or damaged") from error


def _named_files(document: Any) -> Iterator[str]:
    """The names of files in a document of skops, each as often as it is there."""
    waiting = [document]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if isinstance(name := item.get("file"), str):
                yield name
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _check(entries: list[zipfile.ZipInfo], most_bytes: int) -> None:
    if len(entries) > limits.MOST_ARCHIVE_FILES:
        raise ValueError(f"it has more than {limits.MOST_ARCHIVE_FILES} files")
    if len({entry.filename for entry in entries}) < len(entries):
        raise ValueError("two files in it have the same name")
    if any(entry.compress_type not in _METHODS or entry.flag_bits & 1 for entry in entries):
        raise ValueError("a file in it is encrypted, or compressed with another method than deflate")
    _check_unfolded((entry.file_size for entry in entries), most_bytes)


def _check_unfolded(sizes: Iterable[int], most_bytes: int) -> None:
    if sum(sizes) > most_bytes:
        raise ValueError(f"it unpacks to more than {limits.size_text(most_bytes)}, which is the limit")


class _File(io.BufferedReader):
    """A file of which only so much is read at once while its list of files is read."""

    is_listed = False

    def read(self, size: int | None = -1, /) -> bytes:
        if self.is_listed:
            return super().read(size)
        content = super().read(_MOST_LIST_BYTES + 1 if size is None or size < 0 else min(size, _MOST_LIST_BYTES + 1))
        if len(content) > _MOST_LIST_BYTES:
            raise ValueError(f"its list of files is larger than {limits.size_text(_MOST_LIST_BYTES)}")
        return content
