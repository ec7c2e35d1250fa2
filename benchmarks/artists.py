"""Artists of GTZAN, and the bootstrap over them: tracks of one artist are not independent of each other."""

import numpy as np

from genre_core.datasets import gtzan


def artist_of(track: str) -> str:
    """The artist of a track (GENRE/NAME); a track whose artist is unknown counts as an artist of its own."""
    return gtzan.facts(track).artist.strip().lower() or track


def same_artist(track: str) -> frozenset[str]:
    """The track and all tracks of GTZAN by its artist."""
    artist = artist_of(track)
    return frozenset({track, *(name for name in gtzan.all_tracks() if artist_of(name) == artist)})


def drawn(artists: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How often each track is drawn if as many artists as there are are drawn with replacement.

    Parameters
    ----------
    artists : shape (tracks,), str.

    Returns
    -------
    shape (tracks,), int.
    """
    names, index = np.unique(artists, return_inverse=True)
    counts: np.ndarray = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))[index]
    return counts
