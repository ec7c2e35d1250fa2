"""Names that earlier versions of Genre Lab wrote into files and addresses, and what they are called now.

The one table of old names: readers of runs, tables, caches, addresses and unfinished batches translate through it at
their edge, so that everything behind them knows the current names alone.
"""

FEATURE_SETS = {"levelled-embedding": "leveled-embedding", "levelled-embedding+lab": "leveled-embedding+lab"}
STEMS = {"instruments": "accompaniment"}
SETTINGS = {"neighbours": "neighbors"}
"""Settings of models."""
FLAGS = {"--part": "--stem"}
"""Flags of the command line."""


def current_feature_set(name: str) -> str:
    """The current name of a feature set, with its stem: `paper@instruments` becomes `paper@accompaniment`."""
    features, at, stem = name.partition("@")
    return FEATURE_SETS.get(features, features) + at + STEMS.get(stem, stem)


def former_feature_sets(name: str) -> list[str]:
    """The names under which an earlier version stored this feature set; empty if it was always called so."""
    features, at, stem = name.partition("@")
    candidates = [
        old_features + at + old_stem
        for old_features in [features, *(old for old, new in FEATURE_SETS.items() if new == features)]
        for old_stem in [stem, *(old for old, new in STEMS.items() if new == stem)]
    ]
    return candidates[1:]


def current_settings(settings: dict[str, object]) -> dict[str, object]:
    """Settings of a model under their current names."""
    return {SETTINGS.get(name, name): value for name, value in settings.items()}
