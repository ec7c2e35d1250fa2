"""How much visitors may store, and for how long."""

from genre_core.visitors.serving import Serving, serving

OPERATOR_BYTES = 2_000_000_000
"""Bytes of the songs of the operator, and of the datasets: as much as a single file may have."""
MOST_SONG_BYTES = 20_000_000
"""Of a song in a gathered dataset: four minutes of FLAC, or 20 minutes of MP3."""
MOST_DATASET_BYTES = 2_000_000_000
"""Of all songs of a gathered dataset."""


def most_upload_bytes(owner: str) -> int:
    """Bytes that the songs of a visitor may have, as many their tables, and as many their gathered datasets.

    owner : id of the visitor; empty for the operator.
    """
    settings = serving()
    return settings.max_upload_bytes if settings and owner else OPERATOR_BYTES


def most_dataset_bytes(owner: str) -> int:
    """Bytes that the songs of a gathered dataset may have: for a visitor no more than all of theirs.

    owner : id of the visitor whose dataset it is; empty for the operator.
    """
    return min(MOST_DATASET_BYTES, most_upload_bytes(owner))


def most_song_bytes() -> int:
    """Bytes that a song of a gathered dataset may have."""
    return MOST_SONG_BYTES


def keep_hours() -> float:
    """Songs are deleted after so many hours."""
    settings = serving()
    return settings.keep_hours if settings else Serving.keep_hours
