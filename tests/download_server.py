"""A server on 127.0.0.1 that serves an archive, well or badly, and datasets to download from it."""

import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from genre_core.datasets.downloads import Downloadable

ARCHIVE, VERSION = "/archive", '"one"'


@dataclass
class Server:
    """What the server serves, and how; tests change it.

    Attributes
    ----------
    content : of the archive.
    version : its ETag; None for a server that names none.
    ranges : whether parts can be asked for.
    breaks : after so many bytes each answer in a row breaks off; the ones after them are whole.
    claims : the length that it claims, in place of the true one; -1 for none.
    status, content_type, location : of the answers.
    asked : the header Range of each request for the archive.
    held : if not None, waited for in the middle of the content.
    """

    address: str = ""
    content: bytes = b""
    version: str | None = VERSION
    ranges: bool = True
    breaks: list[int] = field(default_factory=list)
    claims: int | None = None
    status: int = 200
    content_type: str = "application/octet-stream"
    location: str = ""
    asked: list[str | None] = field(default_factory=list)
    held: threading.Event | None = None
    reached_middle: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """The address of the archive."""
        return self.address + ARCHIVE


@contextmanager
def running() -> Iterator[Server]:
    """Start a server, and end it."""
    server = Server()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, server)) as http:
        server.address = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=partial(http.serve_forever, poll_interval=0.01))
        thread.start()
        try:
            yield server
        finally:
            if server.held:
                server.held.set()
            http.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, server: Server, *arguments: object) -> None:
        self.setup_of = server
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        server = self.setup_of
        if self.path != ARCHIVE:
            self._answer(200, b"<html>log in</html>", {"Content-Type": "text/html; charset=utf-8"})
            return
        asked = self.headers.get("Range")
        server.asked.append(asked)
        headers = {"Content-Type": server.content_type}
        if server.location:
            self._answer(302, b"", headers | {"Location": server.location})
            return
        if server.status != 200:
            self._answer(server.status, b"no", headers)
            return
        if server.version:
            headers["ETag"] = server.version
        content, status = server.content, 200
        if asked and server.ranges and self.headers.get("If-Range") == server.version:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                self._answer(416, b"", headers | {"Content-Range": f"bytes */{len(content)}"})
                return
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            content, status = content[start:], 206
        self._answer(status, content, headers)

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        server = self.setup_of
        self.send_response(status)
        claims = len(content) if server.claims is None else server.claims
        if claims >= 0:
            headers["Content-Length"] = str(claims)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.path == ARCHIVE and server.breaks:
            content = content[: server.breaks.pop(0)]
        try:
            self.wfile.write(content[: len(content) // 2])
            if self.path == ARCHIVE and server.held:
                server.reached_middle.set()
                server.held.wait()
            self.wfile.write(content[len(content) // 2 :])
        except OSError:
            pass  # the client has gone

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


def zipped(folder: Path, inside: str = "demo-main/genres") -> bytes:
    """A ZIP archive of a folder of genres, with files beside them as such archives have them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("demo-main/README.md", "about it")
        archive.writestr(f"{inside}/.DS_Store", "x")
        for path in sorted(folder.rglob("*.wav")):
            archive.write(path, f"{inside}/{path.relative_to(folder).as_posix()}")
            archive.writestr(f"{inside}/{path.parent.name}/{path.stem}.png", "a picture")
    return buffer.getvalue()


def tarred(folder: Path, change: Callable[[tarfile.TarFile], None] = lambda tar: None) -> bytes:
    """A .tar.gz archive of a folder of genres; `change` adds to it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.add(folder, "genres")
        change(archive)
    return buffer.getvalue()


def dataset_of(folder: Path, sources: Sequence[str], *, archive: bytes = b"", name: str = "demo") -> Downloadable:
    """A dataset with the tracks of a folder of genres, verified one by one, or with an archive as a whole.

    Workers can be sent it.
    """
    files = sorted(folder.rglob("*.wav"))
    tracks = {f"{path.parent.name}/{path.stem}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    unpacked = sum(path.stat().st_size for path in files)
    return Downloadable(
        name=name,
        title="The demo",
        sources=tuple(sources),
        page="https://example.org/demo",
        archive_bytes=len(archive) or unpacked,
        unpacked_bytes=unpacked,
        load_tracks=partial(dict, dict.fromkeys(tracks, "") if archive else tracks),
        archive_md5=hashlib.md5(archive, usedforsecurity=False).hexdigest() if archive else "",
        license="Free.",
        citation="A. Author, 2020.",
    )
