"""Songs that arrive in pieces: what is refused, and that an upload goes on after a break."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.applications import Starlette

from genre_core import audio
from genre_core.audio import synthesis
from genre_core.datasets.gathered import songs, store
from genre_core.datasets.gathered.facts import GatheredDataset
from genre_core.visitors import Serving, most_song_bytes
from ui import server, upload_route
from ui.tickets import DOWNLOAD, PLAY, UPLOAD, Ticket

SONG = audio.wav_bytes(synthesis.song("furnace").clip(seconds=7))
ANN, BEN = "a" * 16, "b" * 16
HOST = "localhost:8501"


@dataclass(frozen=True)
class Answer:
    """The answer to a request."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.content)
        return document


@dataclass
class Browser:
    """A browser that speaks with the server's routes directly; a body may break off."""

    visitor: str
    origin: str = f"http://{HOST}"

    def ask(self, method: str, path: str, body: bytes = b"", breaks: bool = False, **headers: str) -> Answer:
        sent: list[dict[str, Any]] = []
        coming: Iterator[dict[str, Any]] = iter(
            [{"type": "http.request", "body": body, "more_body": breaks}, {"type": "http.disconnect"}]
        )
        given = {"host": HOST, "origin": self.origin, "content-length": str(len(body)), **headers}
        address, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"spec_version": "2.4"},
            "method": method,
            "path": f"/{address}",
            "query_string": query.encode(),
            "headers": [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in given.items()],
            "scheme": "http",
            "server": ("localhost", 8501),
            "client": ("127.0.0.1", 1),
        }

        async def receive() -> dict[str, Any]:
            return next(coming)

        async def send(message: Any) -> None:
            sent.append(message)

        app = Starlette(routes=upload_route.routes("", lambda cookies: self.visitor, server.refuse_other_sites))
        asyncio.run(app(scope, receive, send))
        start, *rest = sent
        found = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], found, b"".join(message.get("body", b"") for message in rest))

    def begin(self, ticket: str, **changes: Any) -> Answer:
        asked = {
            "genre": "blues",
            "file_name": "mine.wav",
            "n_bytes": len(SONG),
            "kind": "song",
            "fingerprint": "1-2-3",
            "artist": "",
        }
        return self.ask("POST", UPLOAD, json.dumps(asked | changes).encode(), x_genre_lab_ticket=ticket)

    def send(self, ticket: str, upload: str, offset: int, piece: bytes, breaks: bool = False) -> Answer:
        headers = {"x_genre_lab_ticket": ticket, "x_genre_lab_offset": str(offset)}
        return self.ask("PUT", f"{UPLOAD}/{upload}", piece, breaks, **headers)

    def finish(self, ticket: str, upload: str) -> Answer:
        return self.ask("POST", f"{UPLOAD}/{upload}", x_genre_lab_ticket=ticket)


@pytest.fixture
def ann() -> Browser:
    return Browser(ANN)


@pytest.fixture
def dataset() -> GatheredDataset:
    return store.create_dataset("Ann's", ["blues", "rock"], ANN)


@pytest.fixture
def ticket(dataset: GatheredDataset) -> str:
    return Ticket(ANN, dataset.name).signed(UPLOAD)


def test_a_song_arrives_in_pieces_and_is_played(ann: Browser, dataset: GatheredDataset, ticket: str) -> None:
    upload = ann.begin(ticket).document["id"]
    assert ann.send(ticket, upload, 0, SONG[:100_000]).document == {"offset": 100_000}
    assert ann.send(ticket, upload, 100_000, SONG[100_000:]).document == {"offset": len(SONG)}
    song = ann.finish(ticket, upload).document["song"]
    (stored,) = songs.list_songs(dataset.name)
    assert (stored.id, stored.name, stored.genre, stored.by) == (song, "mine.wav", "blues", ANN)
    playing = Ticket(ANN, dataset.name).signed(PLAY)
    played = ann.ask("GET", f"{PLAY}/{dataset.name}/{song}?ticket={playing}", range="bytes=0-99")
    assert (played.status, played.content) == (206, SONG[:100])
    assert played.headers["content-type"] == "audio/wav" and "sandbox" in played.headers["content-security-policy"]


