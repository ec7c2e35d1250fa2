"""The songs of a gathered dataset.

Every function raises DatasetError if there is no such dataset, genre or song; a song that is damaged is in no list.
"""

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from genre_core import audio, storage
from genre_core.audio.tags import artist_of
from genre_core.datasets.gathered import places
from genre_core.datasets.gathered.facts import (
    LONGEST_ARTIST,
    LONGEST_FILE_NAME,
    MOST_SONGS,
    GatheredDataset,
    NoRoomError,
    Song,
    one_line,
)
from genre_core.datasets.gathered.song_files import read_song, read_songs, rewrite_song, write_song
from genre_core.datasets.gathered.store import owned_bytes, with_genre
from genre_core.errors import DatasetError
from genre_core.reading.limits import size_text
from genre_core.visitors import most_dataset_bytes, most_song_bytes, most_upload_bytes
from genre_core.wording import counted, quoted


def add_song(
    name: str,
    genre: str,
    file_name: str,
    content: Path | bytes,
    *,
    by: str = "",
    artist: str = "",
    fingerprint: str = "",
) -> Song:
    """Add a song to a dataset; for a worker process, since it opens the song.

    Parameters
    ----------
    file_name : as it came; it is shown, and names the track.  Two songs of a genre may have the same.
    content : of the file; a path is moved in, not copied, and is left where it is after an error.
    by : id of the visitor who adds it; empty for the operator.
    artist : from the tags of the file if it is empty.
    fingerprint : of the upload by which it came.

    Raises
    ------
    DatasetError
        If it is in this genre already, is larger than a song may be, or the dataset has no room.
    AudioError
        If it isn't audio.
    StorageError
        If the disk is full.
    """
    n_bytes = len(content) if isinstance(content, bytes) else content.stat().st_size
    check_size(file_name, n_bytes)
    audio.check_audio(content)
    song = Song(
        id=places.new_id(),
        genre=genre,
        name=_file_name(file_name),
        artist=_artist(artist) or _artist(artist_of(content)),
        digest=_digest(content),
        n_bytes=n_bytes,
        added=time.time(),
        by=by,
        fingerprint=fingerprint,
    )
    with places.changing(name):
        facts, known = with_genre(name, genre), read_songs(name)
        check_room(facts, known, file_name, n_bytes)
        _check_new(known, song)
        write_song(name, song, content)
    return song


def check_size(file_name: str, n_bytes: int) -> None:
    """Raise DatasetError if a song is larger than one may be."""
    if n_bytes > (most := most_song_bytes()):
        raise DatasetError(
            f"{quoted(file_name)} has {size_text(n_bytes)}, and a song may have {size_text(most)}; save it "
            "as MP3, or cut it."
        )


def check_room(facts: GatheredDataset, known: Collection[Song], file_name: str, n_bytes: int) -> None:
    """Raise NoRoomError if a dataset has no room for so many bytes more.

    Parameters
    ----------
    known : the songs of the dataset.
    file_name : of the song or the archive, for the message.
    """
    if len(known) >= MOST_SONGS:
        raise NoRoomError(f"{quoted(file_name)} was not added: a dataset has at most {counted(MOST_SONGS, 'song')}.")
    most, what = most_dataset_bytes(facts.owner), "the songs of a dataset"
    size = sum(song.n_bytes for song in known)
    if facts.owner and size + n_bytes <= most:
        most, size, what = (
            most_upload_bytes(facts.owner),
            owned_bytes(facts.owner),
            "all gathered datasets of a visitor",
        )
    if size + n_bytes > most:
        raise NoRoomError(
            f"{quoted(file_name)} was not added: {what} may have {size_text(most)} together; remove some songs first."
        )


def list_songs(name: str) -> list[Song]:
    """The songs of a dataset, in the order in which they were added."""
    return read_songs(name)


def song(name: str, song_id: str) -> Song:
    """One song of a dataset."""
    found = read_song(places.songs_folder(name) / song_id) if places.is_id(song_id) else None
    if found is None:
        raise DatasetError("This song is not in the dataset any more; choose another one.")
    return found


