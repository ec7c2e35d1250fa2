"""Errors that a user can cause.

A message says what is wrong and what to do about it, in one sentence; the pages and the command line show it as it is.
Any other exception is a bug.
"""


class GenreLabError(Exception):
    """An error that a user can cause and correct."""


class AudioError(GenreLabError):
    """Audio that can't be used: unreadable, empty, silent or too short."""


class TooShortError(AudioError):
    """Audio that is shorter than a segment."""


class SilentError(AudioError):
    """Audio that is silent throughout."""


class DatasetError(GenreLabError):
    """A dataset that can't be used: missing columns, a single genre, or empty."""


class ConfigError(GenreLabError):
    """A setting that is out of range, or settings that can't be combined."""


class RunError(GenreLabError):
    """A run that is missing, damaged, of an unknown format, or unsuitable for what was asked."""


class ModelError(GenreLabError):
    """A model file that ships with the project is missing or damaged."""


class DamagedFileError(GenreLabError):
    """A file that can't be read, or does not hold what it must."""


class StorageError(GenreLabError):
    """A folder that can't be written to, or a full disk."""


class DownloadError(GenreLabError):
    """A download that failed, or that gave something else than what was expected."""


class TrainingError(GenreLabError):
    """A training that ended before a run could be saved."""


class BatchError(GenreLabError):
    """A batch of songs that can't be predicted, or workers that can't do it."""
