"""The domain of a training set: distances that can be computed directly, its limit, and what has none."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf

from genre_core.models import domain
from genre_core.models.domain import LEAST_TRACKS, TrainingDomain, summaries

SEGMENTS = 6
GENRES = ("jazz", "metal", "pop")


def music(rng: np.random.Generator, tracks: int, columns: int = 8, segments: int = SEGMENTS) -> dict[str, np.ndarray]:
    """Tracks around the mean of their genre, which is the same for all generators, and segments around their track."""
    genres = np.array(GENRES)[np.arange(tracks) % 3]
    means = np.random.default_rng(1).normal(0, 3, (3, columns))
    centers = means[np.arange(tracks) % 3] + rng.normal(0, 1, (tracks, columns))
    names = np.array([f"{genre}/{i}" for i, genre in enumerate(genres)])
    repeated = {
        "track": names,
        "genre": genres,
        "artist": np.array([f"artist {i // 6} of {genres[i]}" for i in range(tracks)]),
    }
    values = np.repeat(centers, segments, axis=0) + rng.normal(0, 1, (tracks * segments, columns))
    return {"values": values, **{name: np.repeat(array, segments) for name, array in repeated.items()}}


def fitted(data: dict[str, np.ndarray]) -> TrainingDomain:
    found = TrainingDomain.fit(**data)  # type: ignore[arg-type]
    assert found is not None
    return found


def scores(of: TrainingDomain, data: dict[str, np.ndarray], n: int = SEGMENTS) -> np.ndarray:
    names = np.unique(data["track"])
    return np.array([of.score(data["values"][data["track"] == name][:n], n) for name in names])


def test_the_distance_is_that_of_mahalanobis_from_the_nearest_genre(rng: np.random.Generator) -> None:
    data = music(rng, 120)
    found = fitted(data)
    z = (data["values"] - data["values"].mean(axis=0)) / data["values"].std(axis=0)
    rows = np.sign(z) * (np.sqrt(1 + np.abs(z)) - 1)
    tracks, index = np.unique(data["track"], return_inverse=True)
    means = np.array([rows[index == i].mean(axis=0) for i in range(len(tracks))])
    genre = np.array([name.split("/")[0] for name in tracks])
    centers = np.array([means[genre == name].mean(axis=0) for name in GENRES])
    deviations = means - centers[np.searchsorted(GENRES, genre)]
    covariance = LedoitWolf(assume_centered=True).fit(deviations).covariance_
    for i in (0, 50, 119):
        direct = min((means[i] - center) @ np.linalg.inv(covariance) @ (means[i] - center) for center in centers)
        # With as many axes as columns nothing is on none of them.
        assert found.distance(data["values"][index == i], SEGMENTS) == pytest.approx(direct, rel=1e-4)


def test_what_is_on_none_of_the_axes_adds_to_the_distance(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "AXES", 3)
    data = music(rng, 120)
    found = fitted(data)
    off_axes = np.linalg.svd(found.axes.T)[2][-1]
    song = data["values"][:SEGMENTS]
    z = (song - found.mean) / found.scale
    compressed = np.sign(z) * (np.sqrt(1 + np.abs(z)) - 1)
    aim = compressed + 2 * off_axes
    moved = found.mean + found.scale * np.sign(aim) * ((1 + np.abs(aim)) ** 2 - 1)
    deviation = (compressed.mean(axis=0) - found.center) @ off_axes
    expected = 3 * ((deviation + 2) ** 2 - deviation**2) / found.residual
    assert found.distance(moved, SEGMENTS) - found.distance(song, SEGMENTS) == pytest.approx(expected, rel=1e-6)


def test_the_score_is_half_at_the_limit_and_90_percent_at_the_median(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fitted(music(rng, 90))
    for distance, score in ((found.limit, 0.5), (found.usual, 0.9)):
        monkeypatch.setattr(TrainingDomain, "distance", lambda *_, distance=distance: distance)
        assert found.score(np.zeros((1, 8)), 1) == pytest.approx(score)


def test_5_percent_of_new_tracks_of_the_genres_are_out_of_domain(rng: np.random.Generator) -> None:
    found = fitted(music(rng, 400))
    new = scores(found, music(rng, 1000))
    assert 0.02 <= (new < 0.5).mean() <= 0.08
    assert np.median(new) == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_short_songs_are_not_called_out_of_domain_more_often(rng: np.random.Generator, n: int) -> None:
    short = scores(fitted(music(rng, 400)), music(rng, 1000), n)
    assert 0.01 <= (short < 0.5).mean() <= 0.08


def test_music_of_another_kind_is_out_of_domain(rng: np.random.Generator) -> None:
    data, other = music(rng, 120), music(rng, 60)
    other["values"] = -other["values"] + 6
    assert (scores(fitted(data), other) < 0.5).mean() > 0.9


def test_the_limit_is_measured_on_artists_that_were_not_in_the_training(rng: np.random.Generator) -> None:
    data = music(rng, 120)
    data["artist"] = np.array([f"{name.split('/')[0]} {int(name.split('/')[1]) // 30}" for name in data["track"]])
    artists = {name: rng.normal(0, 3, 8) for name in np.unique(data["artist"])}
    data["values"] += np.array([artists[name] for name in data["artist"]])
    unknown = data | {"artist": np.full(len(data["track"]), "")}
    assert fitted(data).limit > 1.5 * fitted(unknown).limit


def test_a_genre_with_a_single_artist_has_no_part_in_the_limit() -> None:
    genre = np.array(["jazz"] * 20 + ["metal"] * 20)
    track = np.array([f"{name}/{i}" for i, name in enumerate(genre)])
    artist = np.array(["one"] * 20 + [f"other {i // 2}" for i in range(20)])
    folds = domain._folds(genre, track, artist)
    assert (folds[:20] == -1).all() and set(folds[20:]) == set(range(domain.FOLDS))
    assert all(len(set(folds[artist == name])) == 1 for name in set(artist))
    artist[:] = "one"  # most tracks could not be tested by artist
    assert set(domain._folds(genre, track, artist)) == set(range(domain.FOLDS))


def test_fewer_tracks_have_no_limit(rng: np.random.Generator) -> None:
    assert TrainingDomain.fit(**music(rng, LEAST_TRACKS - 1)) is None  # type: ignore[arg-type]
    assert TrainingDomain.fit(**music(rng, LEAST_TRACKS)) is not None  # type: ignore[arg-type]


def test_augmented_copies_are_in_domain(rng: np.random.Generator) -> None:
    data = music(rng, 120)
    shift = 4 * np.ones(8)
    copies = [data["values"] + shift]
    new = music(rng, 300)
    new["values"] += shift
    with_copies = TrainingDomain.fit(**data, copies=copies)
    assert with_copies is not None
    assert (scores(with_copies, new) < 0.5).mean() < 0.1 < (scores(fitted(data), new) < 0.5).mean()


def test_excluded_and_constant_columns_do_not_count(rng: np.random.Generator) -> None:
    data = music(rng, 60)
    data["values"][:, 7] = 3.0
    found = TrainingDomain.fit(**data, excluded=np.arange(8) == 0)  # type: ignore[arg-type]
    assert found is not None
    song = data["values"][:SEGMENTS].copy()
    before = found.score(song, SEGMENTS)
    song[:, 0] = 1e6
    assert found.score(song, SEGMENTS) == before


def test_tracks_of_one_segment_have_a_limit(rng: np.random.Generator) -> None:
    found = fitted(music(rng, 400, segments=1))
    assert 0.01 <= (scores(found, music(rng, 1000, segments=1), 1) < 0.5).mean() <= 0.09


def test_a_saved_domain_is_the_same_when_it_is_loaded(rng: np.random.Generator, tmp_path: Path) -> None:
    data = music(rng, 60)
    found = fitted(data)
    found.save(tmp_path / "domain.npz")
    loaded = TrainingDomain.load(tmp_path / "domain.npz", data["values"].shape[1:])
    np.testing.assert_allclose(scores(loaded, data), scores(found, data), atol=1e-4)
    with np.load(tmp_path / "domain.npz", allow_pickle=False) as file:
        assert {array.dtype for array in file.values()} == {np.dtype(np.float32)}


def test_a_picture_is_summed_up_by_its_bands(rng: np.random.Generator) -> None:
    pictures = rng.integers(0, 256, (3, 4, 5, 2), dtype=np.uint8)
    found = summaries(pictures)
    assert found.shape == (3, 16)
    assert found[1, 2 * 2 + 1] == pytest.approx(pictures[1, 2, :, 1].mean())
    assert found[1, 8 + 2 * 2 + 1] == pytest.approx(pictures[1, 2, :, 1].std())


@pytest.mark.parametrize("artist", ["", "Various Artists"])
def test_an_artist_of_most_tracks_is_divided_by_track(artist: str, rng: np.random.Generator) -> None:
    names = np.array([f"{genre}/{i:02}" for genre in ("jazz", "metal") for i in range(30)])
    track = np.repeat(names, 3)
    genre = np.array([name.partition("/")[0] for name in track])
    values = rng.normal(size=(len(track), 40)) + 3 * (genre == "jazz")[:, None]
    domain = TrainingDomain.fit(values, track, genre, np.full(len(track), artist))
    assert domain is not None
    assert domain.score(values[:3], 3) > 0.5 > domain.score(values[:3] + 30, 3)


def test_genres_of_a_single_track_give_no_domain(rng: np.random.Generator) -> None:
    track = np.repeat([f"genre {i}/a" for i in range(60)], 3)
    genre = np.array([name.partition("/")[0] for name in track])
    assert TrainingDomain.fit(rng.normal(size=(len(track), 40)), track, genre, np.full(len(track), "")) is None
