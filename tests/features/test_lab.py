"""Genre probabilities of Genre Lab's CNN as a feature set."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from genre_core import runs
from genre_core.audio import synthesis
from genre_core.errors import ConfigError, ModelError
from genre_core.features import FEATURE_SETS, embedding, feature_set, lab
from genre_core.models.config import LogisticConfig
from genre_core.training import check_features

BOTH = FEATURE_SETS["leveled-embedding+lab"]


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    return synthesis.song("shuffle").clip(seconds=15.5).samples


def test_it_equals_the_probabilities_of_the_run_lab_cnn(song: np.ndarray) -> None:
    rows = BOTH.extract_segments(song)
    assert rows.shape == (5, embedding.SIZE + len(lab.GENRES))
    run = runs.load_run("lab-cnn")
    assert run.info.genres == lab.GENRES
    expected = run.probabilities(run.feature_set.extract_segments(song))
    np.testing.assert_allclose(np.exp(rows[:, embedding.SIZE :]), np.maximum(expected, 1e-4), atol=1e-5)


def test_no_model_may_be_trained_on_it() -> None:
    with pytest.raises(ConfigError, match="trained on genres"):
        check_features(LogisticConfig(), BOTH)
    check_features(LogisticConfig(), feature_set("leveled-embedding"))


def test_a_damaged_network_gives_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, song: np.ndarray) -> None:
    folder = tmp_path / "lab"
    shutil.copytree(lab.FOLDER, folder)
    monkeypatch.setattr(lab, "FOLDER", folder)
    (folder / lab.NETWORK_FILE).write_bytes(b"no network")
    with pytest.raises(ModelError, match="damaged"):
        BOTH.extract_segments(song)
