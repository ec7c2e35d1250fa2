"""Datasets and their splits."""

import hashlib
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st

from genre_core import datasets
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig, SplitKind, make_split, predefined_split
from genre_core.errors import GenreLabError

_digests: WeakKeyDictionary[Dataset, str] = WeakKeyDictionary()


@st.cache_resource(show_spinner="Loading the bundled dataset…")
def bundled_dataset(features: str = "paper") -> Dataset:
    """The bundled dataset with one of its feature sets."""
    return datasets.load_dataset(datasets.BUNDLED, features=features)


def digest(dataset: Dataset) -> str:
    """The digest of a dataset's content, by which caches recognize it; computed once for each Dataset."""
    if dataset not in _digests:
        content = hashlib.sha256(np.ascontiguousarray(dataset.values).tobytes())
        for names in (dataset.genre, dataset.track, dataset.start_s, dataset.artist, dataset.subset):
            if names is not None:
                content.update(repr((names.dtype, names.shape)).encode() + np.ascontiguousarray(names).tobytes())
            content.update(b";")
        content.update(repr((dataset.name, dataset.features, dataset.segment_samples)).encode())
        _digests[dataset] = content.hexdigest()
    return _digests[dataset]


BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {Dataset: digest}
"""For the argument `hash_funcs` of Streamlit's caches."""


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=BY_CONTENT)
def split_problem(dataset: Dataset, kind: SplitKind, folds: int | None = None) -> str | None:
    """Why a dataset can't be split in this way, or None if it can."""
    try:
        make_split(dataset, predefined_split(dataset) if kind == "column" else SplitConfig(kind, folds=folds))
    except GenreLabError as error:
        return str(error)
    return None


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=BY_CONTENT)
def split_notes(dataset: Dataset, split: SplitConfig) -> list[str]:
    """What a split excludes or can't test, in sentences; empty for a split that can't be made."""
    try:
        return make_split(dataset, split).notes
    except GenreLabError:
        return []
