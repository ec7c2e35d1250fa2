"""Comparison of runs: which can be ranked, which settings differ, and what changes when only the split does."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from genre_core.datasets.splits import SEEDED_KINDS, SplitKind
from genre_core.runs.info import RunInfo
from genre_core.runs.labels import dataset_name
from genre_core.wording import percent

_LARGE_GAP = 0.1
_EQUIVALENT_SPLITS = (
    "Here the random split and the track split are equivalent, because each track is a single segment. Only the "
    "artist split is stricter."
)
_UNSEEN = {"track": "tracks unseen in training", "artist": "artists unseen in training"}


@dataclass(frozen=True)
class Comparison:
    """Which runs can be ranked, and which is best."""

    test_sets: int
    """Number of different test sets."""
    best: dict[str, str]
    """For each test set (`describe_test_set`) with several runs, the name of the best run, by `ranking_key`; runs that
    were stopped early are not ranked."""
    warnings: list[str]
    """Sentences on what can't be ranked."""


def describe_test_set(info: RunInfo) -> str:
    """The test set of a run in words. Runs can be ranked only if it is the same, segment by segment."""
    split = info.split
    parts = [f"{split.description} of {dataset_name(info)}"]
    if split.kind in SEEDED_KINDS:
        parts += [] if split.folds else [f"test size {100 * split.test_size:g} %"]
        parts.append(f"seed {split.seed}")
    return ", ".join([*parts, f"test set {info.test_id}"])


def ranking_key(info: RunInfo) -> tuple[float, float, float]:
    """Sort key of runs with the same test set, highest for the best: accuracy per track, then accuracy per segment,
    then (negative) log loss.
    """
    return info.scores.track_accuracy, info.scores.accuracy, -info.scores.log_loss


def compare(infos: Sequence[RunInfo]) -> Comparison:
    """Find the best run on each test set, and what can't be ranked."""
    by_test_set: dict[str, list[RunInfo]] = {}
    for info in infos:
        by_test_set.setdefault(describe_test_set(info), []).append(info)
    best = {}
    for name, group in by_test_set.items():
        complete = [info for info in group if not info.stopped]
        if len(complete) > 1:
            best[name] = max(complete, key=ranking_key).name
    warnings = []
    if len(by_test_set) > 1:
        warnings.append(
            f"These runs were evaluated on {len(by_test_set)} different test sets ({'; '.join(by_test_set)}), so their "
            "scores can't be ranked against each other."
        )
    return Comparison(len(by_test_set), best, warnings)


def varied_settings(infos: Sequence[RunInfo]) -> list[str]:
    """The settings, including the seed, that differ between runs of one model."""
    settings = [*infos[0].config.settings(), "seed"] if infos else []
    return [name for name in settings if len({getattr(info.config, name) for info in infos}) > 1]


def setting_name(info: RunInfo, setting: str) -> str:
    """The name of a setting for people."""
    known = info.config.settings().get(setting)
    return known.label if known else "Seed"


def runs_by_split(info: RunInfo, infos: Sequence[RunInfo]) -> dict[SplitKind, RunInfo]:
    """Find the runs that differ from a run only in the kind of split.

    Parameters
    ----------
    infos : the runs to search; the first that matches is taken.

    Returns
    -------
    For each seeded kind of split, a run with the same dataset, features, settings and options of the split; `info`
    itself for its own kind. Runs that were stopped early do not match.
    """
    found: dict[SplitKind, RunInfo] = {info.split.kind: info} if info.split.kind in SEEDED_KINDS else {}
    compared = ("dataset_id", "features", "feature_version", "segment_samples", "genres", "config", "augmentations")
    for other in infos:
        same_model = all(getattr(other, name) == getattr(info, name) for name in compared)
        split = other.split
        same_options = (split.folds, split.selection) == (info.split.folds, info.split.selection)
        same_options = same_options and (split.folds is not None or split.test_size == info.split.test_size)
        complete = not (info.stopped or other.stopped)
        if same_model and same_options and complete and split.kind in SEEDED_KINDS:
            found.setdefault(split.kind, other)
    return {kind: found[kind] for kind in SEEDED_KINDS if kind in found}


def describe_gap(found: dict[SplitKind, RunInfo]) -> str | None:
    """Explain the gap in accuracy per segment between the random split and the stricter splits.

    A gap counts if the 95 % confidence interval of the difference lies above zero. That interval is computed from those
    of the two accuracies (G. Zou and A. Donner, Statistics in Medicine 27, 2008).

    Parameters
    ----------
    found : from `runs_by_split`.

    Returns
    -------
    Sentences, or None if there is nothing to compare.
    """
    if "random" not in found:
        return None
    random = found["random"]
    leaky = random.counts.shared_tracks > 0
    stricter = [found[kind] for kind in (SEEDED_KINDS[1:] if leaky else ("artist",)) if kind in found]
    if not stricter:
        return _EQUIVALENT_SPLITS if "track" in found else None
    effect, shared = ("data leakage", "tracks") if leaky else ("the artist effect", "artists")
    lower = [info for info in stricter if _significantly_lower(info, random)]
    lowest = min(lower or stricter, key=lambda info: info.scores.accuracy)
    gap = random.scores.accuracy - lowest.scores.accuracy
    if gap <= 0:
        return f"No sign of {effect}: the accuracy on {_UNSEEN[lowest.split.kind]} is as high."
    if not lower:
        return f"The gap of {100 * gap:.0f} percentage points may be due to chance, because the test sets are small."
    chance = 1 / (len(lowest.genres) - len(lowest.untested_genres))
    if lowest.scores.accuracy - chance < gap:
        conclusion = f"Most of this accuracy is due to {effect}"
    elif gap > _LARGE_GAP:
        points = f"{100 * gap:.0f} of the {100 * random.scores.accuracy:.0f} percentage points"
        conclusion = f"{points} of accuracy are due to {effect}"
    else:
        conclusion = f"A small part of this accuracy is due to {effect}"
    falls = " and ".join(f"to {percent(info.scores.accuracy)} {_conditions(info)}" for info in lower)
    return (
        f"{conclusion}: the {random.split.description} gives {percent(random.scores.accuracy)} per segment, because "
        f"segments of the same {shared} are in the training set. The accuracy falls {falls}."
    )


def _significantly_lower(info: RunInfo, random: RunInfo) -> bool:
    """Whether the 95 % confidence interval of the difference in accuracy lies above zero."""
    high, low = info.ci95["accuracy"].high, random.ci95["accuracy"].low
    margin = math.hypot(random.scores.accuracy - low, high - info.scores.accuracy)
    return random.scores.accuracy - info.scores.accuracy > margin


def _conditions(info: RunInfo) -> str:
    """As in: with the artist split (artists unseen in training; only 6 of the 10 genres can be tested)."""
    tested = len(info.genres) - len(info.untested_genres)
    limited = f"; only {tested} of the {len(info.genres)} genres can be tested" if info.untested_genres else ""
    return f"with the {info.split.description} ({_UNSEEN[info.split.kind]}{limited})"
