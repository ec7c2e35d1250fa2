"""Tracks that are far from all others."""

import numpy as np

from genre_core.datasets import Dataset, doctor
from genre_core.datasets.doctor import Diagnosis
from tests.doctor_data import get, with_features


def test_an_outlier_is_found(clean: Dataset) -> None:
    finding = get(doctor.examine(with_features(clean, "jazz/30", 1e4, slice(10, 40))), "outliers")
    assert finding.to_exclude == finding.tracks == ("jazz/30",)


def test_few_tracks_are_not_compared(clean: Dataset) -> None:
    few = clean.take(np.isin(clean.track, ["blues/01", "blues/02", "jazz/21", "jazz/22"]))
    assert {"near-duplicates", "outliers"} <= set(doctor.examine(few).unchecked)


def test_the_broken_track_of_gtzan_is_one_of_few_outliers(gtzan: Diagnosis) -> None:
    """Most of reggae.00086 is digital noise (Sturm 2014)."""
    outliers = get(gtzan, "outliers").tracks
    assert "reggae/reggae.00086" in outliers
    assert len(outliers) <= 10
