"""Runs of every format open, under the current names and with the same predictions."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core import datasets, runs
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.errors import RunError
from genre_core.models.config import MlpConfig
from genre_core.runs import AugmentedScores, formats

DATA = Path(__file__).parents[1] / "data"
VERSION_0_1 = DATA / "version_0_1" / "runs"


def test_a_bundled_run_has_the_current_format() -> None:
    for info in runs.list_runs():
        document = json.loads((runs.run_folder(info.name) / "run.json").read_text(encoding="utf-8"))
        assert document["format"] == runs.FORMAT
        assert {"dataset", "dataset_id", "excluded", "validation_scores"} <= set(document)


def test_augmentations_are_read_and_may_be_missing(copied: Path) -> None:
    path = copied / "run.json"
    stored = formats.read_run_file(copied)
    document = json.loads(path.read_text(encoding="utf-8"))
    for key in ("augmentations", "augmented"):
        document.pop(key, None)
    path.write_text(json.dumps(document), encoding="utf-8")
    info = formats.read_run_file(copied).info
    assert (info.augmentations, info.augmented) == ((), {})
    augmented = {"room": AugmentedScores(replace(info.scores, accuracy=0.25), info.ci95)}
    changed = replace(info, augmentations=("room",), augmented=augmented)
    formats.write_run_file(path, replace(stored, info=changed))
    assert formats.read_run_file(copied).info == changed
    assert "augmented (room)" in changed.description


def test_a_newer_format_is_refused(copied: Path) -> None:
    path = copied / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 99}), encoding="utf-8")
    with pytest.raises(RunError, match="format 99"):
        runs.load_run("copied")


def test_a_run_of_format_1_is_read_with_its_scores_from_its_predictions(bundled: Dataset) -> None:
    run = runs.load_run(DATA / "run-format-1")
    assert run.info.config == MlpConfig(layers=(4,), epochs=2)
    assert run.info.split == SplitConfig("track")
    assert run.info.scores.accuracy == pytest.approx(0.12374581939799331)
    assert run.info.ci95["accuracy"].low < run.info.scores.accuracy < run.info.ci95["accuracy"].high
    split = make_split(bundled, run.info.split).single
    np.testing.assert_allclose(run.probabilities(bundled.values[split.test]), run.evaluation().probabilities, atol=1e-5)
    assert run.seen(bundled.values[split.train]).all()


@pytest.mark.parametrize("folder", sorted(VERSION_0_1.iterdir()), ids=lambda folder: folder.name)
def test_a_run_of_version_0_1_is_read(folder: Path) -> None:
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    run = runs.load_run(folder)
    info = run.info
    assert (info.dataset, info.split.kind) == (document["data"], document["split"]["kind"])
    assert info.dataset_id == document.get("data_id", "")
    assert info.test_id == document.get("test_id", info.test_id)
    assert run.feature_set.name == info.features
    assert run.feature_set.shape == (run.scaling.mean.shape if not run.feature_set.is_picture else (64, 64, 1))
    assert set(info.genres) == {"classical", "metal"}
    evaluation = run.evaluation()
    assert evaluation.scores == info.scores
    assert evaluation.ci95 == info.ci95
    assert evaluation.accuracy == document.get("scores", document)["accuracy"]
    assert len(run.history()) == info.epochs


def test_names_of_version_0_1_become_the_current_ones() -> None:
    names = {folder.name: runs.load_run(folder).info for folder in VERSION_0_1.iterdir()}
    assert names["logistic-levelled"].features == "leveled-embedding"
    assert names["knn-instruments"].features == "paper@accompaniment"
    assert names["knn-instruments"].config.values["neighbors"] == 3
    assert names["logistic-column"].validation_scores is not None
    assert len(names["logistic-folds"].folds) == 3
    assert names["knn-track-20261127-091234-8784"].is_trial


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("mlp-format-1", "paper"),
        ("mlp-paper", "paper"),
        ("svm-paper", "paper"),
        ("forest-paper", "paper"),
        ("lda-paper", "paper"),
        ("knn-instruments", "paper@instruments"),
        ("logistic-levelled", "levelled-embedding"),
        ("logistic-folds", "levelled-embedding"),
        ("logistic-column", "levelled-embedding-parts"),
    ],
)
def test_a_run_of_version_0_1_predicts_as_before(name: str, table: str) -> None:
    dataset = datasets.load_dataset(str(DATA / "version_0_1" / "tables" / f"{table}.parquet"))
    run = runs.load_run(VERSION_0_1 / name)
    run.check_dataset(dataset)
    split = make_split(dataset, run.info.split)
    assert run.domain is None
    if not run.info.folds:
        test = split.single.test
        np.testing.assert_allclose(run.probabilities(dataset.values[test]), run.evaluation().probabilities, atol=1e-5)
        assert run.seen(dataset.values[split.single.train]).all()
    else:
        assert run.seen(dataset.values).all()


def test_an_edited_run_of_version_0_1_is_stored_in_the_current_format(home: Path) -> None:
    folder = home / "runs" / "old"
    shutil.copytree(VERSION_0_1 / "knn-instruments", folder)
    before = runs.load_run("old")
    runs.annotate_run("old", title="New title", note="")
    after = runs.load_run("old")
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["format"] == runs.FORMAT
    assert (after.info.title, after.info.config, after.info.scores) == (
        "New title",
        before.info.config,
        before.info.scores,
    )
    np.testing.assert_array_equal(after.evaluation().probabilities, before.evaluation().probabilities)


def test_no_file_of_a_run_is_a_pickle() -> None:
    run = runs.load_run("paper-track")
    for path in run.folder.iterdir():
        assert path.suffix in {".json", ".npz", ".npy", ".parquet", ".keras", ".tflite"}
    np.load(run.folder / "training.npy", allow_pickle=False)
    with np.load(run.folder / "scaler.npz", allow_pickle=False) as scaler:
        assert set(scaler) == {"log", "mean", "scale"}
    with np.load(run.folder / "domain.npz", allow_pickle=False) as domain:
        assert {array.dtype for array in domain.values()} == {np.dtype(np.float32)}
