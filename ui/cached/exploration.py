"""Statistics and projections of a dataset, for Explore."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from genre_core import datasets, exploration
from genre_core.datasets import BUNDLED, Dataset, doctor
from genre_core.datasets.doctor import Diagnosis
from genre_core.errors import DatasetError
from genre_core.exploration import Projection, TrackPaths
from genre_core.jobs import Job
from ui.cached.datasets import BY_CONTENT, bundled_dataset, digest
from ui.cached.stored import open_dataset
from ui.cached.work import background_workers, cached_job, finished, workers
from ui.state import visitor

if TYPE_CHECKING:
    import pandas as pd

_EXTRACTING = "Extracting the features"


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=BY_CONTENT)
def feature_ranking(dataset: Dataset, genres: tuple[str, ...]) -> pd.DataFrame:
    """The features, ranked by how well they separate these genres."""
    rows = exploration.rows_of(dataset, genres)
    return exploration.rank_features(dataset.values[rows], dataset.labels[rows], dataset.columns)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=BY_CONTENT)
def feature_correlations(dataset: Dataset, genres: tuple[str, ...], grouped: bool) -> pd.DataFrame:
    """The correlation matrix of the features over these genres; `grouped` puts similar features side by side."""
    matrix = exploration.correlations(dataset.values[exploration.rows_of(dataset, genres)], dataset.columns)
    return exploration.group_similar(matrix) if grouped else matrix


@st.cache_resource(show_spinner="Computing the projection…", max_entries=8, hash_funcs=BY_CONTENT)
def pca_projection(dataset: Dataset) -> Projection:
    """The PCA projection of a dataset."""
    return exploration.project(dataset, "PCA")


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=BY_CONTENT)
def segment_rows(dataset: Dataset) -> dict[tuple[str, int], int]:
    """The row of each segment, by its track and its start in tenths of a second: the same in all feature sets."""
    starts = (10 * dataset.start_s).round().astype(int).tolist()
    return {place: row for row, place in enumerate(zip(dataset.track.tolist(), starts, strict=True))}


def with_features(dataset: Dataset, features: str) -> Dataset:
    """The same tracks with another feature set, of bundled data or extracted from the audio of the dataset."""
    if dataset.name == BUNDLED:
        return bundled_dataset(features)
    if dataset.gathered:
        return finished(open_dataset(dataset.gathered, features), _EXTRACTING)
    if dataset.folder is None:
        raise DatasetError(f"{dataset.name} has no audio from which other features could be extracted.")
    return finished(_read_folder(dataset.folder, digest(dataset), features), _EXTRACTING)


@cached_job(4)
def _read_folder(folder: Path, content: str, features: str) -> Job[Dataset]:
    return background_workers().submit(
        partial(datasets.read_folder, folder, features=features, jobs=1), visitor=visitor(), with_progress=True
    )


def examine(dataset: Dataset) -> Diagnosis:
    """What the data doctor finds in the features of a dataset, without its audio."""
    return finished(_examine(dataset), "Checking the dataset")


@cached_job(8)
def _examine(dataset: Dataset) -> Job[Diagnosis]:
    return workers().submit(doctor.examine, dataset, visitor=visitor())


@cached_job(8)
def tsne(dataset: Dataset) -> Job[Projection]:
    """The job that computes the t-SNE projection of a dataset, running or done: one for all visitors."""
    return workers().submit(exploration.project, dataset, "t-SNE", visitor=visitor())


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=BY_CONTENT)
def track_paths(dataset: Dataset) -> TrackPaths:
    """The paths of a dataset's tracks over its PCA projection."""
    return exploration.track_paths(dataset, pca_projection(dataset))
