"""Unequal numbers of tracks, and genres by a single artist."""

from dataclasses import replace

import numpy as np
import pytest

from genre_core.datasets import Dataset, doctor
from genre_core.datasets.doctor import Severity
from genre_core.datasets.doctor.genres import UNBALANCED
from tests.doctor_data import find, get


@pytest.mark.parametrize(("kept", "severity"), [(20, None), (13, "note"), (6, "warning")])
def test_unequal_genres_are_found_and_can_be_evened_out(clean: Dataset, kept: int, severity: Severity | None) -> None:
    fewer = clean.take((clean.genre != "polka") | (np.arange(240) < 160 + 4 * kept))
    finding = find(doctor.examine(fewer), "class-balance")
    assert (finding and finding.severity) == severity
    if finding:
        assert [detail.value for detail in finding.details] == [20, 20, kept]
        rest = doctor.exclude_tracks(fewer, finding.to_exclude)
        counts = [len(set(rest.track[rest.genre == genre])) for genre in rest.genres]
        assert max(counts) / min(counts) <= UNBALANCED


def test_a_genre_by_a_single_artist_is_found(clean: Dataset) -> None:
    artist = clean.artists.copy()
    artist[clean.genre == "jazz"] = "Ella"
    finding = get(doctor.examine(replace(clean, artist=artist)), "one-artist")
    assert finding.details[0].note == "jazz: Ella"
    assert set(finding.tracks) == set(clean.track[clean.genre == "jazz"])
    assert finding.to_exclude == ()


def test_unknown_artists_are_unchecked(clean: Dataset) -> None:
    artist = np.where(clean.genre == "jazz", "", clean.artists)
    assert doctor.examine(replace(clean, artist=artist)).unchecked["one-artist"] == "the artists of jazz are unknown"
    nobody = np.full(240, "")
    assert doctor.examine(replace(clean, artist=nobody)).unchecked["one-artist"] == "the artists are unknown"


def test_four_bundled_genres_have_a_single_artist(bundled: Dataset) -> None:
    notes = [detail.note.split(":")[0] for detail in get(doctor.examine(bundled), "one-artist").details]
    assert notes == ["blues", "classical", "reggae", "rock"]
