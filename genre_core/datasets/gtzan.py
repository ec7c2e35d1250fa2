"""Published facts on the 1000 tracks of GTZAN, stored in gtzan.csv beside this module.

list : the subset (train, valid or test) of the fault-filtered split, with 443, 197 and 290 tracks.  No artist is in two
    subsets, and damaged or repeated tracks are excluded.  Source: C. Kereliuk, B. L. Sturm, J. Larsen, "Deep learning
    and music adversaries", IEEE Transactions on Multimedia 17(11), 2015, and the lists published with it.
artist, duplicate_of : the artist, unknown for 81 tracks, and the track of which this one is an exact copy.  Source:
    B. L. Sturm, "The state of the art ten years after a state of the art: future research in music information
    retrieval", Journal of New Music Research 43(2), 2014, and the index published with it.

Tracks are named GENRE/NAME, as in blues/blues.00000.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Subset = Literal["train", "valid", "test"]


@dataclass(frozen=True)
class TrackFacts:
    """What is published on a track."""

    subset: Subset | None
    """The subset of the fault-filtered split; None if the track is in none."""
    artist: str
    """Empty if unknown."""
    duplicate_of: str
    """The track of which this one is an exact copy; empty if it is not a copy."""


_UNKNOWN = TrackFacts(None, "", "")


@cache
def all_tracks() -> dict[str, TrackFacts]:
    """The facts on every track of GTZAN, by track name."""
    with Path(__file__).with_name("gtzan.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["track"]: TrackFacts(row["list"] or None, row["artist"], row["duplicate_of"])  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        }


def facts(track: str) -> TrackFacts:
    """The facts on a track; empty for a track that is not in GTZAN."""
    return all_tracks().get(track, _UNKNOWN)
