from pathlib import Path

import numpy as np
import pytest

from genre_core import datasets
from genre_core.datasets import Dataset, doctor
from genre_core.datasets.doctor import Diagnosis
from tests.doctor_data import clean_dataset


@pytest.fixture
def clean(rng: np.random.Generator) -> Dataset:
    return clean_dataset(rng)


@pytest.fixture(scope="session")
def gtzan(kaggle_30_sec: Path) -> Diagnosis:
    """The diagnosis of the whole of GTZAN, by Kaggle's table."""
    return doctor.examine(datasets.load_dataset(str(kaggle_30_sec)))
