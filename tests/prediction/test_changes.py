"""Boundaries where the sound changes, genre changes, and smoothing."""

import itertools

import numpy as np
import pytest

from genre_core.prediction import changes

GENRES = ("blues", "jazz", "metal")
HOP_S, LENGTH_S = 1.5, 3.0


def sound(rng: np.random.Generator, *sections: tuple[int, float]) -> np.ndarray:
    """Segments of sections, each of (segments, mean), with standard deviation 1 in each of 20 directions."""
    return np.concatenate([rng.standard_normal((n, 20)) + mean for n, mean in sections])


def centers(n: int) -> np.ndarray:
    return np.arange(n) * HOP_S + LENGTH_S / 2


def probabilities_of(*sections: tuple[int, tuple[float, ...]]) -> np.ndarray:
    """The same probabilities for so many segments of each section."""
    return np.concatenate([np.tile(shares, (n, 1)) for n, shares in sections])


BLUES, JAZZ, METAL = (0.8, 0.1, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.8)


def test_a_steady_song_has_no_boundary(rng: np.random.Generator) -> None:
    for n in (1, 2, 3, 7, 40, 200):
        assert len(changes.boundaries(sound(rng, (n, 0.0)), HOP_S, LENGTH_S)) == 0


def test_each_change_of_the_sound_is_found_where_it_is(rng: np.random.Generator) -> None:
    values = sound(rng, (12, 0.0), (9, 3.0), (20, -3.0))
    found = changes.boundaries(values, HOP_S, LENGTH_S)
    # Halfway between the centers of the segments on both sides.
    np.testing.assert_allclose(found, [11.5 * HOP_S + LENGTH_S / 2, 20.5 * HOP_S + LENGTH_S / 2])


def test_the_boundaries_have_the_least_cost(rng: np.random.Generator) -> None:
    values = sound(rng, (9, 0.0), (8, 2.5))
    penalty = changes.COST * values.shape[1]

    def cost(*edges: int) -> float:
        parts = [values[a:b] for a, b in itertools.pairwise(edges)]
        return sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts) + penalty * (len(edges) - 2)

    shortest = round(changes.SHORTEST_S / HOP_S)
    best = min([(0, 17), *((0, i, 17) for i in range(shortest, 17 - shortest + 1))], key=lambda edges: cost(*edges))
    found = changes.boundaries(values, HOP_S, LENGTH_S)
    np.testing.assert_allclose(found, (np.array(best[1:-1]) - 0.5) * HOP_S + LENGTH_S / 2)


def test_a_single_odd_segment_is_no_section(rng: np.random.Generator) -> None:
    # Segments overlap by half, so one odd piece of sound is in three of them.
    values = sound(rng, (15, 0.0), (3, 2.5), (15, 0.0))
    assert len(changes.boundaries(values, HOP_S, LENGTH_S)) == 0


@pytest.mark.parametrize("hop_s", [0.5, 3.0, 6.0, 15.0, 30.0])
def test_no_hop_finds_boundaries_in_a_steady_song(rng: np.random.Generator, hop_s: float) -> None:
    assert len(changes.boundaries(rng.standard_normal((60, 200)), hop_s, LENGTH_S)) == 0


@pytest.mark.parametrize("hop_s", [0.75, 1.5, 3.0])
def test_the_hop_moves_a_boundary_by_no_more_than_itself(rng: np.random.Generator, hop_s: float) -> None:
    per_s = 1 / hop_s
    values = sound(rng, (round(30 * per_s), 0.0), (round(30 * per_s), 4.0))
    (found,) = changes.boundaries(values, hop_s, LENGTH_S)
    assert abs(found - (30 - hop_s / 2 + LENGTH_S / 2)) <= hop_s


def test_a_boundary_within_one_genre_is_no_genre_change() -> None:
    probabilities = probabilities_of((10, JAZZ), (10, (0.2, 0.7, 0.1)))
    assert changes.genre_changes(np.array([15.75]), centers(20), probabilities, GENRES) == []


def test_a_genre_change_has_a_time_two_genres_and_a_confidence() -> None:
    probabilities = probabilities_of((10, JAZZ), (10, METAL))
    (change,) = changes.genre_changes(np.array([15.75]), centers(20), probabilities, GENRES)
    assert (change.time_s, change.from_genre, change.to_genre) == (15.75, "jazz", "metal")
    # Jazz and then metal, 0.8 * 0.8, against one genre on both sides, 0.1 * 0.1 + 0.8 * 0.1 + 0.1 * 0.8.
    assert change.confidence == pytest.approx(0.64 / (0.64 + 0.17))


def test_a_change_between_nearly_equal_probabilities_is_not_reported() -> None:
    probabilities = probabilities_of((10, (0.34, 0.33, 0.33)), (10, (0.33, 0.34, 0.33)))
    assert changes.genre_changes(np.array([15.75]), centers(20), probabilities, GENRES) == []


def test_every_reported_change_is_likely(rng: np.random.Generator) -> None:
    boundaries_s = np.array([8, 16, 24]) * HOP_S + LENGTH_S / 2 - HOP_S / 2
    reported = 0
    for _ in range(200):
        sections = rng.dirichlet((0.5, 0.5, 0.5), 4)
        found = changes.genre_changes(boundaries_s, centers(32), np.repeat(sections, 8, axis=0), GENRES)
        assert all(change.confidence >= changes.LIKELY and change.from_genre != change.to_genre for change in found)
        assert all(one.to_genre == other.from_genre for one, other in itertools.pairwise(found))
        reported += len(found)
    assert reported > 100


