"""From an address to a file, from servers that break off, lie and refuse."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from genre_core.datasets.downloads import transfer
from genre_core.datasets.downloads.transfer import fetch, part_of
from genre_core.errors import DownloadError
from tests.download_server import Server, running

CONTENT = b"PK" + bytes(range(256)) * 4000


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        server.content = CONTENT
        yield server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def get(server: Server, path: Path, most_bytes: int = 2_000_000) -> bytes:
    fetch(server.url, path, most_bytes=most_bytes)
    return path.read_bytes()


def files(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def test_a_file_arrives_with_its_progress(server: Server, path: Path) -> None:
    reports: list[tuple[int, int]] = []
    fetch(server.url, path, most_bytes=2_000_000, progress=lambda done, total: reports.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert [done for done, _ in reports] == sorted({done for done, _ in reports})
    assert reports[-1] == (len(CONTENT), len(CONTENT))
    assert files(path) == ["archive"]
    assert server.asked == [None]


def test_what_broke_off_goes_on_where_it_ended(server: Server, path: Path) -> None:
    server.breaks = [600_000, 200_000]
    assert get(server, path) == CONTENT
    first, second, third = server.asked
    assert first is None
    assert 0 < int(second.strip("bytes=-")) < int(third.strip("bytes=-")) <= 800_000  # type: ignore[union-attr]
    assert files(path) == ["archive"]


def stop(server: Server, path: Path) -> None:
    """Download about half of the file."""

    def progress(done: int, total: int) -> None:
        if done > 500_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server.url, path, most_bytes=2_000_000, progress=progress)


def test_a_later_call_goes_on_where_an_earlier_one_was_stopped(server: Server, path: Path) -> None:
    stop(server, path)
    arrived = part_of(path).stat().st_size
    assert arrived > 500_000 and not path.exists()
    assert get(server, path) == CONTENT
    assert server.asked == [None, f"bytes={arrived}-"]


@pytest.mark.parametrize("version", [None, 'W/"weak"'])
def test_without_a_version_to_rely_on_all_is_fetched_anew(server: Server, path: Path, version: str | None) -> None:
    server.version, server.breaks = version, [600_000]
    assert get(server, path) == CONTENT
    assert server.asked == [None, None]


def test_another_version_is_fetched_anew(server: Server, path: Path) -> None:
    stop(server, path)
    server.version, server.content = '"two"', b"PK" + CONTENT[:1:-1]
    assert get(server, path) == server.content
    assert server.asked[1] is not None


def test_a_part_from_another_address_is_not_continued(server: Server, path: Path) -> None:
    part_of(path).write_bytes(b"PK of something else")
    part_of(path).with_name("archive.part.json").write_text('{"url": "http://other/", "version": "\\"one\\""}')
    assert get(server, path) == CONTENT
    assert server.asked == [None]


def test_a_server_without_ranges_sends_all_anew(server: Server, path: Path) -> None:
    server.ranges, server.breaks = False, [600_000]
    assert get(server, path) == CONTENT
    assert server.asked[1] is not None


def test_a_file_that_has_become_shorter_is_fetched_anew(server: Server, path: Path) -> None:
    part_of(path).write_bytes(CONTENT * 2)
    part_of(path).with_name("archive.part.json").write_text(f'{{"url": "{server.url}", "version": "\\"one\\""}}')
    assert get(server, path) == CONTENT


def test_a_server_that_always_breaks_off_is_given_up(server: Server, path: Path) -> None:
    server.version, server.breaks = None, [300_000] * 100
    with pytest.raises(DownloadError, match="broke off"):
        get(server, path)
    assert len(server.asked) == 3  # one that got further than before, and two in a row that did not


def test_a_server_that_claims_more_than_it_sends_is_given_up(server: Server, path: Path) -> None:
    server.claims = len(CONTENT) + 1000
    with pytest.raises(DownloadError, match="broke off"):
        get(server, path)
    assert len(server.asked) < 8


def test_a_server_that_claims_less_than_it_sends_gives_as_much(server: Server, path: Path) -> None:
    server.claims = 1000
    assert get(server, path) == CONTENT[:1000]  # unpacking finds out


@pytest.mark.parametrize("claims", [None, -1])
def test_a_file_that_is_too_large_is_refused(server: Server, path: Path, claims: int | None) -> None:
    server.claims = claims
    with pytest.raises(DownloadError, match=r"larger than 0\.5 MB|more than 0\.5 MB"):
        get(server, path, 500_000)
    assert not files(path)


def test_a_length_that_is_not_named_is_no_problem(server: Server, path: Path) -> None:
    server.claims = -1
    assert get(server, path) == CONTENT


@pytest.mark.parametrize(
    ("change", "reason", "attempts"),
    [
        ({"status": 404}, "answered with the error 404", 1),
        ({"status": 403}, "answered with the error 403", 1),
        ({"status": 503}, "answered with the error 503", 2),
        ({"content_type": "text/html"}, "sent a web page in place of the archive", 1),
        ({"content": b"<html>not what you want</html>"}, "sent no archive", 1),
        ({"content": b""}, "sent an empty file", 1),
    ],
)
def test_what_is_no_archive_is_refused(
    server: Server, path: Path, change: dict[str, object], reason: str, attempts: int
) -> None:
    for name, value in change.items():
        setattr(server, name, value)
    with pytest.raises(DownloadError, match=rf"^127\.0\.0\.1 {reason}$"):
        get(server, path)
    assert not files(path)
    assert len(server.asked) == attempts


def test_redirections_are_followed(server: Server, path: Path) -> None:
    with running() as other:
        other.content, server.location = CONTENT, other.url
        assert get(server, path) == CONTENT


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/login", "sent a web page"),
        ("/archive", "gives an address that can't be opened"),
        ("file:///etc/passwd", "gives an address that can't be opened"),
        ("http://", "gives an address that can't be opened"),
    ],
)
def test_redirections_to_something_else_are_refused(server: Server, path: Path, location: str, reason: str) -> None:
    server.location = location
    with pytest.raises(DownloadError, match=reason):
        get(server, path)
    assert not files(path)


def test_a_server_that_is_silent_is_given_up(server: Server, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_SILENT_S", 0.1)
    server.version, server.held = None, threading.Event()
    with pytest.raises(DownloadError, match="was silent for too long"):
        get(server, path)


def test_a_server_that_is_not_there_is_one_attempt(path: Path) -> None:
    with running() as server:
        url = server.url
    with pytest.raises(DownloadError, match=r"^127\.0\.0\.1 can't be reached$"):
        fetch(url, path, most_bytes=1000)
    assert not files(path)
