"""The setup of Train as an address: written, read, and with the names of version 0.1."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from genre_core import runs
from genre_core.datasets.splits import SplitConfig
from genre_core.errors import ConfigError
from genre_core.models.config import MODELS, CnnConfig, KnnConfig, LdaConfig, MlpConfig
from ui import training_setup
from ui.training_setup import TrainingSetup

VERSION_0_1 = Path(__file__).parents[1] / "data" / "version_0_1" / "addresses.txt"


def queries_of_version_0_1() -> list[str]:
    lines = VERSION_0_1.read_text(encoding="utf-8").splitlines()
    return [line.partition("?")[2] for line in lines if line.startswith("train?")]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("split", [SplitConfig("track", 0.2, 7), SplitConfig("artist", seed=7, folds=5)])
@pytest.mark.parametrize("augmentations", [(), ("room", "8-khz")])
def test_a_written_setup_is_read(model: str, split: SplitConfig, augmentations: tuple[str, ...]) -> None:
    setup = TrainingSetup(MODELS[model](seed=7), split, "mel", augmentations)
    assert training_setup.from_query(training_setup.to_query(setup)) == setup


def test_a_run_has_the_setup_that_it_was_trained_with() -> None:
    info = replace(runs.load_run("paper-track").info, augmentations=("room",))
    assert TrainingSetup.of_run(info) == TrainingSetup(MlpConfig(), SplitConfig("track"), "paper", ("room",))


def test_the_setting_of_a_cnn_is_not_an_augmentation_of_the_training_set() -> None:
    query = {"model": "cnn", "features": "mel", "augmentation": "0.5", "augmentations": "room"}
    setup = training_setup.from_query(query)
    assert (setup.config, setup.augmentations) == (CnnConfig(augmentation=0.5), ("room",))
    assert training_setup.from_query(query | {"augment": "0.25"}).augmentations == ("room",)  # of version 0.1


def test_missing_parameters_have_their_default() -> None:
    assert training_setup.from_query({}) == TrainingSetup(MlpConfig(), SplitConfig(), "paper")


def test_unknown_parameters_are_ignored() -> None:
    assert training_setup.from_query({"utm_source": "letter", "dropout": "0.4"}).config == MlpConfig(dropout=0.4)


@pytest.mark.parametrize(
    "parameters",
    [
        {"model": "oracle"},
        {"layers": "many"},
        {"dropout": "7"},
        {"seed": "x"},
        {"folds": "two"},
        {"folds": "1"},
        {"split": "coin"},
        {"test_size": "half"},
        {"features": "tea"},
        {"augmentations": "tea"},
    ],
    ids=str,
)
def test_an_invalid_value_is_a_message(parameters: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        training_setup.from_query(parameters)


@pytest.mark.parametrize("query", queries_of_version_0_1())
def test_an_address_of_version_0_1_opens(query: str) -> None:
    setup = training_setup.from_query(dict(parse_qsl(query)))
    assert training_setup.from_query(training_setup.to_query(setup)) == setup


def test_names_of_version_0_1_become_the_current_ones() -> None:
    knn = training_setup.from_query({"model": "knn", "neighbours": "3", "features": "paper@instruments"})
    assert (knn.config, knn.features) == (KnnConfig(neighbors=3), "paper@accompaniment")
    lda = training_setup.from_query({"model": "lda", "features": "levelled-embedding", "transform": "ranks"})
    assert (lda.config, lda.features) == (LdaConfig(scaling="ranks"), "leveled-embedding")
