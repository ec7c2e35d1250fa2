"""One song of a library: where it lies, by what it is judged, and what comes of it.  Runs in the workers.

Everything here travels between processes, and perhaps between machines.
"""

import hashlib
import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from genre_core import audio, storage
from genre_core.errors import BatchError, ConfigError, GenreLabError, ModelError, RunError
from genre_core.prediction import SongPrediction, predict_file
from genre_core.prediction.changes import Change
from genre_core.runs import Run, load_run

_MOST_TAGS = 5


@dataclass(frozen=True)
class BatchConfig:
    """By what songs are judged: rows stand in one table only where all of this is the same."""

    folder: str
    """Of the library, absolute."""
    run: str
    """A bundled run's name, wherever Genre Lab lies on a worker's machine; else the run's folder."""
    created: str
    """When that run was trained, for a name may be given again."""
    hop_s: float
    max_seconds: float

    def load_run(self) -> Run:
        """The run, opened once a process.  RunError if it isn't here, or is another."""
        run = _known_run(self.run)
        if run.info.created != self.created:
            raise RunError(f"The run {self.run} is not the same on all machines; copy it to them anew.")
        return run


def batch_config(folder: Path, run: Run, hop_s: float) -> BatchConfig:
    """What tells how the songs of a folder are judged, as it is set here."""
    is_bundled = run.folder.parent == storage.BUNDLED / "runs"
    return BatchConfig(
        folder=str(folder.resolve()),
        run=run.info.name if is_bundled else str(run.folder.resolve()),
        created=run.info.created,
        hop_s=hop_s,
        max_seconds=audio.duration_limit_s(),
    )


@dataclass(frozen=True)
class Song:
    """An audio file and the state in which it was found."""

    path: bytes
    """Below the library's folder: old file names are not always text."""
    size: int
    modified_ns: int
    sha256: str = ""
    """Of the content: that which was judged before, if it was."""

    @property
    def file(self) -> str:
        """The path as text, with / and without the library's folder."""
        return self.path.decode("utf-8", errors="replace")


@dataclass(frozen=True)
class Entry:
    """What is known of a song: the digest of what was judged, and its row, or None where that is as it was before."""

    song: Song
    row: dict[str, Any] | None


def predict_entry(song: Song, batch_config: BatchConfig) -> Entry:
    """Judge a song.  Whatever is wrong with its file becomes a row with an error.

    Raises RunError and ModelError, which have nothing to do with the file.
    """
    run = batch_config.load_run()
    path = os.path.join(batch_config.folder, os.fsdecode(song.path))  # noqa: PTH118 (keeps what pathlib would tidy)
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        digest = ""  # `predict_file` says why
    found = replace(song, sha256=digest)
    if digest and digest == song.sha256:
        return Entry(found, None)
    try:
        prediction = predict_file(path, run, hop_s=batch_config.hop_s).prediction
    except (RunError, ModelError):
        raise
    except GenreLabError as error:
        return failed(found, str(error))
    except Exception as error:  # one file in a million may find a fault of ours, and must not stop the others
        return failed(found, f"It can't be judged, for a fault of Genre Lab's ({type(error).__name__}: {error}).")
    return Entry(found, row(prediction))


def failed(song: Song, error: str) -> Entry:
    """A song that could not be judged."""
    return Entry(song, {"error": error})


def row(prediction: SongPrediction) -> dict[str, Any]:
    """A verdict in the columns of the table, as texts and numbers."""
    return {
        "genre": prediction.genre,
        "probability": prediction.probabilities[prediction.genre],
        "runner_up": prediction.runner_up,
        "runner_up_probability": prediction.probabilities[prediction.runner_up],
        **{f"p_{genre}": share for genre, share in prediction.probabilities.items()},
        "tags": "; ".join(tag.tag for tag in prediction.tags[:_MOST_TAGS]),
        "changes": "; ".join(map(_change, prediction.changes)),
        "trust": prediction.reliability.score,
        "trust_reasons": " ".join(prediction.reliability.reasons),
        "duration_s": prediction.duration_s,
        "warnings": " ".join(prediction.warnings),
    }


def check_worker(batch_config: BatchConfig) -> None:
    """BatchError unless this process can judge as it is asked to: it sees the folder and has the run."""
    if not Path(batch_config.folder).is_dir():
        raise BatchError(f"The worker sees no folder {batch_config.folder}; mount it there under the same path.")
    batch_config.load_run()
    if audio.duration_limit_s() != batch_config.max_seconds:
        raise ConfigError(
            f"GENRE_LAB_MAX_SECONDS is {audio.duration_limit_s():g} on the worker and {batch_config.max_seconds:g} here; set it "
            "to the same everywhere."
        )


def _change(change: Change) -> str:
    """Such as 0:31 rock > jazz (0.93)."""
    minutes, seconds = divmod(round(change.time_s), 60)
    return f"{minutes}:{seconds:02d} {change.before} > {change.after} ({change.confidence:.2f})"


@lru_cache(maxsize=1)
def _known_run(run: str) -> Run:
    return load_run(run)
