"""Fixtures of all tests: real music where it is at hand, synthetic songs, and an artifacts folder for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from genre_core import datasets
from genre_core.audio import synthesis
from genre_core.datasets import Dataset
from genre_core.training import Trainer

SHARED = Path(__file__).parents[2] / "shared"


def required_path(path: Path) -> Path:
    """A path to real music; if it is missing, the test is skipped, or fails where real audio is required."""
    if not path.exists():
        if os.environ.get("GENRE_LAB_REQUIRE_AUDIO") == "1":
            pytest.fail(f"{path.name} is required here and is not there")
        pytest.skip(f"{path.name} is not at hand")
    return path


@pytest.fixture(scope="session")
def gtzan_mini() -> Path:
    """The genre folders of GTZAN-mini."""
    return required_path(SHARED / "gtzan_mini" / "genres")


@pytest.fixture(scope="session")
def kaggle_30_sec() -> Path:
    """Kaggle's features_30_sec.csv."""
    return required_path(SHARED / "kaggle" / "features_30_sec.csv")


@pytest.fixture(scope="session")
def mel_pictures() -> Path:
    """Mel spectrograms of 999 tracks of GTZAN."""
    return required_path(SHARED / "gtzan" / "mel128x387_u8.npz")


@pytest.fixture(scope="session")
def musicnn_golden() -> Path:
    """Inputs and outputs of the original graph of MSD_musicnn."""
    return required_path(SHARED / "musicnn" / "golden.npz")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty GENRE_LAB_HOME for each test."""
    place = tmp_path / "home"
    monkeypatch.setenv("GENRE_LAB_HOME", str(place))
    return place


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20_261_123)


@pytest.fixture(scope="session")
def bundled() -> Dataset:
    return datasets.load_dataset(datasets.BUNDLED)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small dataset of synthetic songs: folders of genres with three tracks of 12 s each."""
    folder = tmp_path_factory.mktemp("music") / "demo"
    synthesis.write_genre_folders(folder, tracks=3, seconds=12.0)
    return folder


@pytest.fixture(scope="session")
def trainer() -> Iterator[Trainer]:
    """One warm worker for all tests: TensorFlow takes seconds to load."""
    trainer = Trainer()
    yield trainer
    trainer.close()
