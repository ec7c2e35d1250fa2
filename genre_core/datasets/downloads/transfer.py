"""From an address to a file: continued after a break, bounded, and without what is no archive.

The part of a file that has arrived is kept beside its destination, with the address and the version that the server
named (its ETag, or the time of its last change).  The rest is then asked for on the condition that the version is the
same (HTTP `Range` and `If-Range`, RFC 9110): a server that can't do that, or has another version, sends all anew.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from genre_core.errors import DamagedFileError, DownloadError
from genre_core.progress import Progress, no_progress
from genre_core.reading import limits, read_json
from genre_core.reading.archives import is_archive

if TYPE_CHECKING:
    from requests import Response

_CONNECT_S, _SILENT_S = 10.0, 30.0
"""How long a server may take to answer, and then between two pieces."""
_WAITS_S = (0.0, 1.0, 4.0, 15.0)
"""Before each attempt in a row that got no further."""
_SILENT = "was silent for too long"
_PIECE_BYTES = 1 << 18
_HEAD_BYTES = 4
"""What is needed to recognize an archive."""


class _BreakError(Exception):
    """The transfer broke off for a reason that may be gone soon."""


def fetch(url: str, path: Path, *, most_bytes: int, progress: Progress = no_progress) -> None:
    """Download an archive.

    Parameters
    ----------
    url : http or https; redirections are followed.
    path : the file; what has arrived before a break is in `part_of(path)`.
    most_bytes : larger files are refused.
    progress : called with the bytes that have arrived and their total, 0 if the server does not name it.

    Raises
    ------
    DownloadError
        If the server can't be reached, refuses, sends something else than an archive, or breaks off again and again;
        the message is a part of a sentence: the server and the reason.
    OSError
        If the file can't be written.
    """
    import requests

    host = urlsplit(url).hostname or url
    part = part_of(path)
    failures, furthest, reason = 0, _size(part), ""
    while failures < len(_WAITS_S):
        time.sleep(_WAITS_S[failures])
        try:
            _continue(url, part, most_bytes, progress)
            part.replace(path)
            _version_file(part).unlink(missing_ok=True)
            return
        except _BreakError as error:
            reason = str(error)
        except requests.ReadTimeout:
            reason = _SILENT
        except (requests.ConnectionError, requests.Timeout):
            reason = "can't be reached"
            if not furthest:
                break
        except requests.RequestException as error:
            raise DownloadError(f"{host} gives an address that can't be opened") from error
        except DownloadError as error:
            _forget(part)
            raise DownloadError(f"{host} {error}") from error
        failures = 0 if _size(part) > furthest else failures + 1
        furthest = max(furthest, _size(part))
    raise DownloadError(f"{host} {reason}")


def part_of(path: Path) -> Path:
    """Where the part of a file is that has arrived so far."""
    return path.with_name(f"{path.name}.part")


def _continue(url: str, part: Path, most_bytes: int, progress: Progress) -> None:
    """Download what is missing of a file."""
    import requests

    offset = _size(part)
    version = _known_version(part, url) if offset else ""
    headers = {"Accept-Encoding": "identity", "User-Agent": "genre-lab"}
    if version:
        headers |= {"Range": f"bytes={offset}-", "If-Range": version}
    with requests.get(url, headers=headers, stream=True, timeout=(_CONNECT_S, _SILENT_S)) as response:
        if response.status_code == 416 and version:  # the file has become shorter
            _forget(part)
            raise _BreakError("sent another version of the file")
        _check(response)
        start, total = _extent(response, offset)
        if max(total, start) > most_bytes:
            raise DownloadError(f"has a file larger than {limits.size_text(most_bytes)}, which is the limit")
        _version_file(part).write_text(json.dumps({"url": url, "version": _version(response)}), encoding="utf-8")
        with part.open("r+b" if start else "wb", buffering=0) as file:
            file.seek(start)
            file.truncate()
            size = start
            for piece in _pieces(response):
                if size == 0 and not is_archive(piece):
                    raise DownloadError("sent no archive")
                size += len(piece)
                if size > most_bytes:
                    raise DownloadError(f"sent more than {limits.size_text(most_bytes)}, which is the limit")
                file.write(piece)
                progress(size, total)
    if size == 0:
        raise DownloadError("sent an empty file")
    if total and size != total:
        raise _BreakError("broke off")


def _check(response: "Response") -> None:
    if response.status_code == 429 or response.status_code >= 500:
        raise _BreakError(f"answered with the error {response.status_code}")
    if not response.ok:
        raise DownloadError(f"answered with the error {response.status_code}")
    if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "text/html":
        raise DownloadError("sent a web page in place of the archive")


def _extent(response: "Response", offset: int) -> tuple[int, int]:
    """Where in the file the answer begins, and the size of the file, 0 if unknown."""
    if response.status_code != 206:
        return 0, _number(response.headers.get("Content-Length"))
    unit, _, extent = response.headers.get("Content-Range", "").partition(" ")
    place, _, total = extent.partition("/")
    if unit != "bytes" or _number(place.partition("-")[0]) != offset:
        raise DownloadError("sent another part of the file than was asked for")
    return offset, _number(total)


def _pieces(response: "Response") -> Iterator[bytes]:
    """The content as it was sent; the first piece is long enough to recognize an archive."""
    import urllib3

    raw: Any = response.raw
    try:
        head = raw.read(_HEAD_BYTES, decode_content=False)
        while head:
            yield head
            head = raw.read(_PIECE_BYTES, decode_content=False)
    except urllib3.exceptions.TimeoutError as error:
        raise _BreakError(_SILENT) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _BreakError("broke off") from error


def _version(response: "Response") -> str:
    """What the server calls this version of the file; empty if it names none that can be relied on."""
    tag = str(response.headers.get("ETag", ""))
    return tag if tag and not tag.startswith("W/") else str(response.headers.get("Last-Modified", ""))


def _known_version(part: Path, url: str) -> str:
    try:
        known: dict[str, str] = read_json(_version_file(part), dict[str, str])
    except DamagedFileError:
        return ""
    return known.get("version", "") if known.get("url") == url else ""


def _version_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _forget(part: Path) -> None:
    for file in (part, _version_file(part)):
        file.unlink(missing_ok=True)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 20 else 0
