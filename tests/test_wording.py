"""Numbers, counts and lists as text."""

import pytest

from genre_core import wording


@pytest.mark.parametrize(("n", "words"), [(0, "0 tracks"), (1, "1 track"), (2, "2 tracks")])
def test_a_count_agrees_with_its_noun(n: int, words: str) -> None:
    assert wording.counted(n, "track") == words


def test_a_long_list_is_cut() -> None:
    assert wording.listed(["a", "b"], most=2) == "a, b"
    assert wording.listed(["a", "b", "c", "d"], most=2) == "a, b and 2 more"


def test_a_long_value_is_cut() -> None:
    assert wording.quoted("mlp") == "'mlp'"
    assert len(wording.quoted("x" * 10_000)) < 100


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (0.001, "under 1 %"), (0.364, "36 %"), (0.9999, "over 99 %"), (1, "100 %")],
)
def test_a_percentage_is_never_rounded_to_certainty(share: float, words: str) -> None:
    assert wording.percent(share).replace("\u00a0", " ") == words


def test_the_unit_of_an_interval_is_given_once() -> None:
    assert wording.interval(0.938, 0.9621).replace("\u00a0", " ") == "93.8 to 96.2 %"


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (8.99985, "0:09"), (61, "1:01"), (3725, "1:02:05")])
def test_clock(seconds: float, words: str) -> None:
    assert wording.clock(seconds) == words


@pytest.mark.parametrize(("hz", "words"), [(250, "250 Hz"), (1000, "1 kHz"), (1500, "1.5 kHz")])
def test_frequency(hz: float, words: str) -> None:
    assert wording.frequency(hz).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 second"), (40, "40 seconds"), (180, "3 minutes"), (5400, "1.5 hours")]
)
def test_duration(seconds: float, words: str) -> None:
    assert wording.duration(seconds) == words


@pytest.mark.parametrize(
    ("n_bytes", "words"), [(0, "0 MB"), (123_400_000, "123 MB"), (999_700_000, "1.0 GB"), (1_225_600_000, "1.2 GB")]
)
def test_size(n_bytes: int, words: str) -> None:
    assert wording.size_text(n_bytes) == words
