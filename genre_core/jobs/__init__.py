"""Work that takes longer than a page may wait.

`BackgroundTask` runs one call in a thread of its own, reports its progress and can be stopped.
"""

from genre_core.jobs.background import BackgroundTask

__all__ = ["BackgroundTask"]
