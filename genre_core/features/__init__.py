"""Feature sets."""

from genre_core.features.registry import FEATURE_SETS, LEVELED, Extract, FeatureSet, feature_set, stem_of, with_stem

__all__ = [
    "FEATURE_SETS",
    "LEVELED",
    "Extract",
    "FeatureSet",
    "feature_set",
    "stem_of",
    "with_stem",
]
