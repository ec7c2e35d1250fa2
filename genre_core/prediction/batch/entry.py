"""The prediction of one file of a batch, in a worker: it travels between processes, perhaps between machines."""

import hashlib
import os
from dataclasses import dataclass, replace
from typing import Any

from genre_core import audio
from genre_core.errors import AudioError, GenreLabError, ModelError, RunError
from genre_core.prediction.batch.config import BatchConfig
from genre_core.prediction.batch.files import SongFile
from genre_core.prediction.song import predict_file


@dataclass(frozen=True)
class Entry:
    """A file with the digest of what was predicted, and its row; None if its content has not changed."""

    song: SongFile
    row: dict[str, Any] | None


def predict_entry(song: SongFile, config: BatchConfig) -> Entry:
    """Predict a file. Whatever is wrong with it becomes a row with an error.

    Raises RunError and ModelError, which do not depend on the file.
    """
    run = config.load_run()
    path = os.path.join(config.folder, os.fsdecode(song.path))  # noqa: PTH118 (pathlib would normalize the path)
    try:
        audio.check_audio(path)
        with open(path, "rb") as file:  # noqa: PTH123
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except AudioError as error:
        return failed_entry(song, str(error))
    except OSError as error:
        return failed_entry(song, f"The file can't be read: {error.strerror}.")
    found = replace(song, sha256=digest)
    if digest == song.sha256:
        return Entry(found, None)
    try:
        prediction = predict_file(path, run, hop_s=config.hop_s).prediction
    except (RunError, ModelError):
        raise
    except GenreLabError as error:
        return failed_entry(found, str(error))
    except Exception as error:  # one file in a million may reveal a bug, which must not stop the others
        return failed_entry(found, f"An error in Genre Lab ({type(error).__name__}: {error}); please report it.")
    return Entry(found, prediction.to_row())


def failed_entry(song: SongFile, error: str) -> Entry:
    """The entry of a file that could not be predicted."""
    return Entry(song, {"error": error})
