"""Exact copies and near duplicates: in made data, and those that are known in GTZAN."""

import csv

import numpy as np
import pytest

from genre_core.datasets import Dataset, doctor
from genre_core.datasets.doctor import Diagnosis
from genre_core.datasets.doctor.duplicates import NEAR
from tests.conftest import SHARED, required_path
from tests.doctor_data import find, get, pairs, with_features


@pytest.mark.parametrize("copy", ["jazz/25", "polka/45"])
def test_exact_copies_are_found_also_in_a_rounded_table(clean: Dataset, copy: str) -> None:
    values = clean.values[clean.track == "jazz/24"]
    diagnosis = doctor.examine(with_features(clean, copy, values * (1 + 1e-9)))
    finding = get(diagnosis, "exact-duplicates")
    assert finding.tracks == ("jazz/24", copy)
    assert finding.to_exclude == (copy,)
    assert ("contradictory genre labels" in finding.message) == copy.startswith("polka")
    assert find(diagnosis, "near-duplicates") is None, "no track is reported twice"


def test_a_track_with_the_same_mean_is_no_exact_copy(clean: Dataset) -> None:
    values = clean.values[clean.track == "jazz/24"][::-1]
    assert find(doctor.examine(with_features(clean, "jazz/25", values)), "exact-duplicates") is None


def test_near_duplicates_that_are_connected_are_one_group(clean: Dataset, rng: np.random.Generator) -> None:
    values = clean.values[clean.track == "jazz/24"]
    for copy in ("jazz/25", "jazz/26"):
        clean = with_features(clean, copy, values * np.exp(0.03 * rng.normal(size=values.shape)))
    finding = get(doctor.examine(clean), "near-duplicates")
    assert [detail.tracks for detail in finding.details] == [("jazz/24", "jazz/25", "jazz/26")]
    assert finding.to_exclude == ("jazz/25", "jazz/26")
    assert 1 - NEAR < finding.details[0].value < 1


def test_pictures_are_compared_exactly(rng: np.random.Generator) -> None:
    pictures = rng.integers(0, 256, size=(40, 128, 39, 1), dtype=np.uint8)
    pictures[6:8] = pictures[0:2]
    genre = np.repeat(["blues", "jazz"], 20)
    track = np.array([f"{g}/{i // 2}" for i, g in enumerate(genre)])
    made = Dataset("made", "mel", pictures, genre, track, np.arange(40) % 2 * 3.0, artist=np.repeat(["A", "B"], 20))
    diagnosis = doctor.examine(made)
    assert get(diagnosis, "exact-duplicates").tracks == ("blues/0", "blues/3")
    assert len(get(diagnosis, "one-artist").details) == 2
    assert {"near-duplicates", "outliers", "silence"} <= set(diagnosis.unchecked)


def test_the_bundled_tracks_have_no_duplicates(bundled: Dataset) -> None:
    diagnosis = doctor.examine(bundled)
    assert find(diagnosis, "exact-duplicates") is None
    assert find(diagnosis, "near-duplicates") is None


def test_every_known_exact_copy_in_gtzan_is_found_and_no_other(gtzan: Diagnosis) -> None:
    with required_path(SHARED / "gtzan" / "duplicates.csv").open(encoding="utf-8") as file:
        known = {frozenset((row["track"], row["duplicate_of"])) for row in csv.DictReader(file)}
    assert len(known) == 14
    assert pairs(get(gtzan, "exact-duplicates")) == known


def test_near_duplicates_in_gtzan_have_the_same_artist_and_title(gtzan: Diagnosis) -> None:
    """Of the 75 pairs in one genre with the same title, many are other takes, other sections or remixes."""

    def plain(text: str) -> str:
        return "".join(letter for letter in text.lower() if letter.isalnum())

    with required_path(SHARED / "gtzan" / "artists.csv").open(encoding="utf-8") as file:
        title = {row["track"]: plain(row["artist"] + row["title"]) for row in csv.DictReader(file)}
    near = pairs(get(gtzan, "near-duplicates"))
    wrong = {pair for pair in near if len({title[track] for track in pair}) > 1}
    assert not wrong
    assert len(near) >= 24
