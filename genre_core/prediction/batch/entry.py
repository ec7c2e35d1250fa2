"""The prediction of one file of a batch, in a worker: it travels between processes, perhaps between machines."""

import hashlib
import os
from dataclasses import dataclass, replace
from typing import Any

from genre_core.errors import GenreLabError, ModelError, RunError
from genre_core.prediction.batch.config import BatchConfig
from genre_core.prediction.batch.files import SongFile
from genre_core.prediction.changes import GenreChange
from genre_core.prediction.result import SongPrediction
from genre_core.prediction.song import predict_file

_MOST_TAGS = 5


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
        with open(path, "rb") as file:  # noqa: PTH123
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        digest = ""  # `predict_file` gives the reason
    found = replace(song, sha256=digest)
    if digest and digest == song.sha256:
        return Entry(found, None)
    try:
        prediction = predict_file(path, run, hop_s=config.hop_s).prediction
    except (RunError, ModelError):
        raise
    except GenreLabError as error:
        return failed_entry(found, str(error))
    except Exception as error:  # one file in a million may reveal a bug, which must not stop the others
        return failed_entry(found, f"An error in Genre Lab ({type(error).__name__}: {error}); please report it.")
    return Entry(found, row(prediction))


def failed_entry(song: SongFile, error: str) -> Entry:
    """The entry of a file that could not be predicted."""
    return Entry(song, {"error": error})


def row(prediction: SongPrediction) -> dict[str, Any]:
    """The prediction in the columns of the table, as text and numbers."""
    return {
        "genre": prediction.genre,
        "confidence": prediction.confidence,
        "runner_up": prediction.runner_up,
        "runner_up_probability": prediction.probabilities[prediction.runner_up],
        **{f"p_{genre}": share for genre, share in prediction.probabilities.items()},
        "tags": "; ".join(tag.tag for tag in prediction.tags[:_MOST_TAGS]),
        "changes": "; ".join(map(_change, prediction.changes)),
        "reliability": prediction.reliability.score,
        "reliability_reasons": " ".join(prediction.reliability.reasons),
        "duration_s": prediction.duration_s,
        "warnings": " ".join(prediction.warnings),
    }


def _change(change: GenreChange) -> str:
    """A genre change as text, such as "0:31 rock > jazz (0.93)"."""
    minutes, seconds = divmod(round(change.time_s), 60)
    return f"{minutes}:{seconds:02d} {change.from_genre} > {change.to_genre} ({change.confidence:.2f})"
