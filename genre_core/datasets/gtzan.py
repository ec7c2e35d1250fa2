"""What is known of the 1000 tracks of GTZAN: gtzan.csv beside this module.

list : the part (train, valid or test) of the fault-filtered partition, 443, 197 and 290 tracks, in which no artist
    stands on two sides and what is damaged or repeated is left out: C. Kereliuk, B. L. Sturm, J. Larsen, "Deep
    learning and music adversaries", IEEE Transactions on Multimedia 17(11), 2015, and the lists published with it.
artist, duplicate_of : B. L. Sturm, "The state of the art ten years after a state of the art: future research in music
    information retrieval", Journal of New Music Research 43(2), 2014, and the index published with it.  81 tracks
    have no known artist; duplicate_of names the track of which another is an exact copy.

A track is known by its name, GENRE/NAME, as in blues/blues.00000.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Part = Literal["train", "valid", "test"]


@dataclass(frozen=True)
class TrackFacts:
    """What the lists say of a track."""

    part: Part | None
    """The part of the fault-filtered partition that it is in; None if it is in none."""
    artist: str
    """Empty where it is unknown."""
    duplicate_of: str
    """The track of which it is an exact copy; empty if there is none before it."""


_UNKNOWN = TrackFacts(None, "", "")


@cache
def all_tracks() -> dict[str, TrackFacts]:
    """The facts on each track of GTZAN."""
    with Path(__file__).with_name("gtzan.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["track"]: TrackFacts(row["list"] or None, row["artist"], row["duplicate_of"])  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        }


def facts(track: str) -> TrackFacts:
    """The facts on a track; nothing is known of one that is not of GTZAN."""
    return all_tracks().get(track, _UNKNOWN)
