"""The registry: how a clip is cut into segments, feature sets of stems, and names that don't exist."""

import numpy as np
import pytest

from genre_core.audio import SEGMENT_SAMPLES, separation, synthesis
from genre_core.audio.separation import STEMS, Stem
from genre_core.errors import ConfigError
from genre_core.features import FEATURE_SETS, feature_set, paper, stem_of, with_stem
from genre_core.features.extractors import EXTRACTORS, NETWORK_FILES


def test_segments_are_cut_end_to_end(rng: np.random.Generator) -> None:
    samples = rng.normal(0, 0.1, 2 * SEGMENT_SAMPLES + 1000).astype(np.float32)
    rows = FEATURE_SETS["paper"].extract_segments(samples)
    assert rows.shape == (2, 58)
    np.testing.assert_array_equal(rows[1], paper.clip_features(samples[SEGMENT_SAMPLES : 2 * SEGMENT_SAMPLES]))


def test_a_clip_shorter_than_a_segment_has_none() -> None:
    assert FEATURE_SETS["paper"].extract_segments(np.zeros(SEGMENT_SAMPLES - 1, np.float32)).shape == (0, 58)


def test_the_message_lists_the_feature_sets() -> None:
    with pytest.raises(ConfigError, match="paper"):
        feature_set("papyrus")


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("features", ["paper", "mel"])
def test_features_of_a_stem_equal_those_of_the_separated_clip(features: str, stem: Stem) -> None:
    clip = synthesis.TROUBADOUR.clip(seconds=7)
    of_stem = feature_set(with_stem(features, stem))
    assert of_stem.stem == stem_of(of_stem.name) == stem
    expected = feature_set(features).extract_segments(separation.extract_stem(clip, stem).samples)
    np.testing.assert_array_equal(of_stem.extract_segments(clip.samples), expected)


@pytest.mark.parametrize("features", FEATURE_SETS)
def test_every_feature_set_exists_for_a_stem(features: str) -> None:
    mix, vocals = feature_set(features), feature_set(f"{features}@vocals")
    assert (vocals.rate, vocals.shape, vocals.columns) == (mix.rate, mix.shape, mix.columns)
    assert vocals.name == f"{features}@vocals"
    assert vocals.version != mix.version
    assert vocals.rate == separation.RATE


@pytest.mark.parametrize("name", ["paper@drums", "tea@vocals", "@vocals", "paper@vocals@harmonic"])
def test_an_unknown_feature_set_or_stem_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="There is no"):
        feature_set(name)


def test_the_extractors_are_those_of_the_feature_sets() -> None:
    assert {name: FEATURE_SETS[name].extract for name in EXTRACTORS} == EXTRACTORS
    assert set(NETWORK_FILES) < set(EXTRACTORS)
    assert all(file.is_file() for files in NETWORK_FILES.values() for file in files)
