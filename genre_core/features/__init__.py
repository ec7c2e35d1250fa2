"""Feature sets."""

from genre_core.features.registry import FEATURE_SETS, LEVELED, Extract, FeatureSet, feature_set, with_stem, stem_of

__all__ = [
    "FEATURE_SETS",
    "LEVELED",
    "Extract",
    "FeatureSet",
    "feature_set",
    "with_stem",
    "stem_of",
]