def song_path(name: str, song_id: str) -> Path:
    """The file of a song, whose name has no extension: its format is recognized from its content."""
    return places.songs_folder(name) / song(name, song_id).id / places.CONTENT


def move_songs(name: str, song_ids: Collection[str], genre: str) -> None:
    """Move songs to another genre of their dataset.

    Raises DatasetError if that has one of them already; none is moved then.
    """
    with places.changing(name):
        with_genre(name, genre)
        there = [other for other in read_songs(name) if other.genre == genre and other.id not in song_ids]
        moved = [replace(song(name, song_id), genre=genre) for song_id in song_ids]
        for number, one in enumerate(moved):
            _check_new([*there, *moved[:number]], one)
        for one in moved:
            rewrite_song(name, one)


def rename_song(name: str, song_id: str, file_name: str) -> None:
    """Give a song another name."""
    with places.changing(name):
        rewrite_song(name, replace(song(name, song_id), name=_file_name(file_name)))


def set_artist(name: str, song_ids: Collection[str], artist: str) -> None:
    """Name the artist of songs; an empty one is unknown."""
    with places.changing(name):
        for song_id in song_ids:
            rewrite_song(name, replace(song(name, song_id), artist=_artist(artist)))


def set_durations(name: str, durations: dict[str, float | None]) -> None:
    """Note the durations of songs, by their ids; those that are gone are no error."""
    with places.changing(name):
        for known in read_songs(name):
            if durations.get(known.id, known.duration_s) != known.duration_s:
                rewrite_song(name, replace(known, duration_s=durations[known.id]))


def remove_songs(name: str, song_ids: Collection[str]) -> None:
    """Delete songs; those that are gone are no error."""
    with places.changing(name):
        for song_id in song_ids:
            folder = places.songs_folder(name) / song_id
            if places.is_id(song_id) and folder.is_dir():
                storage.delete_folder(folder)


def tracks(name: str) -> dict[str, Song]:
    """The songs of a dataset by the id of their track (GENRE/NAME), by genre and name.

    A track is named by its file without the extension, or with it where two files of a genre differ only in that; where
    two have the same name, both have the id of the song too; if a third was given that very name, the id alone.
    """
    songs = sorted(read_songs(name), key=lambda one: (one.genre, one.name, one.added, one.id))
    count = Counter(track for one in songs for track in set(_names(one)))
    return {next((track for track in _names(one) if count[track] == 1), _names(one)[-1]): one for one in songs}


def track_files(name: str) -> dict[str, Path]:
    """The file of each track (GENRE/NAME) of a dataset."""
    folder = places.songs_folder(name)
    return {track: folder / one.id / places.CONTENT for track, one in tracks(name).items()}


def finder(name: str) -> Callable[[str], Path | None]:
    """A function that returns the file of a track (GENRE/NAME) of a dataset; None if there is no such dataset or track
    any more, or several songs have this name by now.  The songs are read once, for all tracks."""
    files: dict[str, list[Path]] = defaultdict(list)
    with suppress(DatasetError):
        folder = places.songs_folder(name)
        for one in read_songs(name):
            for track in set(_names(one)):
                files[track].append(folder / one.id / places.CONTENT)

    def find(track: str) -> Path | None:
        found = files.get(track, [])
        return found[0] if len(found) == 1 else None

    return find


def _names(song: Song) -> tuple[str, ...]:
    """The ids that the track of a song may have, the shortest first."""
    return (
        f"{song.genre}/{PurePosixPath(song.name).stem}",
        f"{song.genre}/{song.name}",
        f"{song.genre}/{song.name} ({song.id})",
        f"{song.genre}/{song.id}",
    )


def _check_new(known: Collection[Song], new: Song) -> None:
    for other in known:
        if (other.genre, other.digest) == (new.genre, new.digest):
            raise DatasetError(f"{quoted(new.name)} is in {quoted(new.genre)} already, as {quoted(other.name)}.")


def _digest(content: Path | bytes) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file_name(text: str) -> str:
    """The last part of a name as it came, in one line."""
    name = one_line(text).replace("\\", "/").rpartition("/")[2]
    return name[-LONGEST_FILE_NAME:].strip(". ") or "song"


def _artist(text: str) -> str:
    return one_line(text)[:LONGEST_ARTIST]
