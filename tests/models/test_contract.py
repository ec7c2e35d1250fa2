"""What holds for every kind of model, whatever is inside."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from pathlib import Path

import numpy as np
import pytest
import skops.io

from genre_core.errors import ConfigError, RunError
from genre_core.models import estimator, network, serving
from genre_core.models.config import MODELS, Choice, Layers, ModelConfig, make_config
from genre_core.models.training_data import Trained, TrainingData

QUICK = {
    "mlp": {"layers": "16", "epochs": 60, "batch_size": 16},
    "cnn": {"filters": 4, "epochs": 20, "members": 2, "batch_size": 16},
    "forest": {"trees": 30},
}
GENRES = 3


def problem(kind: type[ModelConfig]) -> TrainingData:
    """Segments of three genres which can be told apart, as numbers or as pictures with a bright band."""
    rng = np.random.default_rng(1)
    labels = np.arange(150) % GENRES
    if kind.takes == "numbers":
        x = rng.normal(size=(150, 6)).astype(np.float32)
        x[:, 0] += 3 * labels
    else:
        x = rng.integers(0, 120, size=(150, 32, 32, 2), dtype=np.uint8)
        for row, label in enumerate(labels):
            x[row, 10 * label : 10 * label + 6] += 120
    group = np.arange(150) // 5
    return TrainingData(x[:120], labels[:120], group[:120], x[120:], labels[120:], x.mean(), x.std(), GENRES)


def fitted(kind: type[ModelConfig], parts: TrainingData) -> Trained:
    config = make_config(kind.model, QUICK.get(kind.model))
    return (network if kind.is_network else estimator).fit(config, parts)


@pytest.mark.parametrize("kind", MODELS.values(), ids=list(MODELS))
def test_it_learns_answers_in_probabilities_and_is_served_as_it_was_trained(
    kind: type[ModelConfig], tmp_path: Path
) -> None:
    parts = problem(kind)
    trained = fitted(kind, parts)
    scaled = parts.scaled(parts.x_test)
    answers = trained.probabilities(scaled)
    assert answers.shape == (30, GENRES)
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)
    assert (answers.argmax(axis=1) == parts.y_test).mean() > 0.8
    assert trained.parameters > 0
    assert len(trained.history) == (make_config(kind.model, QUICK.get(kind.model)).total_epochs)
    trained.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} <= {".keras", ".tflite", ".skops"}
    served = serving.probabilities(
        tmp_path / (serving.NETWORK_FILE if kind.is_network else serving.ESTIMATOR_FILE), scaled, GENRES
    )
    np.testing.assert_allclose(served, answers, atol=1e-5)


@pytest.mark.parametrize("kind", [k for k in MODELS.values() if not k.is_network], ids=lambda kind: kind.model)
def test_a_genre_that_was_not_learned_gets_no_share(kind: type[ModelConfig]) -> None:
    parts = problem(kind)
    rows = parts.y_train != 1
    fewer = TrainingData(
        parts.x_train[rows], parts.y_train[rows], parts.group[rows], parts.x_test, parts.y_test, parts.mean,
        parts.scale, GENRES,
    )  # fmt: skip
    answers = fitted(kind, fewer).probabilities(parts.scaled(parts.x_test))
    np.testing.assert_array_equal(answers[:, 1], 0)
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-6)


def test_a_model_of_unknown_types_is_not_opened(tmp_path: Path) -> None:
    skops.io.dump({"estimator": Path("/"), "sharpness": 1.0}, tmp_path / serving.ESTIMATOR_FILE)
    with pytest.raises(RunError, match="holds types that no model consists of"):
        serving.probabilities(tmp_path / serving.ESTIMATOR_FILE, np.zeros((1, 3)), GENRES)
    (tmp_path / serving.ESTIMATOR_FILE).write_bytes(b"no model")
    with pytest.raises(RunError, match="can't be read"):
        serving.probabilities(tmp_path / serving.ESTIMATOR_FILE, np.zeros((1, 3)), GENRES)


def test_an_svms_probabilities_are_fitted_to_tracks_that_it_did_not_learn_from() -> None:
    """Labels that are noise: what it learned by heart must not make it sure."""
    rng = np.random.default_rng(2)
    x, y, group = rng.normal(size=(200, 20)).astype(np.float32), rng.integers(0, GENRES, 200), np.arange(200) // 4
    parts = TrainingData(x, y, group, x, y, np.zeros(20), np.ones(20), GENRES)
    trained = estimator.fit(make_config("svm", {"c": 10, "gamma": 3}), parts)
    assert (trained.probabilities(x).argmax(axis=1) == y).mean() > 0.9
    new = trained.probabilities(rng.normal(size=(200, 20)).astype(np.float32))
    assert new.max(axis=1).mean() < 0.5


@pytest.mark.parametrize("kind", MODELS.values(), ids=list(MODELS))
def test_every_setting_says_what_it_may_be_and_keeps_to_it(kind: type[ModelConfig]) -> None:
    for name, setting in kind.settings().items():
        default = getattr(kind, name)
        assert setting.check(default)
        assert setting.label
        assert setting.help.endswith(".")
        text = ",".join(map(str, default)) if isinstance(setting, Layers) else str(default)
        assert getattr(make_config(kind.model, {name: text}), name) == default
        for stop in setting.options if isinstance(setting, Choice) else setting.steps:
            assert make_config(kind.model, {name: (stop,) if isinstance(setting, Layers) else stop})
        with pytest.raises(ConfigError, match=f"\\({name}\\) must be"):
            make_config(kind.model, {name: "?"})
        with pytest.raises(ConfigError, match=f"\\({name}\\) must be"):
            make_config(kind.model, {name: -1})


@pytest.mark.parametrize("kind", MODELS.values(), ids=list(MODELS))
def test_a_setting_that_there_is_not_is_refused_by_name(kind: type[ModelConfig]) -> None:
    with pytest.raises(ConfigError, match="no setting 'magic'"):
        make_config(kind.model, {"magic": 1})
