"""What the data doctor reports: findings with their tracks, and the diagnosis of a whole dataset."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import pandas as pd

FindingKind = Literal[
    "exact-duplicates",
    "near-duplicates",
    "one-artist",
    "bandwidth",
    "sample-rate",
    "class-balance",
    "silence",
    "clipping",
    "too-short",
    "outliers",
]
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)
"""In the order of a report: first what makes scores misleading."""
Severity = Literal["note", "warning"]


@dataclass(frozen=True)
class Detail:
    """One group of tracks in a finding, such as a set of duplicates, or one track."""

    tracks: tuple[str, ...]
    note: str
    """The measured value in words, such as an artist, a rate or a share."""
    value: float
    """The measured value: a similarity (1 for identical tracks), a share, a frequency in Hz, a number of tracks or a
    z-score."""


@dataclass(frozen=True)
class Finding:
    """One problem of a dataset."""

    kind: FindingKind
    severity: Severity
    message: str
    """What is wrong, and how it affects a model."""
    details: tuple[Detail, ...]
    to_exclude: tuple[str, ...] = ()
    """The tracks to exclude from training in order to remove the problem; empty where that would not help."""

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        """The tracks concerned, each once."""
        return tuple(dict.fromkeys(track for detail in self.details for track in detail.tracks))


@dataclass(frozen=True)
class Check:
    """The result of one check: a finding, nothing, or the reason why it could not be made everywhere."""

    finding: Finding | None = None
    unchecked: str = ""


NEEDS_AUDIO = "the check needs audio files, and no folder with them was given"
"""Reason why a check could not be made."""


@dataclass(frozen=True)
class Diagnosis:
    """All findings on a dataset, and what could not be checked."""

    dataset: str
    """Name of the dataset."""
    n_tracks: int
    n_segments: int
    genres: dict[str, int]
    """Number of tracks per genre."""
    n_with_audio: int
    """Number of tracks whose audio was checked."""
    findings: tuple[Finding, ...]
    unchecked: dict[FindingKind, str]
    """The checks that could not be made, or not for all tracks, each with the reason."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """Files that can't be used, for other reasons than being short or silent, each with the reason."""

    @property
    def to_exclude(self) -> tuple[str, ...]:
        """The tracks that any finding suggests to exclude, each once."""
        return tuple(dict.fromkeys(track for finding in self.findings for track in finding.to_exclude))

    def to_frame(self) -> pd.DataFrame:
        """The findings as a table.

        Returns
        -------
        One row per track of each finding, or per genre where no track is concerned, with the columns kind, severity,
        group (number of the detail in its finding), track (empty for a genre), note, value, and exclude (whether the
        finding suggests to exclude the track).
        """
        import pandas as pd

        rows = [
            (finding.kind, finding.severity, group, track, detail.note, detail.value, track in finding.to_exclude)
            for finding in self.findings
            for group, detail in enumerate(finding.details)
            for track in detail.tracks or ("",)
        ]
        return pd.DataFrame(rows, columns=["kind", "severity", "group", "track", "note", "value", "exclude"])

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as JSON."""
        findings = [asdict(finding) | {"tracks": list(finding.tracks)} for finding in self.findings]
        for finding in findings:
            finding["exclude"] = finding.pop("to_exclude")
        return {
            "dataset": self.dataset,
            "tracks": self.n_tracks,
            "segments": self.n_segments,
            "genres": self.genres,
            "tracks_with_audio": self.n_with_audio,
            "findings": findings,
            "exclude": list(self.to_exclude),
            "unchecked": self.unchecked,
            "unreadable": self.unreadable,
        }
