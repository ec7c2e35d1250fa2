"""Counts and lists of names, as messages on datasets give them."""

from collections.abc import Sequence


def counted(n: int, noun: str) -> str:
    """A count with its noun, as in "1 track" or "3 tracks"."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names in a sentence: the first `most` of them, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
