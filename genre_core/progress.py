"""How long work reports its progress."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the number of steps done and their total; an exception that it raises ends the work."""


def no_progress(done: int, total: int) -> None:
    """Report nothing."""
