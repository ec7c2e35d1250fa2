"""The settings of a batch: only rows with the same settings stand in one table."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from genre_core import audio, storage
from genre_core.errors import BatchError, ConfigError, RunError
from genre_core.runs import Run, load_run


@dataclass(frozen=True)
class BatchConfig:
    """Settings of a batch. They travel to worker processes, perhaps on other machines."""

    folder: str
    """Absolute path of the folder with the songs."""
    run: str
    """Name of a bundled run, which each worker finds in its own copy of Genre Lab; otherwise the run's folder."""
    created: str
    """When the run was trained, since another run may get the same name later."""
    hop_s: float
    max_seconds: float
    """Audio of a file that is decoded at most."""

    @classmethod
    def of(cls, folder: Path, run: Run, hop_s: float) -> "BatchConfig":
        """The settings for a folder and a run, with the limits of this process."""
        is_bundled = run.folder.parent == storage.bundled_runs_dir()
        return cls(
            folder=str(folder.resolve()),
            run=run.info.name if is_bundled else str(run.folder.resolve()),
            created=run.info.created,
            hop_s=hop_s,
            max_seconds=audio.duration_limit_s(),
        )

    def load_run(self) -> Run:
        """Load the run, once for each process.

        Raises RunError if it is not on this machine, or is another one.
        """
        run = _load_run(self.run)
        if run.info.created != self.created:
            raise RunError(f"The run {self.run} is not the same on all machines; copy it to them again.")
        return run


def check_worker(config: BatchConfig) -> None:
    """Check that this process can work with these settings.

    Raises BatchError if it does not see the folder; RunError if it does not have the run; ConfigError if its limits
    differ.
    """
    if not Path(config.folder).is_dir():
        raise BatchError(f"The worker can't find the folder {config.folder}; mount it under the same path.")
    config.load_run()
    if audio.duration_limit_s() != config.max_seconds:
        raise ConfigError(
            f"GENRE_LAB_MAX_SECONDS is {audio.duration_limit_s():g} on the worker and {config.max_seconds:g} here; set "
            "it to the same value everywhere."
        )


@lru_cache(maxsize=1)
def _load_run(run: str) -> Run:
    return load_run(run)
