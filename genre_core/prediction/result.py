"""The prediction of a song as data: what `predict` returns, as JSON and as a table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genre_core.features.embedding import TagKind
from genre_core.prediction.changes import GenreChange
from genre_core.prediction.reference import SimilarTrack
from genre_core.prediction.reliability import Reliability

if TYPE_CHECKING:
    import pandas as pd

IN_DOMAIN_LIMIT = 0.5
"""A song or a section with a lower in-domain score is out-of-domain."""
_TAGS_IN_ROW = 5


def _is_out_of_domain(score: float | None) -> bool:
    return score is not None and score < IN_DOMAIN_LIMIT


@dataclass(frozen=True)
class SegmentPrediction:
    """The prediction of one segment of a song."""

    start_s: float
    end_s: float
    genre: str
    """The most probable genre."""
    probabilities: dict[str, float]
    """Probability of each genre, smoothed over neighboring segments; not calibrated."""
    silent: bool
    """Whether the segment is silent. Silent segments do not count in the prediction of the song."""
    in_domain: float | None = None
    """0 to 1: whether its section is music of the run's genres; None where the run cannot tell."""

    @property
    def is_out_of_domain(self) -> bool:
        """Whether its section is probably of none of the run's genres; False where the run cannot tell."""
        return _is_out_of_domain(self.in_domain)


@dataclass(frozen=True)
class Tag:
    """One of the 50 tags of MSD_musicnn; several apply to a song at once."""

    tag: str
    score: float
    """Probability of the tag, the mean over the song."""
    kind: TagKind


@dataclass(frozen=True)
class SongPrediction:
    """The prediction of a song by a run."""

    duration_s: float
    genre: str
    """The most probable genre."""
    runner_up: str
    """The second most probable genre."""
    probabilities: dict[str, float]
    """Calibrated probability of each genre, from the mean over all segments that are not silent; they sum to one."""
    reliability: Reliability
    changes: list[GenreChange]
    """In order of time."""
    tags: list[Tag]
    """All tags, the most probable first."""
    similar: list[SimilarTrack]
    """The most similar reference tracks, the nearest first."""
    segments: list[SegmentPrediction]
    """In order of time."""
    warnings: list[str]
    """Problems of the file, and segments that do not count; sentences."""
    in_domain: float | None = None
    """0 to 1: whether the song is music of the run's genres; None where the run cannot tell."""

    @property
    def is_out_of_domain(self) -> bool:
        """Whether the song is probably of none of the run's genres; False where the run cannot tell."""
        return _is_out_of_domain(self.in_domain)

    def genre_tags(self, most: int) -> list[Tag]:
        """The most probable tags that name a style."""
        return [tag for tag in self.tags if tag.kind == "genre"][:most]

    @property
    def confidence(self) -> float:
        """Calibrated probability of the predicted genre."""
        return self.probabilities[self.genre]

    @property
    def is_counted(self) -> np.ndarray:
        """Which segments are not silent, shape (segments,), bool."""
        return np.array([not segment.silent for segment in self.segments])

    def most_probable_segment(self, genre: str) -> int:
        """The index of the segment with the highest probability of a genre."""
        return max(range(len(self.segments)), key=lambda i: self.segments[i].probabilities[genre])

    def to_dict(self) -> dict[str, Any]:
        """The prediction as JSON has it: docs/json.md describes the keys."""
        return {
            "duration_s": self.duration_s,
            "genre": self.genre,
            "runner_up": self.runner_up,
            "probabilities": dict(self.probabilities),
            "in_domain": self.in_domain,
            "reliability": asdict(self.reliability),
            "changes": [change.to_dict() for change in self.changes],
            "tags": [asdict(tag) for tag in self.tags],
            "similar": [asdict(track) for track in self.similar],
            "segments": [asdict(segment) for segment in self.segments],
            "warnings": list(self.warnings),
        }

    def to_row(self) -> dict[str, Any]:
        """The prediction as a row of a table of many songs: text and numbers, with `p_GENRE` for each genre."""
        return {
            "genre": self.genre,
            "confidence": self.confidence,
            "runner_up": self.runner_up,
            "runner_up_probability": self.probabilities[self.runner_up],
            **{f"p_{genre}": share for genre, share in self.probabilities.items()},
            "tags": "; ".join(tag.tag for tag in self.tags[:_TAGS_IN_ROW]),
            "changes": "; ".join(map(str, self.changes)),
            "in_domain": self.in_domain,
            "reliability": self.reliability.score,
            "reliability_reasons": " ".join(self.reliability.reasons),
            "duration_s": self.duration_s,
            "warnings": " ".join(self.warnings),
        }

    def to_frame(self) -> pd.DataFrame:
        """The segments as a table, a row for each.

        Returns
        -------
        Columns `start_s`, `end_s`, `genre`, `probability` (of that genre), `p_GENRE` for each genre, `silent` and
        `in_domain` (of its section; empty where the run cannot tell).
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "start_s": segment.start_s,
                    "end_s": segment.end_s,
                    "genre": segment.genre,
                    "probability": segment.probabilities[segment.genre],
                    **{f"p_{genre}": share for genre, share in segment.probabilities.items()},
                    "silent": segment.silent,
                    "in_domain": segment.in_domain,
                }
                for segment in self.segments
            ]
        ).astype({"in_domain": float})
