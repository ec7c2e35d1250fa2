"""Feature sets of one stem alone."""

import numpy as np
import pytest

from genre_core.audio import separation, synthesis
from genre_core.audio.separation import STEMS
from genre_core.errors import ConfigError
from genre_core.features import FEATURE_SETS, feature_set, with_stem, stem_of


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("features", ["paper", "mel"])
def test_they_are_the_features_of_the_part_that_is_heard(features: str, stem) -> None:
    clip = synthesis.TROUBADOUR.clip(seconds=7)
    known = feature_set(with_stem(features, stem))
    assert known.stem == stem_of(known.name) == stem
    expected = feature_set(features).extract_segments(separation.extract_stem(clip, stem).samples)
    np.testing.assert_array_equal(known.extract_segments(clip.samples), expected)


@pytest.mark.parametrize("features", FEATURE_SETS)
def test_every_feature_set_can_be_had_of_a_stem(features: str) -> None:
    mix, vocals = feature_set(features), feature_set(f"{features}@vocals")
    assert (vocals.rate, vocals.shape, vocals.columns) == (mix.rate, mix.shape, mix.columns)
    assert vocals.name == f"{features}@vocals"
    assert vocals.version != mix.version
    assert vocals.rate == separation.RATE


@pytest.mark.parametrize("name", ["paper@drums", "tea@vocals", "@vocals", "paper@vocals@harmonic"])
def test_what_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="There is no"):
        feature_set(name)
