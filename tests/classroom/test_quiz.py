"""The settings of a quiz."""

import pytest

from genre_core.classroom import QuizConfig
from genre_core.errors import ConfigError


@pytest.mark.parametrize(
    "wrong",
    [{"number": 0}, {"number": 10_000}, {"n_clips": 0}, {"n_clips": 21}, {"n_segments": 4}, {"source": "radio"}],
)
def test_a_setting_out_of_range_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        QuizConfig(**{"run": "paper-track", "number": 1} | wrong)  # type: ignore[arg-type]
