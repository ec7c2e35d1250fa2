"""Every feature of the paper has a name and a meaning."""

import pytest

from genre_core.exploration import FeatureDescription, describe_feature
from genre_core.features import paper


def test_every_column_of_the_paper_has_a_description() -> None:
    descriptions = [describe_feature(column) for column in paper.COLUMNS]
    assert all(description.meaning.endswith(".") for description in descriptions)
    assert len({description.label for description in descriptions}) == len(paper.COLUMNS)
    assert describe_feature("spectral_centroid_mean").label == "Spectral centroid, mean (Hz)"


@pytest.mark.parametrize("column", ["", "tag 7", "rms_median", "mfcc_mean", "mfccx_var"])
def test_an_unknown_column_keeps_its_name(column: str) -> None:
    assert describe_feature(column) == FeatureDescription(column, "")
