"""Runs side by side: which can be ranked against each other, and what changes when only the split does."""

from collections.abc import Sequence
from dataclasses import dataclass

from genre_core.runs import RunInfo
from genre_core.splits import DRAWN, SplitKind

_LARGE_GAP = 0.1
_SAME = (
    "Here the two splits are the same: each track is one segment, so no track can stand on both sides. Only a split by "
    "artist is harder."
)
_WHAT_IS_NEW = {"track": "on tracks that it never heard", "artist": "on artists that it never heard"}


@dataclass(frozen=True)
class Comparison:
    """What can be said of several runs."""

    best: dict[str, str]
    """For each `test_of` that occurs, the name of the run that heard most tracks right there."""
    warnings: list[str]
    """Sentences on what can't be ranked."""


def test_of(info: RunInfo) -> str:
    """What a run was tested on, in words: runs may be ranked only where it is the same."""
    split, of = info.split, f"{info.split.description} of {info.data}"
    if split.kind not in DRAWN:
        return of
    return f"{of}, {'' if split.folds else f'{split.test_size:.0%} tested, '}seed {split.seed}"


def compare(infos: Sequence[RunInfo]) -> Comparison:
    """Say which run is best on each test, and what must not be ranked."""
    by_test: dict[str, list[RunInfo]] = {}
    for info in infos:
        by_test.setdefault(test_of(info), []).append(info)
    best = {
        test: max(group, key=lambda info: (info.scores.track_accuracy, info.scores.accuracy)).name
        for test, group in by_test.items()
    }
    warnings = []
    if len(by_test) > 1:
        warnings.append(
            f"These runs were tested in {len(by_test)} ways ({'; '.join(by_test)}), so their scores can't be ranked "
            "against each other."
        )
    return Comparison(best, warnings)


def siblings(info: RunInfo, infos: Sequence[RunInfo]) -> dict[SplitKind, RunInfo]:
    """The same configuration under each drawn split: of each kind the first in `infos` that learned from the same data
    and features with the same settings, `info` itself for its own.  What was stopped early has no siblings."""
    found: dict[SplitKind, RunInfo] = {info.split.kind: info} if info.split.kind in DRAWN else {}
    same = ("data", "features", "feature_version", "segment_samples", "genres", "config")
    for other in infos:
        alike = all(getattr(other, name) == getattr(info, name) for name in same)
        alike = alike and not (info.stopped or other.stopped) and tracks_of(info) == tracks_of(other)
        split = other.split
        drawn = (split.folds, split.selection) == (info.split.folds, info.split.selection)
        drawn = drawn and (split.folds is not None or split.test_size == info.split.test_size)
        if alike and drawn and split.kind in DRAWN:
            found.setdefault(split.kind, other)
    return {kind: found[kind] for kind in DRAWN if kind in found}


def tracks_of(info: RunInfo) -> int | None:
    """Number of tracks of the data set of a run; None where its split says too little, as one for choosing does."""
    if info.split.selection:
        return None
    counts = info.counts
    # With folds, the last model learned from all that was tested.
    placed = (
        counts.train_tracks if info.split.folds else counts.train_tracks + counts.test_tracks - counts.shared_tracks
    )
    return placed + sum(info.left_out.values())


def gap_in_words(found: dict[SplitKind, RunInfo]) -> str | None:
    """What the gap between the random split and the stricter ones means; None where there is nothing to compare.

    Accuracies are per segment.  A gap counts where the intervals of the two do not overlap.

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
    fallen = [info for info in stricter if leaky.ci95["accuracy"].low > info.ci95["accuracy"].high]
    if not fallen:
        gap = leaky.scores.accuracy - min(info.scores.accuracy for info in stricter)
        if gap <= 0:
            return f"No gap: where it can't know the {what} it does as well."
        return f"The gap of {100 * gap:.0f} points proves nothing: so few tracks are tested that the intervals overlap."
    largest = leaky.scores.accuracy - min(info.scores.accuracy for info in fallen)
    judgement = f"This model recognises {what}, not genres" if largest > _LARGE_GAP else "Part of this is memory"
    falls = " and ".join(f"to {_percent(info)} {_WHAT_IS_NEW[info.split.kind]}{_reach(info)}" for info in fallen)
    return (
        f"{judgement}: of the segments it names {_percent(leaky)} right where it has heard other {heard} "
        f"({leaky.split.description}). That falls {falls}."
    )


def _percent(info: RunInfo) -> str:
    return f"{100 * info.scores.accuracy:.0f} %"


def _reach(info: RunInfo) -> str:
    tested = len(info.genres) - len(info.untested_genres)
    limited = f"; only {tested} of the {len(info.genres)} genres can be tested so" if info.untested_genres else ""
    return f" ({info.split.description}{limited})"
