"""The difference of two runs on the same test set, in sentences, and the segments on which they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genre_core.evaluation import Evaluation
from genre_core.evaluation.paired import SIGNIFICANT, PairedDifference, aligned, by_segment, by_track

if TYPE_CHECKING:
    import pandas as pd

_FEW = 6
"""With fewer tracks on which the runs differ, even all in favor of one are no significant difference."""


@dataclass(frozen=True, eq=False)
class Difference:
    """The difference of two runs on the same test set."""

    tracks: PairedDifference
    segments: PairedDifference
    differing: pd.DataFrame
    """The segments that only one run predicts correctly, those of the second run first, then by track and time.
    Columns: those of `Evaluation.to_frame` of the second run, first_genre (predicted by the first), first_correct."""

    def describe(self, first_name: str, second_name: str) -> str:
        """Which run is more accurate per track, and whether that may be chance, in sentences.

        first_name, second_name : what the runs are called.
        """
        tracks = self.tracks
        if not tracks.first_only and not tracks.second_only:
            return f"Both runs have the same {tracks.both} of {tracks.compared} tracks correct."
        counts = (
            f"Of {tracks.compared} tracks, {second_name} alone has {tracks.second_only} correct, and {first_name} "
            f"alone {tracks.first_only}. "
        )
        if tracks.first_only == tracks.second_only:
            return f"{counts}So both are equally accurate per track."
        better = second_name if tracks.second_only > tracks.first_only else first_name
        frequency = "fewer than 1" if tracks.p_value < 0.01 else f"{100 * tracks.p_value:.0f}"
        chance = (
            f"If both runs were equally good, counts at least as unequal would come out in {frequency} of 100 test sets"
        )
        if tracks.p_value < SIGNIFICANT:
            return f"{counts}{chance}: that {better} is better is hardly chance."
        few = " They differ on too few tracks to tell." if tracks.first_only + tracks.second_only < _FEW else ""
        return f"{counts}{chance}: that {better} looks better may be chance.{few}"

    def table(self) -> pd.DataFrame:
        """The rows "Tracks" and "Segments": how many both, either and neither run predict correctly.

        Columns: counted, compared, both, first_only, second_only, neither, and as text difference and p_value.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "counted": name,
                "compared": paired.compared,
                "both": paired.both,
                "first_only": paired.first_only,
                "second_only": paired.second_only,
                "neither": paired.compared - paired.both - paired.first_only - paired.second_only,
                "difference": _difference_text(paired),
                "p_value": "under 0.001" if paired.p_value < 0.001 else f"{paired.p_value:.3f}",
            }
            for name, paired in (("Tracks", self.tracks), ("Segments", self.segments))
        )


def difference(first: Evaluation, second: Evaluation) -> Difference | None:
    """The difference of two runs; None if they were not tested on the same segments."""
    pair = aligned(first, second)
    if pair is None:
        return None
    first, second = pair
    frame = second.to_frame().assign(
        first_genre=[first.genres[index] for index in first.predicted], first_correct=first.correct
    )
    frame = frame[first.correct != second.correct]
    differing = frame.sort_values(["first_correct", "track", "start_s"], kind="stable", ignore_index=True)
    return Difference(by_track(first, second), by_segment(first, second), differing)


def _difference_text(paired: PairedDifference) -> str:
    """The difference in accuracy with its interval, as in "+4.0 points (95 % CI -2.0 to +10.0)"."""
    low, high = 100 * paired.ci95.low, 100 * paired.ci95.high
    return f"{100 * paired.difference:+.1f} points (95 % CI {low:+.1f} to {high:+.1f})"