def test_an_upload_goes_on_after_a_break(ann: Browser, dataset: GatheredDataset, ticket: str) -> None:
    upload = ann.begin(ticket).document["id"]
    ann.send(ticket, upload, 0, SONG[:150_000], breaks=True)
    assert ann.begin(ticket).document == {"id": upload, "offset": 150_000}
    wrong = ann.send(ticket, upload, 100_000, SONG[100_000:])
    assert (wrong.status, wrong.document["offset"]) == (409, 150_000)
    assert ann.send(ticket, upload, 150_000, SONG[150_000:]).document == {"offset": len(SONG)}
    assert ann.finish(ticket, upload).status == 200
    assert songs.song_path(dataset.name, songs.list_songs(dataset.name)[0].id).read_bytes() == SONG


def test_a_file_that_was_sent_already_is_not_sent_again(ann: Browser, dataset: GatheredDataset, ticket: str) -> None:
    upload = ann.begin(ticket, artist="Ann").document["id"]
    ann.send(ticket, upload, 0, SONG)
    ann.finish(ticket, upload)
    assert ann.begin(ticket).document == {"id": "", "offset": len(SONG)}
    assert ann.begin(ticket, genre="rock").document["offset"] == 0
    assert [song.artist for song in songs.list_songs(dataset.name)] == ["Ann"]


def test_a_folder_of_genres_makes_those_that_are_not_there(ann: Browser, dataset: GatheredDataset, ticket: str) -> None:
    for genre in ("Blues", "jazz"):
        assert ann.begin(ticket, genre=genre).status == 200
    assert store.dataset_facts(dataset.name).genres == ("blues", "rock", "jazz")


def test_an_upload_that_is_not_complete_is_no_song(ann: Browser, dataset: GatheredDataset, ticket: str) -> None:
    upload = ann.begin(ticket).document["id"]
    ann.send(ticket, upload, 0, SONG[:1000])
    assert ann.finish(ticket, upload).status == 400
    assert not songs.list_songs(dataset.name)


def test_what_is_no_audio_is_refused_in_a_sentence(ann: Browser, dataset: GatheredDataset, ticket: str) -> None:
    upload = ann.begin(ticket, n_bytes=5000, file_name="text.mp3").document["id"]
    ann.send(ticket, upload, 0, b"no audio " * 555 + b"12345")
    answer = ann.finish(ticket, upload)
    assert answer.status == 400 and "isn't audio" in answer.document["problem"]
    assert not songs.list_songs(dataset.name)


@pytest.mark.parametrize(
    ("origin", "visitor", "purpose", "change"),
    [
        ("https://evil.example", ANN, UPLOAD, ""),
        ("null", ANN, UPLOAD, ""),
        (f"http://{HOST}", BEN, UPLOAD, ""),
        (f"http://{HOST}", ANN, PLAY, ""),
        (f"http://{HOST}", ANN, UPLOAD, "x"),
    ],
    ids=["another site", "no site", "another visitor", "another purpose", "forged"],
)
def test_without_a_ticket_of_the_visitor_nothing_is_taken(
    dataset: GatheredDataset, origin: str, visitor: str, purpose: str, change: str
) -> None:
    ticket = Ticket(ANN, dataset.name).signed(purpose) + change
    browser = Browser(visitor, origin)
    for answer in (browser.begin(ticket), browser.send(ticket, "0" * 16, 0, b"x"), browser.finish(ticket, "0" * 16)):
        assert answer.status == 403


def test_nobody_goes_on_with_the_upload_of_another(ann: Browser, dataset: GatheredDataset, ticket: str) -> None:
    upload = ann.begin(ticket).document["id"]
    code = store.open_to_class(dataset.name)
    ben, ticket_of_ben = Browser(BEN), Ticket(BEN, dataset.name, code).signed(UPLOAD)
    assert ben.send(ticket_of_ben, upload, 0, SONG[:10]).status == 400
    assert ben.finish(ticket_of_ben, upload).status == 400
    assert ann.begin(ticket).document["offset"] == 0


def test_with_the_code_of_a_dataset_others_add_songs_until_it_is_closed(dataset: GatheredDataset) -> None:
    code, ben = store.open_to_class(dataset.name), Browser(BEN)
    ticket = Ticket(BEN, dataset.name, code).signed(UPLOAD)
    upload = ben.begin(ticket).document["id"]
    assert ben.begin(ticket, kind="archive").status == 400
    assert ben.begin(ticket, genre="jazz").status == 400
    assert ben.begin(Ticket(BEN, dataset.name, "ACDEFG").signed(UPLOAD)).status == 400
    assert ben.begin(Ticket(BEN, dataset.name).signed(UPLOAD)).status == 400
    store.close(dataset.name)
    for answer in (ben.begin(ticket), ben.send(ticket, upload, 0, SONG[:10]), ben.finish(ticket, upload)):
        assert answer.status == 400 and "closed" in answer.document["problem"]


