"""The tracks to compare with: likeness and distance."""

import numpy as np
import pytest

from genre_core.datasets import gtzan
from genre_core.errors import ModelError
from genre_core.prediction import reference
from genre_core.prediction.reference import Reference


@pytest.fixture(scope="module")
def bundled() -> Reference:
    return reference.bundled()


def of_track(songs: Reference, track: str) -> np.ndarray:
    return songs.values[songs.track == track]


def test_only_tracks_that_may_be_learned_from_are_in_it(bundled):
    assert len(bundled.tracks) > 100
    assert {gtzan.facts(track).part for track in bundled.tracks} == {"train", "valid"}


def test_a_track_is_most_like_itself(bundled):
    for track in bundled.tracks[::10]:
        nearest = bundled.similar(of_track(bundled, track))
        assert nearest[0].track == track
        assert nearest[0].similarity == pytest.approx(1)
        cosines = [one.similarity for one in nearest]
        assert cosines == sorted(cosines, reverse=True)
        assert track not in {one.track for one in bundled.without(frozenset([track])).similar(of_track(bundled, track))}


def test_the_nearest_track_of_another_artist_is_often_of_the_same_genre(bundled):
    def artist(track: str) -> str:
        return gtzan.facts(track).artist or track

    hits = 0
    for track in bundled.tracks:
        others = bundled.without(frozenset(one for one in bundled.tracks if artist(one) == artist(track)))
        hits += others.similar(of_track(bundled, track), 1)[0].track.split("/")[0] == track.split("/")[0]
    assert hits > 0.4 * len(bundled.tracks)  # by chance 0.1


def test_within_a_track_whitened_embeddings_vary_by_about_one(bundled):
    white = bundled.values @ bundled.whitening
    place = np.searchsorted(bundled.tracks, bundled.track)
    away = white - np.array([white[place == i].mean(axis=0) for i in range(len(bundled.tracks))])[place]
    # Ten segments a track, of which the mean takes one; shrinkage makes small variances smaller still.
    assert 0.65 < (away**2).mean() < 0.95


def test_distance_is_about_one_for_music_of_any_length_and_large_for_what_is_none(bundled, rng):
    def artist(track: str) -> str:
        return gtzan.facts(track).artist or track

    whole, piece = [], []
    for track in bundled.tracks[::8]:
        others = bundled.without(frozenset(one for one in bundled.tracks if artist(one) == artist(track)))
        values = of_track(bundled, track)
        whole.append(others.distance(values, len(values)))
        piece.append(others.distance(values[:1], 1))
    assert 0.6 < np.median(whole) < 1.1
    assert 0.6 < np.median(piece) < 1.1
    shuffled = of_track(bundled, bundled.tracks[0])[:, rng.permutation(bundled.values.shape[1])]
    assert bundled.distance(shuffled, 10) > 2


def test_a_missing_file_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(reference, "FOLDER", tmp_path / "reference")
    with pytest.raises(ModelError, match="fetch the files of the project again"):
        reference.bundled.__wrapped__()
