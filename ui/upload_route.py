"""The addresses by which songs of gathered datasets arrive in pieces, and by which a browser plays them.

An upload is begun, its pieces of at most CHUNK_BYTES are sent one after the other, and it is finished.  After a break
it is begun again, and the answer says how many bytes have arrived; the rest is sent.  Every piece is written to disk as
it arrives, in a thread, so that neither the memory nor the pages of other visitors notice.

Whoever sends a song needs a ticket, a signed text that the page Your dataset gives to its visitor for one dataset: no
page of another site can read it, and it is refused with the cookie of another visitor.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from genre_core.errors import GenreLabError
from ui.tickets import DOWNLOAD, PLAY, UPLOAD, Ticket

Result = TypeVar("Result")
TICKET_HEADER, OFFSET_HEADER = "X-Genre-Lab-Ticket", "X-Genre-Lab-Offset"
CHUNK_BYTES = 4_000_000
"""The longest piece of a song in one request."""
_WRITE_BYTES = 1_000_000
"""So much is held in memory at most before it is written."""
_MOST_BODY_BYTES = 16_384
_POLL_S = 0.05

Who = Callable[[dict[str, str]], str | None]
"""The id of the visitor with these cookies; None if the browser keeps none."""
Refusal = Callable[[Request], Response | None]
"""The answer to a request that a page of another site has sent."""


def routes(base: str, who: Who, refusal: Refusal) -> list[BaseRoute]:
    """The addresses of uploads and songs.

    Parameters
    ----------
    base : path under which the server answers.
    """
    route = _Uploads(who, refusal)
    return [
        Route(f"{base}/{UPLOAD}", route.begin, methods=["POST"]),
        Route(f"{base}/{UPLOAD}/{{id}}", route.append, methods=["PUT"]),
        Route(f"{base}/{UPLOAD}/{{id}}", route.finish, methods=["POST"]),
        Route(f"{base}/{PLAY}/{{dataset}}/{{song}}", route.play, methods=["GET"]),
        Route(f"{base}/{DOWNLOAD}/{{dataset}}", route.download, methods=["GET"]),
    ]


class _Uploads:
    def __init__(self, who: Who, refusal: Refusal) -> None:
        self._who, self._refusal = who, refusal

    async def begin(self, request: Request) -> Response:
        """Begin an upload, or go on with it: answers its id and how many bytes have arrived."""
        ticket = self._ticket(request)
        if isinstance(ticket, Response):
            return ticket
        asked = await _read_document(request)
        if asked is None:
            return _problem("This request can't be read; reload the page.")
        return _document(await _answering(lambda: _arrivals().begin(ticket, asked)))

    async def append(self, request: Request) -> Response:
        """Write the next piece of an upload: answers how many bytes have arrived."""
        ticket, offset = self._ticket(request), request.headers.get(OFFSET_HEADER, "")
        if isinstance(ticket, Response):
            return ticket
        length = request.headers.get("content-length", "0")
        if not (offset.isdecimal() and length.isdecimal() and int(length) <= CHUNK_BYTES):
            return _problem(f"A piece has at most {CHUNK_BYTES} bytes, and a place; reload the page.", 413)
        writer = _Writer(ticket, request.path_params["id"], int(offset))
        try:
            async for piece in request.stream():
                if answer := await writer.take(piece):
                    return answer
        except ClientDisconnect:
            pass  # what has arrived is kept
        return await writer.flush() or JSONResponse({"offset": writer.offset})

    async def finish(self, request: Request) -> Response:
        """Make a song of an upload that has arrived, or unpack the archive."""
        ticket = self._ticket(request)
        if isinstance(ticket, Response):
            return ticket
        upload = request.path_params["id"]
        job = await _answering(lambda: _arrivals().start_finishing(ticket, upload))
        if isinstance(job, Response):
            return job
        while job.running:  # without a thread, of which there are few
            await asyncio.sleep(_POLL_S)
        return _document(await _answering(lambda: _arrivals().end_finishing(ticket, upload, job)))

    async def play(self, request: Request) -> Response:
        """Send a song, or a piece of it."""
        ticket, song = self._ticket_in_address(request, PLAY), request.path_params["song"]
        return await _sending(lambda: _arrivals().send_song(ticket, song)) if ticket else _not_found()

    async def download(self, request: Request) -> Response:
        """Send the ZIP file of a dataset, once it was written."""
        ticket = self._ticket_in_address(request, DOWNLOAD)
        return await _sending(lambda: _arrivals().send_archive(ticket)) if ticket else _not_found()

    def _ticket_in_address(self, request: Request, purpose: str) -> Ticket | None:
        """The ticket in an address, which holds no header of its own, if it is right."""
        ticket = Ticket.read(request.query_params.get("ticket", ""), purpose)
        if ticket is None or self._who(request.cookies) != ticket.visitor:
            return None
        return ticket if ticket.dataset == request.path_params["dataset"] else None

    def _ticket(self, request: Request) -> Ticket | Response:
        """The ticket of a request, or the answer that refuses it."""
        if refusal := self._refusal(request):
            return refusal
        ticket = Ticket.read(request.headers.get(TICKET_HEADER, ""), UPLOAD)
        if ticket is None or self._who(request.cookies) != ticket.visitor:
            return _problem("The page has expired; reload it and choose the files again.", 403)
        return ticket


class _Writer:
    """Writes the pieces of one request, a megabyte at a time."""

    def __init__(self, ticket: Ticket, upload: str, offset: int) -> None:
        self.offset = offset
        self._ticket, self._upload = ticket, upload
        self._held = bytearray()
        self._n_bytes = 0

    async def take(self, piece: bytes) -> Response | None:
        """Take a piece as it arrives; returns an answer if it can't be written."""
        self._n_bytes += len(piece)
        if self._n_bytes > CHUNK_BYTES:
            return _problem(f"A piece has at most {CHUNK_BYTES} bytes; reload the page.", 413)
        self._held += piece
        return await self.flush() if len(self._held) >= _WRITE_BYTES else None

    async def flush(self) -> Response | None:
        """Write what is held; returns an answer if that is not possible."""
        if not self._held:
            return None
        chunk = bytes(self._held)
        offset = await _answering(lambda: _arrivals().append(self._ticket, self._upload, self.offset, chunk))
        if isinstance(offset, Response):
            return offset
        self.offset = offset
        self._held.clear()
        return None


