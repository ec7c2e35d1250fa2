"""Names of version 0.1 are translated to the current ones."""

import pytest

from genre_core import old_names
from genre_core.features import feature_set


@pytest.mark.parametrize(
    ("old", "current"),
    [
        ("paper", "paper"),
        ("paper@instruments", "paper@accompaniment"),
        ("levelled-embedding", "leveled-embedding"),
        ("levelled-embedding@instruments", "leveled-embedding@accompaniment"),
        ("levelled-embedding+lab@vocals", "leveled-embedding+lab@vocals"),
    ],
)
def test_old_feature_sets_are_found_under_their_current_name(old: str, current: str) -> None:
    assert old_names.current_feature_set(old) == current
    assert feature_set(old_names.current_feature_set(old)).name == current
    assert current == old or old in old_names.former_feature_sets(current)


def test_a_feature_set_that_kept_its_name_has_no_former_one() -> None:
    assert old_names.former_feature_sets("paper@vocals") == []


def test_settings_of_models_are_translated() -> None:
    assert old_names.current_settings({"neighbours": 3, "metric": "euclidean"}) == {
        "neighbors": 3,
        "metric": "euclidean",
    }
