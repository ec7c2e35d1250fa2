"""How much faster is our training than plain Keras, and is it as good?

    python -m benchmarks.training [--epochs 400] [--seeds 5]

The paper's network on the bundled table under the random split: `genre_core.models.network.train` against
`compile`/`fit` with validation data, the same batch size and the same weights to start from, in the same run and
in turns, one pair a seed.  Accuracy is that of the test part; the means must lie within two standard errors of their
difference.
"""

import argparse
import os
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np

from genre_core import datasets
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.models import network
from genre_core.models.config import MlpConfig
from genre_core.models.training_data import TrainingData

Part = tuple[np.ndarray, np.ndarray]


def main(epochs: int, seeds: int) -> None:
    data = datasets.load(datasets.BUNDLED)
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
        results = _ours(config, train, test), _fit(config, train, test)
        if seed >= 0:
            ours.append(results[0])
            fit.append(results[1])
            print(f"seed {seed}: ours {ours[-1][0]:.2f} s, {ours[-1][1]:.4f}; fit {fit[-1][0]:.2f} s, {fit[-1][1]:.4f}")
    (our_s, our_accuracy), (fit_s, fit_accuracy) = np.array(ours).T, np.array(fit).T
    error = np.sqrt((our_accuracy.var(ddof=1) + fit_accuracy.var(ddof=1)) / seeds)
    difference = our_accuracy.mean() - fit_accuracy.mean()
    print("accuracy on the test part of the random split:")
    print(f"ours {our_accuracy.mean():.4f}, fit {fit_accuracy.mean():.4f}, difference {difference:+.4f}")
    print(f"which is {abs(difference) / error:.1f} standard errors of {error:.4f}  (wanted: at most 2)")
    print(f"ratio fit / ours: {np.median(fit_s / our_s):.1f}  (wanted: at least 3)")


def _ours(config: MlpConfig, train: Part, test: Part) -> tuple[float, float]:
    inputs = train[0].shape[1]
    parts = TrainingData(*train, np.arange(len(train[0])), *test, np.zeros(inputs), np.ones(inputs), genres=10)
    built = network.build(config, (inputs,), 10)
    began = time.perf_counter()
    history = network.train(built, config, parts)
    accuracy = history[-1].test_accuracy
    assert accuracy is not None
    return time.perf_counter() - began, accuracy


def _fit(config: MlpConfig, train: Part, test: Part) -> tuple[float, float]:
    model = network.answering(network.build(config, train[0].shape[1:], 10))
    began = time.perf_counter()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(*train, batch_size=config.batch_size, epochs=config.epochs, validation_data=test, verbose=0)
    return time.perf_counter() - began, history.history["val_accuracy"][-1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=5)
    main(**vars(parser.parse_args()))
