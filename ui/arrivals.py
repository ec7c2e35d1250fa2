"""What the route of uploads (`ui.upload_route`) does in threads: songs arrive, and browsers that play them get them.

Every function raises GenreLabError for what a visitor can cause, such as a dataset that was deleted or closed.
"""

import threading
from pathlib import Path
from typing import Any

from starlette.responses import FileResponse

from genre_core import escaping
from genre_core.datasets.gathered import incoming, songs, store
from genre_core.datasets.gathered.facts import GatheredDataset, Song, one_line
from genre_core.errors import GenreLabError
from genre_core.jobs import Job
from genre_core.visitors import Visitor
from ui import cached, player
from ui.tickets import Ticket

_adding_genre = threading.Lock()


def begin(ticket: Ticket, asked: dict[str, Any]) -> dict[str, Any]:
    """Begin an upload, or go on with it.

    Parameters
    ----------
    asked : what is to be uploaded, as the further arguments of `incoming.begin`.

    Returns
    -------
    The id, empty if the song is in the dataset already, and the number of bytes that have arrived.
    """
    is_own = Visitor(ticket.visitor).may_change(_open(ticket))
    if asked["kind"] == "archive" and not is_own:
        raise GenreLabError("Only who has made the dataset adds a ZIP file; add songs to a genre.")
    if asked["kind"] == "song" and is_own:
        asked = asked | {"genre": _known_genre(ticket.dataset, asked["genre"])}
    upload = incoming.begin(ticket.visitor, ticket.dataset, **asked)
    return {"id": upload.id, "offset": upload.offset}


def append(ticket: Ticket, upload: str, offset: int, chunk: bytes) -> int:
    """Write a piece of an upload; returns how many bytes have arrived."""
    _check_upload(ticket, upload)
    return incoming.append(upload, ticket.visitor, offset, chunk)


def start_finishing(ticket: Ticket, upload: str) -> Job[Song | Path]:
    """The job that makes a song of an upload."""
    _check_upload(ticket, upload)
    return cached.workers().submit(incoming.finish, upload, ticket.visitor, visitor=ticket.visitor, urgent=True)


def end_finishing(ticket: Ticket, upload: str, job: Job[Song | Path]) -> dict[str, Any]:
    """The id of the song once its job has ended; an archive is unpacked in the background."""
    finished = job.get()
    if isinstance(finished, Song):
        return {"song": finished.id}
    cached.begin_archive(ticket.dataset, upload, finished, ticket.visitor)
    return {}


def send_song(ticket: Ticket, song: str) -> FileResponse:
    """A song for a player; its format is found from the content, and what isn't audio is nothing that a browser
    shows."""
    _check_seen(ticket)
    path = songs.song_path(ticket.dataset, song)
    try:
        with path.open("rb") as stream:
            kind = player.browser_format(stream.read(64))
    except OSError as error:
        raise GenreLabError("The song was removed.") from error
    headers = {
        "Cache-Control": "private, max-age=3600",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(path, media_type=kind or "application/octet-stream", headers=headers)


def send_archive(ticket: Ticket) -> FileResponse:
    """The ZIP file of a dataset, once it was written."""
    dataset = _check_seen(ticket)
    path = cached.songs_file(dataset.name)
    if not path.is_file():
        raise GenreLabError("The ZIP file was not written yet.")
    name = f"{escaping.file_name(dataset.title)}.zip"
    return FileResponse(path, filename=name, headers={"Cache-Control": "no-store"})


def _known_genre(dataset: str, genre: str) -> str:
    """The genre of a dataset with a name, however it is capitalized; a new one if there is none, as from a folder of
    genre folders."""
    genre = one_line(genre)
    with _adding_genre:
        known = {one.casefold(): one for one in store.dataset_facts(dataset).genres}
        if genre.casefold() not in known:
            store.add_genre(dataset, genre)
        return known.get(genre.casefold(), genre)


def _open(ticket: Ticket) -> GatheredDataset:
    """The dataset of a ticket, if its holder may add songs to it now."""
    dataset = store.dataset_facts(ticket.dataset)
    if not store.may_add(dataset, Visitor(ticket.visitor), ticket.code):
        raise GenreLabError("The dataset is closed: nobody adds songs any more.")
    return dataset


def _check_upload(ticket: Ticket, upload: str) -> None:
    """Check that an upload goes to the dataset of a ticket, whose holder may add songs to it now."""
    if incoming.dataset_of(upload, ticket.visitor) != _open(ticket).name:
        raise GenreLabError("This upload is for another dataset; reload the page and choose the file again.")


def _check_seen(ticket: Ticket) -> GatheredDataset:
    """The dataset of a ticket, if its holder may see it now."""
    dataset, visitor = store.dataset_facts(ticket.dataset), Visitor(ticket.visitor)
    if not (visitor.may_see(dataset) or store.may_add(dataset, visitor, ticket.code)):
        raise GenreLabError("The dataset is not shared any more.")
    return dataset
