"""Errors that a user can cause.

A message says what is wrong and what to do, in one sentence; pages and the command line show it as it
stands.  Anything that is not a `GenreLabError` is a bug.
"""


class GenreLabError(Exception):
    """Something that a user can cause and can mend."""


class AudioError(GenreLabError):
    """A file that can't be heard: unreadable, empty, silent or too short."""


class DatasetError(GenreLabError):
    """A data set that can't be used: missing columns, one genre, nothing in it."""


class ConfigError(GenreLabError):
    """A setting outside its range, or settings that don't go together."""


class RunError(GenreLabError):
    """A run that is missing, damaged, foreign, or made for something else."""


class ModelError(GenreLabError):
    """A model that ships with the project is missing or damaged."""


class StorageError(GenreLabError):
    """A folder that can't be written to, or a full disk."""


class TrainingError(GenreLabError):
    """A training that broke off before it could become a run."""


class BatchError(GenreLabError):
    """A library of songs that can't be judged, or workers that can't do it."""
