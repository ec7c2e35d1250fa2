"""How the default run is made: the map from pictures, the weights of tracks, and folds that keep artists together."""

import numpy as np
import pytest

from scripts.default.head import CANDIDATES, HeadConfig, _weights, choose, fit, folds
from scripts.default.pictures import fit_map
from scripts.default.tracks import GENRES, SEGMENTS, VERSIONS, AudioSegments, Tracks

COLUMNS = 12
PER_GENRE = 6
"""Tracks: two artists with two tracks each, and two with one each."""


@pytest.fixture
def tracks() -> Tracks:
    n = len(GENRES) * PER_GENRE
    labels = np.repeat(np.arange(len(GENRES)), PER_GENRE)
    artists = np.array([f"{genre} {artist}" for genre in GENRES for artist in (0, 0, 1, 1, 2, 3)])
    names = np.array([f"{GENRES[label]}/{i:03}" for i, label in enumerate(labels)])
    return Tracks(names, np.zeros((n, 1, 1), np.uint8), labels, artists)


@pytest.fixture
def of_pictures(tracks: Tracks, rng: np.random.Generator) -> np.ndarray:
    """Activations in which each genre has a column of its own."""
    shape = (len(VERSIONS), len(tracks.names), SEGMENTS, COLUMNS)
    return rng.normal(0, 0.5, shape) + 2 * np.eye(COLUMNS)[tracks.labels][:, None]


@pytest.fixture
def audio(tracks: Tracks, of_pictures: np.ndarray) -> AudioSegments:
    """Every other track has audio, whose activations are those of its picture, shifted and stretched."""
    chosen = np.arange(0, len(tracks.names), 2)
    values = (1.5 * of_pictures[:, chosen] + 0.7).reshape(len(VERSIONS), -1, COLUMNS)
    return AudioSegments(np.repeat(chosen, SEGMENTS), np.tile(np.arange(SEGMENTS), len(chosen)), values)


def test_the_map_finds_a_linear_relation(rng: np.random.Generator) -> None:
    of_pictures = rng.normal(size=(50_000, 3))
    relation = np.array([[1.0, 0.2, 0.0], [0.0, 0.5, 0.0], [0.3, 0.0, 2.0]])
    to_audio = fit_map(of_pictures, of_pictures @ relation + 4)
    new = rng.normal(size=(10, 3))
    np.testing.assert_allclose(to_audio(new), new @ relation + 4, atol=0.3)


def test_genres_weigh_the_same_and_an_artist_by_the_square_root_of_its_tracks(tracks: Tracks) -> None:
    train = np.arange(1, len(tracks.names))  # the first genre has a track less
    weights = _weights(tracks, train, np.ones(len(train)), train)
    of_genres = np.bincount(tracks.labels[train], weights)
    np.testing.assert_allclose(of_genres, of_genres[0])
    last = weights[-PER_GENRE:]
    assert last[0] + last[1] == pytest.approx(np.sqrt(2) * last[-1])
    assert weights.sum() == pytest.approx(len(train) * SEGMENTS)


def test_no_artist_is_on_both_sides_of_a_fold(tracks: Tracks) -> None:
    train = np.arange(2, len(tracks.names))
    tested = []
    for fitted, left_out in folds(tracks, train, 4, seed=0):
        assert not set(tracks.artists[fitted]) & set(tracks.artists[left_out])
        tested.extend(left_out.tolist())
    assert sorted(tested) == train.tolist()


def test_a_head_knows_the_genres_of_artists_that_it_was_not_fitted_to(
    tracks: Tracks, audio: AudioSegments, of_pictures: np.ndarray
) -> None:
    fitted, left_out = next(folds(tracks, np.arange(len(tracks.names)), 3, seed=0))
    config = choose(tracks, audio, of_pictures, fitted)
    assert config in CANDIDATES
    head = fit(tracks, audio, of_pictures, fitted, config)
    rows = np.isin(audio.track, left_out)
    predicted = head.probabilities(audio.clean[rows]).argmax(axis=1)
    assert (predicted == tracks.labels[audio.track[rows]]).mean() > 0.9
    assert head.estimated.shape == (len(VERSIONS), len(tracks.names), COLUMNS)


def test_a_head_is_fitted_without_the_artists_that_are_left_out(
    tracks: Tracks, audio: AudioSegments, of_pictures: np.ndarray
) -> None:
    fitted, left_out = next(folds(tracks, np.arange(len(tracks.names)), 3, seed=0))
    changed, changed_pictures = audio.values.copy(), of_pictures.copy()
    changed[:, np.isin(audio.track, left_out)] = 100.0
    changed_pictures[:, left_out] = -100.0
    other = AudioSegments(audio.track, audio.number, changed)
    config = HeadConfig(0.01, 0.5)
    one, two = (fit(tracks, each, p, fitted, config) for each, p in ((audio, of_pictures), (other, changed_pictures)))
    np.testing.assert_array_equal(one.probabilities(audio.clean), two.probabilities(audio.clean))
