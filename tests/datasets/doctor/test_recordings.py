"""Faults of recordings: found in the track that has one, in no other, and in GTZAN where they are known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import soundfile
import soxr

from genre_core import datasets
from genre_core.datasets import Dataset, doctor
from genre_core.datasets.doctor import Diagnosis, FindingKind
from genre_core.features import paper
from tests.conftest import SHARED, required_path
from tests.doctor_data import find, get, with_features

RATE = 22_050
RMS = paper.COLUMNS.index("rms_mean")
AUDIO_KINDS: tuple[FindingKind, ...] = ("clipping", "sample-rate", "bandwidth", "silence", "too-short")

Change = Callable[[np.ndarray], np.ndarray]


def noise(rng: np.random.Generator) -> np.ndarray:
    """Five seconds of noise up to the highest frequency, louder in the bass, with a peak of -6 dBFS."""
    samples = scipy.signal.lfilter([1], [1, -0.9], rng.normal(size=5 * RATE))
    return np.asarray(0.5 * samples / np.abs(samples).max())


@pytest.fixture
def examined(tmp_path: Path, rng: np.random.Generator) -> Callable[..., Diagnosis]:
    """Write a folder of recordings in which one track is changed, and examine it."""

    def examined(change: Change = lambda samples: samples, rate: int = RATE) -> Diagnosis:
        tracks = [f"{genre}/{n}" for genre in ("blues", "jazz") for n in range(3)]
        for track in tracks:
            path = tmp_path / f"{track}.wav"
            path.parent.mkdir(exist_ok=True)
            samples = noise(rng)
            if track == "jazz/1":
                soundfile.write(path, change(samples), rate)
            else:
                soundfile.write(path, samples, RATE)
        genre = np.array([track.split("/")[0] for track in tracks])
        made = Dataset("made", "paper", np.abs(rng.normal(size=(6, 58))) + 1, genre, np.array(tracks), np.zeros(6))
        return doctor.examine(made, tmp_path)

    return examined


def low_passed(samples: np.ndarray) -> np.ndarray:
    return soxr.resample(soxr.resample(samples, RATE, 16_000), 16_000, RATE)


def half_silent(samples: np.ndarray) -> np.ndarray:
    return np.where(np.arange(len(samples)) < len(samples) // 2, samples, 0)


def test_clean_recordings_have_no_fault(examined: Callable[..., Diagnosis]) -> None:
    diagnosis = examined()
    assert diagnosis.n_with_audio == 6
    assert not [finding for finding in diagnosis.findings if finding.kind in AUDIO_KINDS]
    assert not set(AUDIO_KINDS) & set(diagnosis.unchecked)


@pytest.mark.parametrize(
    ("kind", "change", "value"),
    [
        ("clipping", lambda samples: (8 * samples).clip(-1, 1), None),
        ("clipping", lambda samples: np.stack([samples, (8 * samples).clip(-1, 1)], axis=1), None),
        ("silence", half_silent, 0.5),
        ("bandwidth", low_passed, 8000),
        ("too-short", lambda samples: samples[:RATE], None),
    ],
)
def test_the_fault_of_one_track_is_found_and_no_other(
    examined: Callable[..., Diagnosis], kind: FindingKind, change: Change, value: float | None
) -> None:
    diagnosis = examined(change)
    assert [finding.kind for finding in diagnosis.findings if finding.kind in AUDIO_KINDS] == [kind]
    finding = get(diagnosis, kind)
    assert finding.tracks == ("jazz/1",)
    assert finding.to_exclude == ("jazz/1",)
    if value:
        assert finding.details[0].value == pytest.approx(value, rel=0.04)


@pytest.mark.parametrize(
    "tone", [lambda t: np.sin(2 * np.pi * 440 * t), lambda t: 0.3 * np.sin(2 * np.pi * 50 * t)], ids=["peak", "bass"]
)
def test_a_pure_tone_is_not_clipped(examined: Callable[..., Diagnosis], tone: Change) -> None:
    assert find(examined(lambda samples: tone(np.arange(len(samples)) / RATE)), "clipping") is None


def test_dull_music_has_no_limited_bandwidth(examined: Callable[..., Diagnosis]) -> None:
    dull = scipy.signal.butter(3, 1500, fs=RATE, output="sos")
    assert find(examined(lambda samples: scipy.signal.sosfilt(dull, samples)), "bandwidth") is None


def test_a_lower_sample_rate_is_found_with_its_bandwidth(examined: Callable[..., Diagnosis]) -> None:
    diagnosis = examined(rate=16_000)
    assert [detail.value for detail in get(diagnosis, "sample-rate").details] == [16_000, 22_050]
    assert get(diagnosis, "bandwidth").details[0].value == 8_000


def test_silence_is_found_in_a_table(clean: Dataset) -> None:
    finding = get(doctor.examine(with_features(clean, "jazz/30", 1e-5, RMS)), "silence")
    assert finding.to_exclude == ("jazz/30",)
    assert finding.details[0].value == 1.0


def test_gtzan_mini_has_one_clipped_track_and_no_other_fault(bundled: Dataset, gtzan_mini: Path) -> None:
    diagnosis = doctor.examine(bundled, gtzan_mini)
    assert diagnosis.n_with_audio == 100
    assert {finding.kind for finding in diagnosis.findings} == {"one-artist", "outliers", "clipping"}
    assert get(diagnosis, "clipping").tracks == ("hiphop/hiphop.00009",)


def test_tracks_that_were_stored_at_16_khz_end_at_8_khz(kaggle_30_sec: Path) -> None:
    folder = required_path(SHARED / "gtzan_more" / "genres")
    stored = {f"{p.parent.name}/{p.stem}" for p in folder.glob("*/*") if soundfile.info(p).samplerate == 16_000}
    table = datasets.load_dataset(str(kaggle_30_sec))
    names = {f"{p.parent.name}/{p.stem}" for p in folder.glob("*/*")}
    diagnosis = doctor.examine(table.take(np.isin(table.track, sorted(names))), folder)
    limited = get(diagnosis, "bandwidth")
    assert set(limited.tracks) == stored
    assert all(7_000 <= detail.value <= 8_000 for detail in limited.details)
    assert limited.severity == "warning", "country has fewer of them than blues"
