"""Names that earlier versions of Genre Lab wrote into files and addresses, and what they are called now.

The one table of old names: readers of runs, tables, caches, addresses and unfinished batches translate through it at
their edge, so that everything behind them knows the current names alone.
"""

from collections.abc import Mapping
from typing import Any

FEATURE_SETS = {"levelled-embedding": "leveled-embedding", "levelled-embedding+lab": "leveled-embedding+lab"}
STEMS = {"instruments": "accompaniment"}
SETTINGS = {
    "neighbours": "neighbors",
    "leaf": "min_samples_leaf",
    "share": "max_features",
    "transform": "scaling",
    "start": "initialization",
    "members": "ensemble_size",
    "augment": "augmentation",
}
"""Settings of models."""
ESTIMATOR_KEYS = {"sharpness": "inverse_temperature"}
"""Keys of model.skops."""
RUN_KEYS = {"data": "dataset", "data_id": "dataset_id", "left_out": "excluded", "selection": "validation_scores"}
"""Keys of run.json, formats 1 and 2."""
PREDICTION_COLUMNS = {"genre": "true_genre"}
"""Columns of a run's predictions, formats 1 and 2."""
BATCH_COLUMNS = {
    "probability": "confidence",
    "trust": "reliability",
    "trust_reasons": "reliability_reasons",
}
"""Columns of a batch's table, in journals of format 1."""
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


def current_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a model under their current names."""
    return {SETTINGS.get(name, name): value for name, value in settings.items()}


def current_estimator_keys(saved: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a model.skops under its current keys."""
    return {ESTIMATOR_KEYS.get(name, name): value for name, value in saved.items()}


def current_batch_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a batch's journal with the current names of its columns."""
    return {BATCH_COLUMNS.get(name, name): value for name, value in row.items()}