def test_an_upload_goes_to_the_dataset_for_which_it_was_begun(ann: Browser, dataset: GatheredDataset) -> None:
    """Who may add songs to two datasets can't begin an upload to one and end it in the other, or in a closed one."""
    code, ben = store.open_to_class(dataset.name), Browser(BEN)
    of_ben = Ticket(BEN, store.create_dataset("Ben's", ["blues"], BEN).name).signed(UPLOAD)
    of_ann = Ticket(BEN, dataset.name, code).signed(UPLOAD)
    archive = ben.begin(of_ben, kind="archive").document["id"]
    assert ben.send(of_ben, archive, 0, SONG).document == {"offset": len(SONG)}
    assert "another dataset" in ben.finish(of_ann, archive).document["problem"]
    late = ben.begin(of_ann).document["id"]
    store.close(dataset.name)
    for answer in (ben.send(of_ben, late, 0, SONG), ben.finish(of_ben, late)):
        assert "another dataset" in answer.document["problem"]


@pytest.mark.parametrize("folder", ["Électro", "E\u0301lectro", "ÉLECTRO", "  électro "])
def test_a_genre_is_the_same_however_a_system_writes_it(
    ann: Browser, dataset: GatheredDataset, ticket: str, folder: str
) -> None:
    store.add_genre(dataset.name, "électro")
    assert ann.begin(ticket, genre=folder).status == 200
    for _ in range(2):
        assert ann.begin(ticket, genre=f"{folder}  2").status == 200
    assert len(store.dataset_facts(dataset.name).genres) == 4


def test_limits_hold_before_and_while_a_song_arrives(ann: Browser, ticket: str, monkeypatch: Any) -> None:
    assert "20 MB" in ann.begin(ticket, n_bytes=most_song_bytes() + 1).document["problem"]
    assert ann.begin(ticket, n_bytes=0).status == 400
    upload = ann.begin(ticket, n_bytes=1000).document["id"]
    assert ann.send(ticket, upload, 0, b"x" * 1001).status == 400
    assert ann.send(ticket, upload, 0, b"x" * (upload_route.CHUNK_BYTES + 1)).status == 413
    for name, value in Serving("x" * 16, max_uploads_mb=1).environment().items():
        monkeypatch.setenv(name, value)
    assert "1 MB" in ann.begin(ticket, n_bytes=1_500_000).document["problem"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"genre": 1}', b"x" * 20_000])
def test_a_request_that_is_none_is_refused(ann: Browser, ticket: str, body: bytes) -> None:
    assert ann.ask("POST", UPLOAD, body, x_genre_lab_ticket=ticket).status == 400


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.5"])
def test_a_piece_without_a_place_is_refused(ann: Browser, ticket: str, offset: str) -> None:
    upload = ann.begin(ticket).document["id"]
    answer = ann.ask("PUT", f"{UPLOAD}/{upload}", b"x", x_genre_lab_ticket=ticket, x_genre_lab_offset=offset)
    assert answer.status == 413


def test_others_neither_hear_nor_download_a_dataset_before_it_is_shared(dataset: GatheredDataset) -> None:
    song = songs.add_song(dataset.name, "blues", "mine.wav", SONG, by=ANN)

    def heard(ticket: Callable[[str], str], visitor: str = BEN) -> tuple[int, int]:
        browser = Browser(visitor)
        played = browser.ask("GET", f"{PLAY}/{dataset.name}/{song.id}?ticket={ticket(PLAY)}")
        loaded = browser.ask("GET", f"{DOWNLOAD}/{dataset.name}?ticket={ticket(DOWNLOAD)}")
        return played.status, loaded.status

    of_ben = Ticket(BEN, dataset.name).signed
    assert heard(of_ben) == (404, 404)
    assert heard(Ticket(ANN, dataset.name).signed) == (404, 404)  # with Ben's cookie
    store.share_dataset(dataset.name, True)
    assert heard(of_ben) == (200, 404)  # the ZIP file was not written yet
    assert heard(lambda purpose: of_ben(UPLOAD)) == (404, 404)
