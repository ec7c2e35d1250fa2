"""Runs side by side: which can be ranked against each other, and what changes when only the split does."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from genre_core.datasets.splits import DRAWN, SplitKind
from genre_core.runs import RunInfo

_LARGE_GAP = 0.1
_SAME = (
    "Here the two splits are the same: each track is one segment, so no track can stand on both sides. Only a split by "
    "artist is harder."
)
_WHAT_IS_NEW = {"track": "on tracks that it never heard", "artist": "on artists that it never heard"}


@dataclass(frozen=True)
class Comparison:
    """What can be said of several runs."""

    tests: int
    """In how many ways they were tested."""
    best: dict[str, str]
    """For each `test_of` that several runs share, the name of the one that heard most tracks right there; those that
    were stopped early are not ranked."""
    warnings: list[str]
    """Sentences on what can't be ranked."""


def test_of(info: RunInfo) -> str:
    """What a run was tested on, in words: runs may be ranked only where it is the same, segment by segment."""
    split, of = info.split, f"{info.split.description} of {info.data}"
    if split.kind in DRAWN:
        of += f"{'' if split.folds else f', {100 * split.test_size:g} % tested'}, seed {split.seed}"
    return f"{of}, test part {info.test_id}"


def compare(infos: Sequence[RunInfo]) -> Comparison:
    """Say which run is best on each test, and what must not be ranked."""
    by_test: dict[str, list[RunInfo]] = {}
    for info in infos:
        by_test.setdefault(test_of(info), []).append(info)
    best = {}
    for test, group in by_test.items():
        whole = [info for info in group if not info.stopped]
        if len(whole) > 1:
            best[test] = max(whole, key=lambda info: (info.scores.track_accuracy, info.scores.accuracy)).name
    warnings = []
    if len(by_test) > 1:
        warnings.append(
            f"These runs were tested in {len(by_test)} ways ({'; '.join(by_test)}), so their scores can't be ranked "
            "against each other."
        )
    return Comparison(len(by_test), best, warnings)


def siblings(info: RunInfo, infos: Sequence[RunInfo]) -> dict[SplitKind, RunInfo]:
    """The same configuration under each drawn split: of each kind the first in `infos` that learned from the same data
    and features with the same settings, `info` itself for its own.  What was stopped early has no siblings."""
    found: dict[SplitKind, RunInfo] = {info.split.kind: info} if info.split.kind in DRAWN else {}
    same = ("data_id", "features", "feature_version", "segment_samples", "genres", "config")
    for other in infos:
        alike = all(getattr(other, name) == getattr(info, name) for name in same)
        alike = alike and not (info.stopped or other.stopped)
        split = other.split
        drawn = (split.folds, split.selection) == (info.split.folds, info.split.selection)
        drawn = drawn and (split.folds is not None or split.test_size == info.split.test_size)
        if alike and drawn and split.kind in DRAWN:
            found.setdefault(split.kind, other)
    return {kind: found[kind] for kind in DRAWN if kind in found}


def describe_gap(found: dict[SplitKind, RunInfo]) -> str | None:
    """What the gap between the random split and the stricter ones means; None where there is nothing to compare.

    Accuracies are per segment.  A gap counts where the interval of the difference does not reach zero; it is made of
    the intervals of the two (Zou and Donner 2008).

    Parameters
    ----------
    found : from `siblings`.
    """
    if "random" not in found:
        return None
    leaky = found["random"]
    by_track = leaky.counts.shared_tracks > 0
    stricter = [found[kind] for kind in (DRAWN[1:] if by_track else ("artist",)) if kind in found]
    if not stricter:
        return _SAME if "track" in found else None
    what, heard = ("recordings", "parts of the same tracks") if by_track else ("artists", "tracks of the same artists")
    fallen = [info for info in stricter if _surely_lower(info, leaky)]
    lowest = min(fallen or stricter, key=lambda info: info.scores.accuracy)
    gap = leaky.scores.accuracy - lowest.scores.accuracy
    if gap <= 0:
        return f"No gap: where it can't know the {what} it does as well."
    if not fallen:
        return f"The gap of {100 * gap:.0f} points may be chance: so few tracks are tested."
    chance = 1 / (len(lowest.genres) - len(lowest.untested_genres))
    if lowest.scores.accuracy - chance < gap:
        judgment = f"This model recognizes {what}, not genres"
    elif gap > _LARGE_GAP:
        points = f"{100 * gap:.0f} of its {100 * leaky.scores.accuracy:.0f} points"
        judgment = f"For {points} this model recognizes {what}, not genres"
    else:
        judgment = f"A little of this is memory of {what}"
    falls = " and ".join(f"to {_percent(info)} {_WHAT_IS_NEW[info.split.kind]}{_reach(info)}" for info in fallen)
    return (
        f"{judgment}: of the segments it names {_percent(leaky)} right where it has heard other {heard} "
        f"({leaky.split.description}). That falls {falls}."
    )


def _surely_lower(info: RunInfo, leaky: RunInfo) -> bool:
    """Whether the lower end of the 95 % interval of the difference in accuracy lies above zero."""
    mine, its = info.ci95["accuracy"], leaky.ci95["accuracy"]
    reach = math.hypot(leaky.scores.accuracy - its.low, mine.high - info.scores.accuracy)
    return leaky.scores.accuracy - info.scores.accuracy > reach


def _percent(info: RunInfo) -> str:
    return f"{100 * info.scores.accuracy:.0f} %"


def _reach(info: RunInfo) -> str:
    tested = len(info.genres) - len(info.untested_genres)
    limited = f"; only {tested} of the {len(info.genres)} genres can be tested so" if info.untested_genres else ""
    return f" ({info.split.description}{limited})"
