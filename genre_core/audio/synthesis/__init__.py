"""Small synthetic songs in clearly different styles: examples for the app, and test music where there is no other.

Each style is a small band of synthesized instruments (`instruments`) that plays by a few rules (`styles`), and `songs`
lists the songs.  Nothing here is a recording, and no model that ships with the project was trained on it.
"""

from genre_core.audio.synthesis.instruments import PEAK
from genre_core.audio.synthesis.songs import SONGS, TROUBADOUR, SyntheticSong, sing, song, write_genre_folders
from genre_core.audio.synthesis.styles import CHANGE_S

__all__ = ["CHANGE_S", "PEAK", "SONGS", "TROUBADOUR", "SyntheticSong", "sing", "song", "write_genre_folders"]
