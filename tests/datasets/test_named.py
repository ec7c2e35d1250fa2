"""Stored and gathered datasets are listed, opened and changed in one way, by their names."""

from pathlib import Path

import numpy as np
import pytest

from genre_core import datasets
from genre_core.datasets import named, stored
from genre_core.errors import DatasetError
from tests.feature_table import make_dataset
from tests.gathered_songs import ANN, gathered


def test_both_kinds_in_one_way(tmp_path: Path, rng: np.random.Generator) -> None:
    datasets.write_table(make_dataset(rng.normal(size=(8, 2)), ["a"] * 4 + ["b"] * 4), tmp_path / "t.parquet")
    stored.add_dataset((tmp_path / "t.parquet").read_bytes(), "t.parquet", ANN)
    gathered({"rock": 2, "jazz": 2})
    names = {facts.title: facts.name for facts in named.list_datasets()}
    assert set(names) == {"t.parquet", "Ours"}
    for name in names.values():
        named.rename_dataset(name, "New")
        named.share_dataset(name, True)
        facts = named.dataset_facts(name)
        assert (facts.title, facts.shared, facts.owner) == ("New", True, ANN)
        dataset = named.open_dataset(name, features="mel", jobs=1)
        assert dataset.name == "New" and named.size_bytes(facts) > 0
        assert (dataset.features, dataset.gathered) in (("mel", name), ("paper", ""))
        assert named.owners()[name] == ANN and named.dataset_folder(name).is_dir()
        named.delete_dataset(name)
        with pytest.raises(DatasetError, match="no dataset"):
            named.dataset_facts(name)
    assert named.list_datasets() == []
