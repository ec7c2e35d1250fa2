"""How much faster is our training than plain Keras, and is it as good?

    python -m benchmarks.training [--epochs 400] [--seeds 5]

The paper's network on the bundled table under the random split: `genre_core.models.mlp.train` against
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
from genre_core.models import mlp
from genre_core.models.config import ModelConfig
from genre_core.splits import SplitConfig, make_split

Part = tuple[np.ndarray, np.ndarray]


def main(epochs: int, seeds: int) -> None:
    data = datasets.load(datasets.BUNDLED)
    ours: list[tuple[float, float]] = []
    fit: list[tuple[float, float]] = []
    warm_up = ModelConfig(epochs=2)
    for seed in range(-1, seeds):
        config = warm_up if seed < 0 else ModelConfig(epochs=epochs, seed=seed)
        split = make_split(data, SplitConfig("random", seed=config.seed))
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


def _ours(config: ModelConfig, train: Part, test: Part) -> tuple[float, float]:
    network = mlp.build(config, train[0].shape[1], 10)
    began = time.perf_counter()
    history = mlp.train(network, config, train, test)
    return time.perf_counter() - began, history[-1].test_accuracy


def _fit(config: ModelConfig, train: Part, test: Part) -> tuple[float, float]:
    network = mlp.build(config, train[0].shape[1], 10)
    began = time.perf_counter()
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = network.fit(*train, batch_size=config.batch_size, epochs=config.epochs, validation_data=test, verbose=0)
    return time.perf_counter() - began, history.history["val_accuracy"][-1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=5)
    main(**vars(parser.parse_args()))
