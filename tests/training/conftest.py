"""A run that is trained quickly, for the tests of this folder."""

import pytest

from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.runs import Run
from genre_core.training import Trainer
from tests.training.quick import QUICK


@pytest.fixture(scope="package")
def run(trainer: Trainer, bundled: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("runs") / "quick"
    return trainer.start(bundled, QUICK, SplitConfig("track"), title="Quick", out=folder).result()
