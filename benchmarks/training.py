"""Training of the paper's network: speed and accuracy compared with Keras' `fit`.

    python -m benchmarks.training [--epochs 400] [--seeds 5] [--write docs/results.md]

The dataset is the bundled feature table under the random split.  `genre_core.models.network.train` and
`compile`/`fit` with validation data have the same batch size and the same initial weights, and take turns, one pair
for each seed.  The accuracy is that of the test set; the means should differ by at most two standard errors of their
difference.
"""

import os
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np

from benchmarks.results import argument_parser, publish, table
from genre_core import datasets
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.models import network
from genre_core.models.config import MlpConfig
from genre_core.models.training_data import TrainingData

Subset = tuple[np.ndarray, np.ndarray]
"""Scaled features and labels of the training or the test set."""


def main(epochs: int, seeds: int) -> str:
    data = datasets.load_dataset(datasets.BUNDLED)
    ours: list[tuple[float, float]] = []
    fit: list[tuple[float, float]] = []
    warm_up = MlpConfig(epochs=2)
    for seed in range(-1, seeds):
        config = warm_up if seed < 0 else MlpConfig(epochs=epochs, seed=seed)
        split = make_split(data, SplitConfig("random", seed=config.seed)).single
        values = data.values - data.values[split.train].mean(axis=0)
        spread = data.values[split.train].std(axis=0)
        values = (values / np.where(spread > 0, spread, 1)).astype(np.float32)
        train, test = ((values[rows], data.labels[rows]) for rows in (split.train, split.test))
        results = _train_genre_lab(config, train, test), _train_keras(config, train, test)
        if seed >= 0:
            ours.append(results[0])
            fit.append(results[1])
            print(f"seed {seed}: {ours[-1][0]:.2f} s, accuracy {ours[-1][1]:.4f}", end="; ")
            print(f"Keras fit {fit[-1][0]:.2f} s, {fit[-1][1]:.4f}", flush=True)
    (our_s, our_accuracy), (fit_s, fit_accuracy) = np.array(ours).T, np.array(fit).T
    error = np.sqrt((our_accuracy.var(ddof=1) + fit_accuracy.var(ddof=1)) / seeds)
    difference = our_accuracy.mean() - fit_accuracy.mean()
    rows = [
        ("Duration, Genre Lab", f"{np.median(our_s):.1f} s", ""),
        ("Duration, Keras `fit`", f"{np.median(fit_s):.1f} s", ""),
        ("Ratio Keras `fit` / Genre Lab", f"{np.median(fit_s / our_s):.1f}", "at least 3"),
        ("Accuracy (segments), Genre Lab", f"{our_accuracy.mean():.4f}", ""),
        ("Accuracy (segments), Keras `fit`", f"{fit_accuracy.mean():.4f}", ""),
        ("Difference in standard errors", f"{abs(difference) / error:.1f}", "at most 2"),
    ]
    return table(("Quantity", "Result", "Target"), rows)


def _train_genre_lab(config: MlpConfig, train: Subset, test: Subset) -> tuple[float, float]:
    """Duration in seconds and test accuracy of Genre Lab's training."""
    inputs = train[0].shape[1]
    data = TrainingData(*train, np.arange(len(train[0])), *test, np.zeros(inputs), np.ones(inputs), n_genres=10)
    built = network.build(config, (inputs,), 10)
    began = time.perf_counter()
    history = network.train(built, config, data)
    accuracy = history[-1].test_accuracy
    assert accuracy is not None
    return time.perf_counter() - began, accuracy


def _train_keras(config: MlpConfig, train: Subset, test: Subset) -> tuple[float, float]:
    """The same of Keras' `fit`."""
    model = network.with_probabilities(network.build(config, train[0].shape[1:], 10))
    began = time.perf_counter()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(*train, batch_size=config.batch_size, epochs=config.epochs, validation_data=test, verbose=0)
    return time.perf_counter() - began, history.history["val_accuracy"][-1]


if __name__ == "__main__":
    parser = argument_parser("training", __doc__)
    parser.add_argument("--epochs", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=5)
    publish(parser, main)
