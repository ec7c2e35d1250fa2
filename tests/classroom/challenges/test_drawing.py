"""Drawing: which tracks are in which set, and that names and order say nothing of the test set."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from genre_core.classroom.challenges import SPLIT, ChallengeConfig
from genre_core.classroom.challenges.drawing import draw_sets
from genre_core.datasets import Dataset
from genre_core.datasets.splits import make_split
from genre_core.errors import ConfigError, DatasetError
from tests.classroom.challenges.made import synthetic

CONFIG = ChallengeConfig("Test", test_size=0.3, valid_size=0.2)


def original_tracks(part: Dataset, whole: Dataset) -> dict[str, set[str]]:
    """The original track of each segment, found by its features: by the new name of its track."""
    known = {row.tobytes(): track for row, track in zip(whole.values, whole.track.tolist(), strict=True)}
    found: dict[str, set[str]] = {}
    for row, track in zip(part.values, part.track.tolist(), strict=True):
        found.setdefault(track, set()).add(known[row.tobytes()])
    return found


def test_the_sets_are_disjoint_stratified_and_complete(rng: np.random.Generator) -> None:
    whole = synthetic(rng)
    drawn = draw_sets(whole, CONFIG, "challenge X")
    students, test = original_tracks(drawn.students, whole), original_tracks(drawn.test, whole)
    assert all(len(tracks) == 1 for tracks in [*students.values(), *test.values()])
    of_students, of_test = set.union(*students.values()), set.union(*test.values())
    assert not of_students & of_test
    assert of_students | of_test == set(whole.track.tolist())
    assert drawn.students.subset is not None
    for genre in whole.genres:
        is_genre = drawn.students.genre == genre
        for subset, tracks in (("train", 5), ("valid", 2)):
            assert len(set(drawn.students.track[is_genre & (drawn.students.subset == subset)].tolist())) == tracks
        assert len(set(drawn.test.track[drawn.test.genre == genre].tolist())) == 3


def test_names_and_order_of_tracks_say_nothing(rng: np.random.Generator) -> None:
    whole = synthetic(rng, artists=5)
    students = draw_sets(whole, CONFIG, "challenge X").students
    assert students.track[0] == "ambient/ambient 1"
    assert sorted(set(students.track.tolist())) == [f"{g}/{g} {n}" for g in whole.genres for n in range(1, 8)]
    assert "secret" not in repr(students.to_frame().to_dict())
    assert "quartet" not in repr(students.to_frame().to_dict())
    assert students.name == "challenge X"
    assert not students.warnings and not students.skipped and students.folder is None and not students.augmented.names
    numbers = [int(next(iter(names))[-3:]) for names in original_tracks(students, whole).values()]
    assert numbers != sorted(numbers)


def test_names_of_the_test_set_are_in_no_other_set(rng: np.random.Generator) -> None:
    drawn = draw_sets(synthetic(rng), CONFIG, "challenge X")
    assert sorted(set(drawn.test.track.tolist()))[0] == "ambient/test ambient 1"
    assert not set(drawn.test.track.tolist()) & set(drawn.students.track.tolist())


def test_each_challenge_has_another_test_set(rng: np.random.Generator) -> None:
    whole = synthetic(rng)
    tests = [original_tracks(draw_sets(whole, CONFIG, "x").test, whole).values() for _ in range(5)]
    assert len({frozenset().union(*names) for names in tests}) > 1


def test_the_students_train_on_its_training_set_and_are_scored_on_its_validation_set(rng: np.random.Generator) -> None:
    students = draw_sets(synthetic(rng), CONFIG, "x").students
    assert students.subset is not None
    split = make_split(students, SPLIT)
    assert (students.subset[split.single.train] == "train").all()
    assert (students.subset[split.single.test] == "valid").all()
    assert split.config.description == "validation set of a predefined split"


def test_by_artist_no_artist_is_in_two_sets(rng: np.random.Generator) -> None:
    whole = synthetic(rng, artists=5)
    drawn = draw_sets(whole, replace(CONFIG, split="artist"), "x")
    artist_of = dict(zip(whole.track.tolist(), whole.artists.tolist(), strict=True))
    assert drawn.students.subset is not None
    sets = [drawn.test] + [drawn.students.take(drawn.students.subset == name) for name in ("train", "valid")]
    artists = [{artist_of[name] for names in original_tracks(part, whole).values() for name in names} for part in sets]
    assert not artists[0] & artists[1] and not artists[0] & artists[2] and not artists[1] & artists[2]
    assert all(name.startswith("artist ") for name in drawn.students.artists.tolist())


def test_a_genre_without_enough_artists_is_in_neither_set(rng: np.random.Generator) -> None:
    whole = synthetic(rng, artists=5)
    assert whole.artist is not None
    whole.artist[whole.genre == "house"] = "the only one"
    drawn = draw_sets(whole, replace(CONFIG, split="artist"), "x")
    assert drawn.untested_genres == ("house",)
    assert "house" in drawn.students.genres and "house" not in drawn.test.genres


def test_the_same_track_twice_is_never_trained_on_and_tested(rng: np.random.Generator) -> None:
    whole = synthetic(rng)
    copied = np.concatenate([np.arange(start, start + 8) for start in (0, 20, 40)])  # four tracks of each genre
    twice = whole.take(np.concatenate([np.arange(60), copied]))
    twice.track[60:] = np.char.add(twice.track[60:], " again")
    for _ in range(5):
        drawn = draw_sets(twice, CONFIG, "x")
        assert drawn.students.subset is not None
        train = {row.tobytes() for row in drawn.students.values[drawn.students.subset == "train"]}
        valid = {row.tobytes() for row in drawn.students.values[drawn.students.subset == "valid"]}
        assert not train & valid
        assert not train & {row.tobytes() for row in drawn.test.values}


def test_too_few_tracks_are_refused_in_a_sentence(rng: np.random.Generator) -> None:
    with pytest.raises(DatasetError, match="needs one for training and one for testing"):
        draw_sets(synthetic(rng, tracks=2), CONFIG, "x")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": " "}, "Enter a title"),
        ({"title": "a\nb"}, "in one line"),
        ({"title": "x" * 81}, "longer than 80"),
        ({"test_size": 0.05}, "The share of the test set must be from 10 % to 50 %"),
        ({"valid_size": 0.6}, "The share of the validation set"),
        ({"split": "random"}, "by track or artist"),
    ],
)
def test_settings_are_checked(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        replace(CONFIG, **changes)
