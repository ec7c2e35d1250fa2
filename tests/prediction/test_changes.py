"""Changes: where the sound changes, where the genre does, and what stays even."""

import itertools

import numpy as np
import pytest

from genre_core.prediction import changes

GENRES = ("blues", "jazz", "metal")
HOP_S, LENGTH_S = 1.5, 3.0


def sound(rng: np.random.Generator, *sections: tuple[int, float]) -> np.ndarray:
    """So many segments each, around a mean; deviation 1 in each of 20 directions."""
    return np.concatenate([rng.standard_normal((n, 20)) + mean for n, mean in sections])


def centers(n: int) -> np.ndarray:
    return np.arange(n) * HOP_S + LENGTH_S / 2


def answers(*sections: tuple[int, tuple[float, ...]]) -> np.ndarray:
    return np.concatenate([np.tile(shares, (n, 1)) for n, shares in sections])


BLUES, JAZZ, METAL = (0.8, 0.1, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.8)


def test_a_song_that_goes_on_as_it_began_has_no_cut(rng):
    for n in (1, 2, 3, 7, 40, 200):
        assert len(changes.cuts(sound(rng, (n, 0.0)), HOP_S, LENGTH_S)) == 0


def test_each_turn_of_the_sound_is_found_where_it_is(rng):
    values = sound(rng, (12, 0.0), (9, 3.0), (20, -3.0))
    found = changes.cuts(values, HOP_S, LENGTH_S)
    # Between the middles of the segments on either side.
    np.testing.assert_allclose(found, [11.5 * HOP_S + LENGTH_S / 2, 20.5 * HOP_S + LENGTH_S / 2])


def test_the_cuts_are_those_of_the_least_cost_of_all(rng):
    values = sound(rng, (9, 0.0), (8, 2.5))
    price = changes.COST * values.shape[1]

    def cost(*edges: int) -> float:
        parts = [values[a:b] for a, b in itertools.pairwise(edges)]
        return sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts) + price * (len(edges) - 2)

    shortest = round(changes.SHORTEST_S / HOP_S)
    best = min([(0, 17), *((0, i, 17) for i in range(shortest, 17 - shortest + 1))], key=lambda edges: cost(*edges))
    found = changes.cuts(values, HOP_S, LENGTH_S)
    np.testing.assert_allclose(found, (np.array(best[1:-1]) - 0.5) * HOP_S + LENGTH_S / 2)


def test_a_single_odd_segment_is_no_section(rng):
    # Segments overlap by half, so that one odd piece of sound is heard in three of them.
    values = sound(rng, (15, 0.0), (3, 2.5), (15, 0.0))
    assert len(changes.cuts(values, HOP_S, LENGTH_S)) == 0


@pytest.mark.parametrize("hop_s", [0.5, 3.0, 6.0, 15.0, 30.0])
def test_no_hop_finds_cuts_in_what_stays_the_same(rng, hop_s):
    assert len(changes.cuts(rng.standard_normal((60, 200)), hop_s, LENGTH_S)) == 0


@pytest.mark.parametrize("hop_s", [0.75, 1.5, 3.0])
def test_the_hop_moves_a_cut_by_no_more_than_itself(rng, hop_s):
    per_s = 1 / hop_s
    values = sound(rng, (round(30 * per_s), 0.0), (round(30 * per_s), 4.0))
    (found,) = changes.cuts(values, hop_s, LENGTH_S)
    assert abs(found - (30 - hop_s / 2 + LENGTH_S / 2)) <= hop_s


def test_a_cut_between_two_parts_of_one_genre_is_no_change():
    heard = answers((10, JAZZ), (10, (0.2, 0.7, 0.1)))
    assert changes.changes(np.array([15.75]), centers(20), heard, GENRES) == []


def test_a_change_says_when_from_what_to_what_and_how_sure():
    heard = answers((10, JAZZ), (10, METAL))
    (change,) = changes.changes(np.array([15.75]), centers(20), heard, GENRES)
    assert (change.time_s, change.before, change.after) == (15.75, "jazz", "metal")
    # Jazz and then metal, 0.8 * 0.8, against the same genre twice, 0.1 * 0.1 + 0.8 * 0.1 + 0.1 * 0.8.
    assert change.confidence == pytest.approx(0.64 / (0.64 + 0.17))


def test_who_knows_nothing_is_not_confident_of_a_change():
    heard = answers((10, (0.34, 0.33, 0.33)), (10, (0.33, 0.34, 0.33)))
    (change,) = changes.changes(np.array([15.75]), centers(20), heard, GENRES)
    assert change.confidence < 0.3


def test_neighbors_of_one_genre_are_joined_and_others_kept():
    heard = answers((8, JAZZ), (8, JAZZ), (8, METAL), (8, BLUES))
    cuts_s = np.array([8, 16, 24]) * HOP_S + LENGTH_S / 2 - HOP_S / 2
    found = changes.changes(cuts_s, centers(32), heard, GENRES)
    assert [(change.before, change.after) for change in found] == [("jazz", "metal"), ("metal", "blues")]


def test_a_section_in_which_nothing_has_a_say_is_no_genre_of_its_own():
    # The middle section is silent: none of its segments is among those that have a say.
    heard = answers((8, JAZZ), (8, METAL))
    times = np.concatenate([centers(24)[:8], centers(24)[16:]])
    cuts_s = np.array([8, 16]) * HOP_S + LENGTH_S / 2 - HOP_S / 2
    found = changes.changes(cuts_s, times, heard, GENRES)
    assert [(change.before, change.after) for change in found] == [("jazz", "metal")]


def test_smoothing_evens_out_an_odd_segment_and_never_reaches_across_a_cut():
    heard = answers((6, JAZZ), (1, METAL), (6, JAZZ), (13, METAL))
    smooth = changes.smooth(heard, centers(26), np.array([13 * HOP_S + LENGTH_S / 2 - HOP_S / 2]))
    np.testing.assert_allclose(smooth.sum(axis=1), 1)
    assert set(smooth[:13].argmax(axis=1)) == {1}
    np.testing.assert_allclose(smooth[13:], heard[13:])
    np.testing.assert_allclose(smooth[12, 2], 0.1, atol=1e-12)
