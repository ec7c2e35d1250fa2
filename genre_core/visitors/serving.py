"""How a dashboard is served to a class: settings that the operator chose when it was started.

They reach the server as environment variables, so that a process manager or a hosting service can set them too.
"""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from genre_core.errors import ConfigError
from genre_core.visitors.visitor import Owned
from genre_core.wording import counted

SERVE, TOKEN, ALLOW = "GENRE_LAB_SERVE", "GENRE_LAB_OPERATOR_TOKEN", "GENRE_LAB_ALLOW"
KEEP_HOURS, MAX_RUNS, MAX_UPLOADS_MB = "GENRE_LAB_KEEP_HOURS", "GENRE_LAB_MAX_RUNS", "GENRE_LAB_MAX_UPLOADS_MB"
PUBLIC_URL = "GENRE_LAB_PUBLIC_URL"
_LEAST_TOKEN = 16
MAX_TRAININGS = 3
"""Trainings and sweeps that a visitor may have in progress."""


@dataclass(frozen=True)
class Serving:
    """Settings of a dashboard that is served to a class.

    Raises
    ------
    ConfigError
        When made, if a setting is out of range.
    """

    token: str = field(repr=False)
    """Who has it is the operator."""
    allowed: tuple[Path, ...] = ()
    """Folders of the server from which visitors may choose."""
    keep_hours: float = 24.0
    """Uploads and recordings are deleted after so many hours."""
    max_runs: int = 50
    """Runs that a visitor may have, trials of sweeps included."""
    max_uploads_mb: int = 500
    """What the uploads of a visitor may take, in megabytes."""
    public_url: str = ""
    """Address under which visitors reach the server, without a slash at the end; empty if it is the server's own."""

    def __post_init__(self) -> None:
        if len(self.token) < _LEAST_TOKEN:
            raise ConfigError(f"The operator's token in {TOKEN} needs at least {_LEAST_TOKEN} characters.")
        if not 0 < self.keep_hours <= 24 * 366:
            raise ConfigError("Uploads can be kept for more than 0 and at most 8784 hours.")
        if self.max_runs < 1 or self.max_uploads_mb < 1:
            raise ConfigError("A visitor needs room for at least 1 run and 1 MB of uploads.")
        if self.public_url and not self.public_url.startswith(("http://", "https://")):
            raise ConfigError("The public address must begin with http:// or https://.")
        for folder in self.allowed:
            if not folder.is_dir():
                raise ConfigError(f"{folder} is no folder; --allow takes an existing one.")

    @property
    def max_upload_bytes(self) -> int:
        """What the uploads of a visitor may take, in bytes."""
        return self.max_uploads_mb * 1_000_000

    @property
    def operator_url(self) -> str:
        """The link by which the operator's browser is recognized; secret.

        What is behind a # is not sent with an address, and so stands in no log of a server or proxy.
        """
        return f"{self.public_url}/enter#{self.token}"

    def environment(self) -> dict[str, str]:
        """The environment variables from which `serving` reads these settings."""
        return {
            SERVE: "1",
            TOKEN: self.token,
            ALLOW: os.pathsep.join(map(str, self.allowed)),
            KEEP_HOURS: str(self.keep_hours),
            MAX_RUNS: str(self.max_runs),
            MAX_UPLOADS_MB: str(self.max_uploads_mb),
            PUBLIC_URL: self.public_url,
        }

    def check_new_run(self, owner: str, runs: Sequence[Owned], n_in_progress: int, n_new: int = 1) -> None:
        """Raise ConfigError if a visitor may not start more trainings now.

        Parameters
        ----------
        runs : all runs.
        n_in_progress : trainings and sweeps of the visitor that have not ended.
        n_new : number of runs that the new training or sweep makes.
        """
        if not owner:
            return
        if n_in_progress >= MAX_TRAININGS:
            raise ConfigError(f"You have {counted(n_in_progress, 'training')} in progress; wait until one has ended.")
        n_runs = sum(run.owner == owner for run in runs)
        if n_runs + n_new > self.max_runs:
            raise ConfigError(
                f"This server keeps {self.max_runs} runs for each visitor, and you have {n_runs}; delete some on "
                "Compare first."
            )


def serving(environment: Mapping[str, str] = os.environ) -> Serving | None:
    """How this dashboard is served; None on localhost, where one person uses it and is the operator.

    Raises ConfigError if a variable is out of range.
    """
    if environment.get(SERVE, "") in ("", "0"):
        return None
    try:
        return Serving(
            token=environment.get(TOKEN) or _token_of_process,
            allowed=tuple(Path(text) for text in environment.get(ALLOW, "").split(os.pathsep) if text),
            keep_hours=float(environment.get(KEEP_HOURS) or Serving.keep_hours),
            max_runs=int(environment.get(MAX_RUNS) or Serving.max_runs),
            max_uploads_mb=int(environment.get(MAX_UPLOADS_MB) or Serving.max_uploads_mb),
            public_url=environment.get(PUBLIC_URL, "").rstrip("/"),
        )
    except ValueError:
        raise ConfigError(f"{KEEP_HOURS}, {MAX_RUNS} and {MAX_UPLOADS_MB} must be numbers.") from None


def new_token() -> str:
    """A random token of an operator."""
    return secrets.token_urlsafe(24)


_token_of_process = new_token()
"""Without one in the environment nobody knows it, so that nobody is the operator."""
