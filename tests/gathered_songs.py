"""Small songs, and datasets gathered from them, for tests."""

import io
import zipfile
from collections.abc import Mapping
from functools import cache

import soundfile

from genre_core.datasets.gathered import songs, store
from genre_core.datasets.gathered.facts import GatheredDataset
from tests.audio_files import encoded, sine

ANN, BEN = "a" * 16, "b" * 16


@cache
def song(hz: int, seconds: float = 4.0) -> bytes:
    """A quiet sine as a WAV file at 8 kHz; each frequency another content."""
    return encoded(sine(seconds, 8000, hz, 0.2), 8000)


def tagged(artist: str, container: str = "FLAC") -> bytes:
    """A song with an artist in its tags."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 48_000, 1, format=container) as sound:
        sound.artist = artist
        sound.write(sine(4, 48_000, 330, 0.2))
    return file.getvalue()


def gathered(genres: Mapping[str, int], owner: str = ANN, artists: int = 2) -> GatheredDataset:
    """A dataset with so many songs in each genre, by so many artists each."""
    facts = store.create_dataset("Ours", list(genres), owner)
    for g, (genre, count) in enumerate(genres.items()):
        for i in range(count):
            artist = f"{genre} {i % artists}" if artists else ""
            songs.add_song(facts.name, genre, f"{i}.wav", song(200 + 97 * g + 7 * i), by=owner, artist=artist)
    return facts


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()
