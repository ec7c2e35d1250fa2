"""ZIP archives that others made, models among them: opened only if what their files unfold to is bounded."""

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from genre_core.reading import limits

_MOST_LIST_BYTES = 4_000_000
"""Of the list of files: `zipfile` reads it in one piece, and makes an object of each before it can be asked."""
_MODEL_DOCUMENT, _MOST_DOCUMENT_BYTES = "schema.json", 8_000_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The others take as much memory to unpack as the archive says."""


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
