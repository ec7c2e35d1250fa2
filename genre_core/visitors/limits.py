"""How much visitors may store, and for how long."""

from genre_core.visitors.serving import Serving, serving

OPERATOR_BYTES = 2_000_000_000
"""Bytes of the songs of the operator, and of the datasets: as much as a single file may have."""


def most_upload_bytes(owner: str) -> int:
    """Bytes that the songs of a visitor may have, and as many their datasets.

    owner : id of the visitor; empty for the operator.
    """
    settings = serving()
    return settings.max_upload_bytes if settings and owner else OPERATOR_BYTES


def keep_hours() -> float:
    """Songs are deleted after so many hours."""
    settings = serving()
    return settings.keep_hours if settings else Serving.keep_hours
