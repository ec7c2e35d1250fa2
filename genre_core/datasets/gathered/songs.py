"""The songs of a gathered dataset.

Every function raises DatasetError if there is no such dataset, genre or song; a song that is damaged is in no list.
"""

from collections.abc import Collection
from pathlib import Path

from genre_core.datasets.gathered.facts import Song


def add_song(name: str, genre: str, file_name: str, content: Path | bytes, *, by: str = "", artist: str = "") -> Song:
    """Add a song to a dataset; for a worker process, since it opens the song.

    Parameters
    ----------
    file_name : as it came; it is shown, and names the track.  Two songs of a genre may have the same.
    content : of the file; a path is moved in, not copied, and is left where it is after an error.
    by : id of the visitor who adds it; empty for the operator.
    artist : from the tags of the file if it is empty.

    Raises
    ------
    DatasetError
        If it is in this genre already, is larger than a song may be, or the dataset has no room.
    AudioError
        If it isn't audio.
    StorageError
        If the disk is full.
    """
    raise NotImplementedError


def list_songs(name: str) -> list[Song]:
    """The songs of a dataset, in the order in which they were added."""
    raise NotImplementedError


def song(name: str, song_id: str) -> Song:
    """One song of a dataset."""
    raise NotImplementedError


def song_path(name: str, song_id: str) -> Path:
    """The file of a song, whose name has no extension: its format is recognized from its content."""
    raise NotImplementedError


def move_song(name: str, song_id: str, genre: str) -> None:
    """Move a song to another genre of its dataset.  Raises DatasetError if that has it already."""
    raise NotImplementedError


def rename_song(name: str, song_id: str, file_name: str) -> None:
    """Give a song another name."""
    raise NotImplementedError


def set_artist(name: str, song_ids: Collection[str], artist: str) -> None:
    """Name the artist of songs; an empty one is unknown."""
    raise NotImplementedError


def remove_songs(name: str, song_ids: Collection[str]) -> None:
    """Delete songs; those that are gone are no error."""
    raise NotImplementedError


def tracks(name: str) -> dict[str, Song]:
    """The songs of a dataset by the id of their track (GENRE/NAME), no two the same, by genre and name."""
    raise NotImplementedError


def find_track(name: str, track: str) -> Path | None:
    """The file of a track (GENRE/NAME) of a dataset; None if there is no such dataset or track any more."""
    raise NotImplementedError
