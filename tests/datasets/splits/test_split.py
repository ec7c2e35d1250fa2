"""A split says what it excludes and which genres it can't test."""

from genre_core.datasets.splits import SplitConfig, split_notes


def test_the_notes_count_excluded_tracks_and_name_untested_genres() -> None:
    assert split_notes(SplitConfig("track"), {}, ()) == []
    assert split_notes(SplitConfig("artist"), {"their artist is unknown": 1}, ("blues",)) == [
        "1 track excluded: their artist is unknown.",
        "Not tested: blues, because it has a single artist. The scores leave it out.",
    ]
    assert split_notes(SplitConfig("fault-filtered"), {}, ("blues", "jazz")) == [
        "Not tested: blues, jazz. The scores leave them out."
    ]
