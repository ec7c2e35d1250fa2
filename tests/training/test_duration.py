"""The estimated duration of a training."""

from genre_core.datasets.splits import SplitConfig
from genre_core.models.base import ModelConfig
from genre_core.models.config import MlpConfig, SvmConfig
from genre_core.training import expected_seconds

RANDOM = SplitConfig("random")


def expected(config: ModelConfig, split: SplitConfig = RANDOM, n_segments: int = 1000) -> float:
    return expected_seconds(config, split, n_segments, (58,), 10)


def test_more_work_takes_longer() -> None:
    paper = expected(MlpConfig())
    assert expected(MlpConfig(epochs=800)) > 1.5 * paper
    assert expected(MlpConfig(), n_segments=10_000) > 5 * paper
    assert expected(MlpConfig(layers=(48, 24))) < paper
    assert expected(MlpConfig(), SplitConfig("track", folds=5)) > 4 * paper
    augmented = expected_seconds(MlpConfig(), RANDOM, 1000, (58,), 10, augmentations=2)
    assert augmented == expected(MlpConfig(), n_segments=3000)
    assert expected(SvmConfig(), n_segments=100_000) > expected(SvmConfig(), n_segments=10_000)
