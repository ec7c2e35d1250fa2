"""Where the audio of a track is: on this computer, in a download, or in a gathered dataset."""

from collections.abc import Callable
from pathlib import Path

from genre_core import storage
from genre_core.datasets.folder import find_track, visible
from genre_core.datasets.gathered import songs
from genre_core.visitors import serving


def audio_finder(gathered: str = "") -> Callable[[str], Path | None]:
    """A function that returns the audio file of a track (GENRE/NAME), in the folder of the settings or among the
    downloads; None if it is in neither.

    A dashboard that is served to a class has, in place of the settings, the folders that its operator allows.

    Parameters
    ----------
    gathered : name of the gathered dataset that has the tracks, which is then searched alone; whether a visitor may
        hear them is checked by who calls.
    """
    if gathered:
        return songs.finder(gathered)
    named = storage.read_settings().get("audio_folder")
    settings = serving()
    folders = list(settings.allowed) if settings else [Path(named)] if named else []
    downloads = visible(storage.downloads_dir()) if storage.downloads_dir().is_dir() else ()
    places = (*folders, *downloads)
    return lambda track: next((path for folder in places if (path := find_track(folder, track))), None)
