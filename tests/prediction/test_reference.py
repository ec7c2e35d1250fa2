"""The reference tracks: similarity and distance."""

from pathlib import Path

import numpy as np
import pytest

from genre_core.datasets import gtzan
from genre_core.errors import ModelError
from genre_core.prediction import reference
from genre_core.prediction.reference import Reference


@pytest.fixture(scope="module")
def bundled() -> Reference:
    return reference.bundled()


def of_track(tracks: Reference, track: str) -> np.ndarray:
    return tracks.values[tracks.track == track]


def test_only_training_and_validation_tracks_are_in_it(bundled: Reference) -> None:
    assert len(bundled.tracks) > 100
    assert {gtzan.facts(track).subset for track in bundled.tracks} == {"train", "valid"}


def test_a_track_is_most_similar_to_itself(bundled: Reference) -> None:
    for track in bundled.tracks[::10]:
        nearest = bundled.similar(of_track(bundled, track))
        assert nearest[0].track == track
        assert nearest[0].similarity == pytest.approx(1)
        cosines = [one.similarity for one in nearest]
        assert cosines == sorted(cosines, reverse=True)
        assert track not in {one.track for one in bundled.without(frozenset([track])).similar(of_track(bundled, track))}


def test_the_nearest_track_of_another_artist_is_often_of_the_same_genre(bundled: Reference) -> None:
    def artist(track: str) -> str:
        return gtzan.facts(track).artist or track

    hits = 0
    for track in bundled.tracks:
        others = bundled.without(frozenset(one for one in bundled.tracks if artist(one) == artist(track)))
        hits += others.similar(of_track(bundled, track), 1)[0].track.split("/")[0] == track.split("/")[0]
    assert hits > 0.4 * len(bundled.tracks)  # by chance 0.1


def test_whitened_embeddings_have_about_unit_variance_within_a_track(bundled: Reference) -> None:
    white = bundled.values @ bundled.whitening
    place = np.searchsorted(bundled.tracks, bundled.track)
    deviations = white - np.array([white[place == i].mean(axis=0) for i in range(len(bundled.tracks))])[place]
    # Ten segments per track, less a degree of freedom for the mean; shrinkage makes small variances smaller still.
    assert 0.65 < (deviations**2).mean() < 0.95


def test_distance_is_about_one_for_music_of_any_length_and_large_for_other_sound(
    bundled: Reference, rng: np.random.Generator
) -> None:
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


def test_a_missing_file_is_an_error_of_the_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reference, "FOLDER", tmp_path / "reference")
    with pytest.raises(ModelError, match="fetch the files of the project again"):
        reference.bundled.__wrapped__()
