"""Faults in how the genres are represented: unequal numbers of tracks, and genres by a single artist."""

from collections import Counter

from genre_core.datasets.doctor.findings import Check, Detail, Finding, Severity
from genre_core.datasets.doctor.tracks import TrackTable
from genre_core.wording import counted, listed

UNBALANCED, VERY_UNBALANCED = 1.5, 3.0
"""Ratio of the largest to the smallest genre, in tracks, from which on it is a note, and a warning."""


def class_balance(tracks: TrackTable) -> Check:
    """Compare the numbers of tracks of the genres."""
    counts = tracks.genre_counts
    largest, smallest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    ratio = counts[largest] / counts[smallest]
    if ratio < UNBALANCED:
        return Check()
    message = (
        f"{largest} has {counted(counts[largest], 'track')}, {smallest} only {counts[smallest]}. A model gains "
        f"accuracy by predicting {largest} when it is uncertain, and the overall accuracy hides how well it predicts "
        f"{smallest}."
    )
    most = int(UNBALANCED * counts[smallest])
    details = tuple(
        Detail(tracks.of_genre(genre)[most:], f"{genre}: {counted(n, 'track')}", n) for genre, n in counts.items()
    )
    surplus = tuple(track for detail in details for track in detail.tracks)
    severity: Severity = "warning" if ratio >= VERY_UNBALANCED else "note"
    return Check(Finding("class-balance", severity, message, details, surplus))


def single_artists(tracks: TrackTable) -> Check:
    """Find genres in which all tracks with a known artist are by the same artist."""
    known = tracks.artist != ""
    unknown = [genre for genre in tracks.genre_counts if not known[tracks.genre == genre].any()]
    of_genres = "" if len(unknown) == len(tracks.genre_counts) else f" of {listed(unknown, 5)}"
    unchecked = f"the artists{of_genres} are unknown" if unknown else ""
    details, of_artists = [], []
    for genre in tracks.genre_counts:
        artists = Counter(tracks.artist[known & (tracks.genre == genre)].tolist())
        if len(artists) == 1 and artists.total() > 1:
            (artist,) = artists
            details.append(Detail(tracks.of_genre(genre), f"{genre}: {artist}", artists.total()))
            of_artists.append(f"{genre} ({artist})")
    if not details:
        return Check(unchecked=unchecked)
    message = (
        f"All tracks with a known artist are by a single artist in {listed(of_artists, 5)}. A model can learn the "
        "artist or the recording instead of the genre, and no split of this dataset can separate the two."
    )
    return Check(Finding("one-artist", "warning", message, tuple(details)), unchecked)
