"""One training in one call."""

from pathlib import Path

import pytest

from genre_core import load_dataset, storage, train
from genre_core.datasets import Dataset
from genre_core.errors import ConfigError, StorageError
from genre_core.models.config import make_config
from genre_core.runs import load_run
from genre_core.training.single import choose_features


def test_settings_split_and_folder_are_those_of_the_run(bundled: Dataset, tmp_path: Path) -> None:
    run = train(bundled, "knn", "track", test_size=0.2, seed=3, title="Mine", out=tmp_path / "run", neighbors=7)
    assert run.info.config.values["neighbors"] == 7
    assert (run.info.split.kind, run.info.split.test_size, run.info.split.seed) == ("track", 0.2, 3)
    assert run.info.title == "Mine"
    assert load_run(tmp_path / "run").info == run.info
    with pytest.raises(StorageError, match="already exists"):
        train(bundled, "knn", "track", out=tmp_path / "run")


def test_an_existing_folder_is_refused_before_features_are_extracted(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="already exists"):
        train(tmp_path / "no dataset", out=tmp_path)


def test_a_second_training_with_a_folder_is_refused_before_features_are_extracted(tmp_path: Path) -> None:
    with storage.claimed(tmp_path / "run"), pytest.raises(StorageError, match="already"):
        train(tmp_path / "no dataset", out=tmp_path / "run")


def test_features_of_a_source_can_be_chosen_and_have_a_default() -> None:
    assert train("bundled", "lda", features="embedding").info.features == "embedding"
    assert choose_features(make_config("mlp"), "bundled", None) == "paper"
    assert choose_features(make_config("cnn"), "bundled", None) == "mel"
    assert choose_features(make_config("mlp"), "table.parquet", None) is None


def test_features_that_do_not_fit_are_refused_before_training() -> None:
    with pytest.raises(ConfigError, match="svm"):
        train("bundled", "svm", features="mel")
    with pytest.raises(ConfigError, match="cnn"):
        train(load_dataset("bundled"), "cnn")


def test_a_setting_that_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(ConfigError, match="no setting 'layers'"):
        train("bundled", "knn", layers=(8,))