def test_a_break_of_uncertain_genre_is_no_change() -> None:
    # A quiet break that is a little more like blues, between two sections of metal.
    boundaries_s = np.array([16, 24]) * HOP_S + LENGTH_S / 2 - HOP_S / 2
    probabilities = probabilities_of((16, METAL), (8, (0.5, 0.2, 0.3)), (16, METAL))
    assert changes.genre_changes(boundaries_s, centers(40), probabilities, GENRES) == []
    # One that is surely blues is a change, and another one back.
    probabilities = probabilities_of((16, METAL), (8, (0.9, 0.05, 0.05)), (16, METAL))
    found = changes.genre_changes(boundaries_s, centers(40), probabilities, GENRES)
    assert [(change.from_genre, change.to_genre) for change in found] == [("metal", "blues"), ("blues", "metal")]


def test_overlapping_segments_count_less_than_separate_ones() -> None:
    probabilities = probabilities_of((8, METAL), (8, (0.7, 0.1, 0.2)))
    boundaries_s = np.array([8 * HOP_S + LENGTH_S / 2 - HOP_S / 2])
    alone = changes.genre_changes(boundaries_s, centers(16), probabilities, GENRES, new_share=1.0)
    overlapping = changes.genre_changes(boundaries_s, centers(16), probabilities, GENRES, new_share=0.1)
    assert (len(alone), len(overlapping)) == (1, 0)


def test_neighboring_sections_of_one_genre_are_joined_and_others_kept() -> None:
    probabilities = probabilities_of((8, JAZZ), (8, JAZZ), (8, METAL), (8, BLUES))
    boundaries_s = np.array([8, 16, 24]) * HOP_S + LENGTH_S / 2 - HOP_S / 2
    found = changes.genre_changes(boundaries_s, centers(32), probabilities, GENRES)
    assert [(change.from_genre, change.to_genre) for change in found] == [("jazz", "metal"), ("metal", "blues")]


def test_a_silent_section_has_no_genre_of_its_own() -> None:
    # The section in the middle is silent: it has no segments that count.
    probabilities = probabilities_of((8, JAZZ), (8, METAL))
    times = np.concatenate([centers(24)[:8], centers(24)[16:]])
    boundaries_s = np.array([8, 16]) * HOP_S + LENGTH_S / 2 - HOP_S / 2
    found = changes.genre_changes(boundaries_s, times, probabilities, GENRES)
    assert [(change.from_genre, change.to_genre) for change in found] == [("jazz", "metal")]


def test_an_out_of_domain_section_gives_no_evidence() -> None:
    # What is between jazz and metal is surely blues for the run, but out-of-domain.
    probabilities = probabilities_of((8, JAZZ), (8, BLUES), (8, METAL))
    boundaries_s = np.array([8, 16]) * HOP_S + LENGTH_S / 2 - HOP_S / 2

    def found(*out_of_domain: bool) -> list[tuple[float, str, str]]:
        out = np.array(out_of_domain)
        some = changes.genre_changes(boundaries_s, centers(24), probabilities, GENRES, out_of_domain=out)
        return [(change.time_s, change.from_genre, change.to_genre) for change in some]

    first, second = boundaries_s.tolist()
    assert found(False, False, False) == [(first, "jazz", "blues"), (second, "blues", "metal")]
    # The change is at the start of the later section that is in-domain.
    assert found(False, True, False) == [(second, "jazz", "metal")]
    assert found(True, False, False) == [(second, "blues", "metal")]
    assert found(False, False, True) == [(first, "jazz", "blues")]
    assert found(True, False, True) == found(True, True, True) == []


def test_an_out_of_domain_section_within_one_genre_is_no_change() -> None:
    probabilities = probabilities_of((8, JAZZ), (16, METAL), (8, JAZZ))
    boundaries_s = np.array([8, 24]) * HOP_S + LENGTH_S / 2 - HOP_S / 2
    assert len(changes.genre_changes(boundaries_s, centers(32), probabilities, GENRES)) == 2
    out = np.array([False, True, False])
    assert changes.genre_changes(boundaries_s, centers(32), probabilities, GENRES, out_of_domain=out) == []


def test_smoothing_removes_an_odd_segment_and_never_crosses_a_boundary() -> None:
    probabilities = probabilities_of((6, JAZZ), (1, METAL), (6, JAZZ), (13, METAL))
    smooth = changes.smooth(probabilities, centers(26), np.array([13 * HOP_S + LENGTH_S / 2 - HOP_S / 2]))
    np.testing.assert_allclose(smooth.sum(axis=1), 1)
    assert set(smooth[:13].argmax(axis=1)) == {1}
    np.testing.assert_allclose(smooth[13:], probabilities[13:])
    np.testing.assert_allclose(smooth[12, 2], 0.1, atol=1e-12)


def test_a_genre_change_as_json_and_as_text() -> None:
    change = changes.GenreChange(31.2, "rock", "jazz", 0.934)
    assert change.to_dict() == {"time_s": 31.2, "from": "rock", "to": "jazz", "confidence": 0.934}
    assert str(change) == "0:31 rock > jazz (0.93)"
