"""The visitors of a server, on disk, and the key by which it recognizes their cookies."""

import hmac
import json
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from genre_core import storage
from genre_core.errors import ConfigError, DamagedFileError, StorageError
from genre_core.reading import read_json
from genre_core.visitors.codes import new_code, read_code
from genre_core.visitors.visitor import Visitor

_CODE_LENGTH = 8
"""38 random bits: with few guesses a minute, nobody finds one."""
_ID = re.compile(r"[0-9a-f]{16}")
_ATTEMPTS, _ATTEMPTS_S = 60, 60.0
"""So many wrong codes are allowed in so many seconds from one address, which a whole school may share."""
MOST_VISITORS = 5000
_KEY_BYTES = 32
_SEEN_S = 60.0
"""How exactly it is stored when a visitor was last seen."""


def visitors_dir() -> Path:
    """The visitors of a served dashboard, a file each."""
    return storage.home() / "visitors"


class Visitors:
    """The visitors of a server, on disk.  For any thread of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: dict[str, deque[float]] = {}

    def new_id(self) -> str:
        """A random id; nothing is stored before the visitor opens a page."""
        return secrets.token_hex(8)

    def meet(self, id_: str) -> Visitor:
        """The visitor with an id, who has just opened a page; a new one is stored.

        Raises StorageError if that is not possible, or there are too many.
        """
        now = datetime.now(UTC)
        with self._lock:
            visitor = self.find(id_)
            if visitor is None:
                if sum(1 for _ in visitors_dir().glob("*.json")) >= MOST_VISITORS:
                    raise StorageError("This server has too many visitors; the operator has to end the class.")
                visitor = Visitor(id_, new_code(_CODE_LENGTH), _text(now), _text(now))
            elif (now - datetime.fromisoformat(visitor.seen)).total_seconds() < _SEEN_S:
                return visitor
            visitor = replace(visitor, seen=_text(now))
            _make_folder()
            with storage.writing_file(_file(id_)) as partial:
                partial.write_text(json.dumps(asdict(visitor)), encoding="utf-8")
        return visitor

    def find(self, id_: str) -> Visitor | None:
        """The visitor with an id; None if there is none."""
        if not _ID.fullmatch(id_):
            return None
        try:
            visitor = read_json(_file(id_), Visitor)
            datetime.fromisoformat(visitor.seen)
        except (DamagedFileError, ValueError):
            return None
        return visitor if visitor.id == id_ else None

    def all(self) -> list[Visitor]:
        """All visitors, the one who was seen last first."""
        return sorted(self._all(), key=lambda visitor: visitor.seen, reverse=True)

    def with_code(self, text: str, client: str = "") -> Visitor:
        """The visitor with a code, as it was typed.

        Parameters
        ----------
        client : address of who types it: each may try so many wrong ones.

        Raises
        ------
        ConfigError : if there is none, or after too many wrong codes.
        """
        code, now = read_code(text, _CODE_LENGTH) or "", time.monotonic()
        with self._lock:
            self._failed = {one: times for one, times in self._failed.items() if now - times[-1] < _ATTEMPTS_S}
            failed = self._failed.get(client, deque(maxlen=_ATTEMPTS))
            if len(failed) == _ATTEMPTS and now - failed[0] < _ATTEMPTS_S:
                raise ConfigError("Too many wrong codes were tried; wait a minute and try again.")
            for visitor in self._all():
                if hmac.compare_digest(visitor.code.encode(), code.encode()):
                    return visitor
            failed.append(now)
            self._failed[client] = failed
        raise ConfigError("No visitor has this code; check it and try again.")

    def _all(self) -> Iterator[Visitor]:
        with suppress(FileNotFoundError, NotADirectoryError):
            for path in visitors_dir().iterdir():
                if visitor := self.find(path.stem):
                    yield visitor


def delete_visitors() -> None:
    """Forget all visitors, and the key of the server: their cookies are not recognized any more.

    Raises StorageError if that fails.
    """
    if visitors_dir().exists():
        storage.delete_folder(visitors_dir())


def server_key() -> bytes:
    """The secret key of the server, which is made when it is first needed; kept, so that cookies outlive a restart.

    Where it can't be stored, cookies last as long as the server.
    """
    path = visitors_dir() / "server.key"
    with suppress(OSError):
        if len(key := path.read_bytes()) == _KEY_BYTES:
            return key
    _make_folder()
    key = secrets.token_bytes(_KEY_BYTES)
    with suppress(StorageError), storage.writing_file(path) as partial:
        partial.write_bytes(key)
    return key


def write_operator_link(url: str) -> Path:
    """Keep the operator's link in a file that other accounts of the machine can't read; returns its path.

    Raises StorageError if that is not possible.
    """
    path = visitors_dir() / "operator-link.txt"
    _make_folder()
    with storage.writing_file(path) as partial:
        partial.write_text(f"{url}\n", encoding="utf-8")
    return path


def _make_folder() -> None:
    """Make the folder, which no other user of the machine can read: it holds codes and the key of the server."""
    with suppress(OSError):  # writing a file there says what is wrong
        visitors_dir().mkdir(mode=0o700, parents=True, exist_ok=True)


def _file(id_: str) -> Path:
    return visitors_dir() / f"{id_}.json"


def _text(time_: datetime) -> str:
    return time_.isoformat(timespec="seconds")
