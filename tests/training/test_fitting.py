"""From a dataset, a configuration and a split to a run: scaling, folds, the validation set, and every model type."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core import datasets, runs
from genre_core.audio import synthesis
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.models.config import MODELS, CnnConfig, SvmConfig, make_config
from genre_core.prediction import evaluate_dataset, predict_song
from genre_core.runs import Run
from genre_core.training import Trainer
from genre_core.training.fitting import training_domain
from tests.training.quick import QUICK

NUMBER_MODELS = [model for model, config_class in MODELS.items() if config_class.input_type == "numbers"]


def test_a_run_has_the_counts_and_predictions_of_its_split(run: Run, bundled: Dataset) -> None:
    info = run.info
    split = make_split(bundled, info.split).single
    assert info.dataset == "bundled"
    assert info.parameters == QUICK.parameters(58, 10)
    assert (info.counts.train_segments, info.counts.test_segments) == (len(split.train), len(split.test))
    assert (info.counts.train_tracks, info.counts.test_tracks, info.counts.shared_tracks) == (70, 30, 0)
    evaluation = run.evaluation()
    assert evaluation.accuracy == info.scores.accuracy
    assert evaluation.macro_f1 == info.scores.macro_f1
    np.testing.assert_array_equal(evaluation.track, bundled.track[split.test])
    np.testing.assert_array_equal(evaluation.labels, bundled.labels[split.test])


def test_the_scaling_is_fitted_on_the_training_set_alone(run: Run, bundled: Dataset) -> None:
    train = bundled.values[make_split(bundled, run.info.split).single.train]
    np.testing.assert_allclose(run.scaling.mean, train.mean(axis=0))
    np.testing.assert_allclose(run.scaling.scale[1:], train.std(axis=0)[1:])
    assert run.scaling.apply(bundled.values + 1)[:, 0].max() == 0  # the column `length` says nothing of the sound


def test_the_limit_of_the_domain_comes_from_the_training_set(run: Run, bundled: Dataset) -> None:
    train = make_split(bundled, run.info.split).single.train
    direct = training_domain(bundled, train)
    assert direct and run.domain
    assert run.domain.limit == pytest.approx(direct.limit, rel=1e-6)
    assert run.domain.scale[0] == np.inf  # the column `length` says nothing of the sound
    other = training_domain(bundled, np.arange(len(bundled.values)))
    assert other and other.limit != pytest.approx(direct.limit, rel=1e-3)


def test_a_small_training_set_has_no_domain(bundled: Dataset) -> None:
    tracks = np.unique(bundled.track)
    small, enough = (np.flatnonzero(np.isin(bundled.track, tracks[::2][:n])) for n in (49, 50))
    assert training_domain(bundled, small) is None
    assert training_domain(bundled, enough) is not None


def test_litert_predicts_what_keras_predicted(run: Run, bundled: Dataset) -> None:
    test = make_split(bundled, run.info.split).single.test
    np.testing.assert_allclose(run.probabilities(bundled.values[test]), run.evaluation().probabilities, atol=1e-5)


def test_the_saved_keras_model_is_the_same_network(run: Run, bundled: Dataset, tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", run.scaling.apply(bundled.values[:50]))
    code = (
        "import sys, keras, numpy as np; m = keras.models.load_model(sys.argv[1]); "
        "np.save(sys.argv[3], m.predict(np.load(sys.argv[2]), verbose=0)); print(m.count_params())"
    )
    paths = [str(run.folder / "model.keras"), str(tmp_path / "values.npy"), str(tmp_path / "probabilities.npy")]
    output = subprocess.run([sys.executable, "-c", code, *paths], check=True, capture_output=True, text=True).stdout
    assert int(output) == run.info.parameters
    expected = np.load(tmp_path / "probabilities.npy")
    np.testing.assert_allclose(run.probabilities(bundled.values[:50]), expected, atol=1e-5)


def test_the_same_seed_gives_the_same_predictions(trainer: Trainer, bundled: Dataset, run: Run, tmp_path: Path) -> None:
    again = trainer.start(bundled, QUICK, SplitConfig("track"), out=tmp_path / "again").result()
    np.testing.assert_allclose(again.evaluation().probabilities, run.evaluation().probabilities, atol=0.02)


# --- folds and validation sets ------------------------------------------------------------------------------------


def test_with_folds_every_segment_is_tested_once_by_a_model_that_was_not_trained_on_it(
    trainer: Trainer, bundled: Dataset, tmp_path: Path
) -> None:
    job = trainer.start(bundled, QUICK, SplitConfig("track", folds=3), out=tmp_path / "folds")
    assert job.n_fits == 4
    run = job.result()
    info, evaluation = run.info, run.evaluation()
    assert len(info.folds) == 3
    assert sum(fold.segments for fold in info.folds) == len(evaluation.labels) == len(bundled.values)
    assert info.counts.test_tracks == info.counts.train_tracks == 100
    assert info.counts.shared_tracks == 0
    n_correct = sum(fold.accuracy * fold.segments for fold in info.folds)
    assert info.scores.accuracy == pytest.approx(n_correct / len(bundled.values))
    assert 0.4 < info.scores.accuracy < 0.95
    # The model that is kept was trained on all segments: its predictions of them are no scores.
    assert (run.probabilities(bundled.values).argmax(axis=1) == bundled.labels).mean() > 0.95
    assert run.seen(bundled.values).all()
    history = run.history()
    assert [epoch.epoch for epoch in history] == list(range(1, QUICK.epochs + 1))
    assert history[-1].test_accuracy == pytest.approx(np.mean([fold.accuracy for fold in info.folds]))


def test_the_validation_set_gives_the_number_of_epochs_and_is_then_trained_on(
    trainer: Trainer, bundled: Dataset, tmp_path: Path
) -> None:
    number = np.array([int(track[-5:]) % 5 for track in bundled.track])
    subset = np.select([number < 3, number == 3], ["train", "valid"], "test")
    dataset = replace(bundled, subset=subset)
    job = trainer.start(dataset, QUICK, SplitConfig("column"), out=tmp_path / "run")
    assert job.n_fits == 2
    run = job.result()
    info = run.info
    assert info.validation_scores is not None
    assert info.validation_scores.segments == (subset == "valid").sum()
    assert info.counts.train_segments == (subset != "test").sum()
    assert 1 <= info.epochs <= QUICK.epochs
    assert not info.stopped
    assert run.seen(dataset.values[subset != "test"]).all()
    assert not run.seen(dataset.values[subset == "test"]).any()


# --- model types --------------------------------------------------------------------------------------------------


def test_a_model_of_scikit_learn_becomes_a_run_without_history(trainer: Trainer, bundled: Dataset, home: Path) -> None:
    run = trainer.start(bundled, SvmConfig(), SplitConfig("track")).result()
    test = make_split(bundled, SplitConfig("track")).single.test
    np.testing.assert_allclose(run.probabilities(bundled.values[test]), run.evaluation().probabilities, atol=1e-5)
    assert run.history() == []
    assert {path.name for path in run.folder.iterdir()} == {"run.json", "domain.npz", *runs.run_files(SvmConfig())}


@pytest.mark.parametrize("features", ["embedding", "paper+embedding"])
@pytest.mark.parametrize("model", NUMBER_MODELS)
def test_every_model_of_numbers_is_trained_on_the_embedding(
    trainer: Trainer, features: str, model: str, tmp_path: Path
) -> None:
    dataset = datasets.load_dataset("bundled", features=features)
    dataset = dataset.take(dataset.start_s < 10)
    config = QUICK if model == QUICK.model else make_config(model)
    run = trainer.start(dataset, config, SplitConfig("track"), out=tmp_path / "run").result()
    # With the 58 features alone: 0.6.  Single trees and independent features suit an embedding less.
    assert run.info.scores.accuracy > (0.4 if model in ("tree", "bayes") else 0.7)
    assert len(predict_song(synthesis.song("adagio").clip(seconds=7), run).prediction.segments) == 3
    evaluated = evaluate_dataset(dataset, run)
    assert evaluated.seen_segments == run.info.counts.train_segments
    assert evaluated.shared_tracks == 0


def test_a_cnn_recognizes_the_pictures_that_it_was_trained_on(trainer: Trainer, tmp_path: Path) -> None:
    dataset = datasets.load_dataset("bundled", features="mel")
    run = trainer.start(dataset, CnnConfig(filters=4, epochs=2), SplitConfig("track"), out=tmp_path / "run").result()
    split = make_split(dataset, SplitConfig("track")).single
    assert run.seen(dataset.values[split.train]).all()
    assert not run.seen(dataset.values[split.test]).any()
    probabilities = run.probabilities(dataset.values[split.test])
    np.testing.assert_allclose(probabilities, run.evaluation().probabilities, atol=1e-5)


# --- published results --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "expected"), [("logistic", 0.534), ("svm", 0.490)])
def test_the_published_accuracies_on_the_kaggle_table_are_reproduced(
    trainer: Trainer, kaggle_30_sec: Path, model: str, expected: float
) -> None:
    dataset = datasets.load_dataset(str(kaggle_30_sec))
    run = trainer.start(dataset, make_config(model), SplitConfig("fault-filtered")).result()
    assert run.info.counts.train_tracks == 640
    assert run.info.scores.tracks == 290
    assert run.info.scores.track_accuracy == pytest.approx(expected, abs=0.01)
