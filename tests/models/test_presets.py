"""Presets of the page Train."""

from genre_core.models.config import MlpConfig
from genre_core.models.presets import PRESETS


def test_the_first_preset_is_the_network_of_the_paper() -> None:
    assert PRESETS[0].config == MlpConfig()


def test_presets_differ_and_each_has_a_comment() -> None:
    assert len({preset.name for preset in PRESETS}) == len({preset.config for preset in PRESETS}) == 4
    assert all(preset.comment.endswith(".") for preset in PRESETS)