def _arrivals() -> Any:
    """What is done in threads; imported when it is first needed, since the server starts without it."""
    from ui import arrivals

    return arrivals


async def _answering(work: Callable[[], Result]) -> Result | Response:
    """Do in a thread what takes disk access; an error that a user can cause becomes an answer."""
    try:
        return await run_in_threadpool(work)
    except GenreLabError as error:
        offset = getattr(error, "offset", None)  # of a WrongOffsetError, whose module isn't imported here
        return _problem(str(error)) if offset is None else JSONResponse({"offset": offset}, 409)


async def _sending(work: Callable[[], Response]) -> Response:
    """Send what the browser asks for, if there is such a thing and its visitor may have it."""
    try:
        return await run_in_threadpool(work)
    except GenreLabError:
        return _not_found()


async def _read_document(request: Request) -> dict[str, Any] | None:
    """What is to be uploaded; None if it is not described as it should be."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BODY_BYTES:
            return None
    try:
        document = json.loads(body)
    except ValueError:
        return None
    kinds = {"genre": str, "file_name": str, "n_bytes": int, "fingerprint": str, "kind": str, "artist": str}
    if not isinstance(document, dict) or document.keys() != kinds.keys():
        return None
    valid = all(type(document[name]) is kind for name, kind in kinds.items())
    return document if valid and document["kind"] in ("song", "archive") and document["n_bytes"] > 0 else None


def _document(answer: dict[str, Any] | Response) -> Response:
    return answer if isinstance(answer, Response) else JSONResponse(answer)


def _not_found() -> Response:
    return PlainTextResponse("Not Found", 404)


def _problem(message: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"problem": message}, status)
