"""Reliability: low for audio that is not music and for damaged recordings, high for music."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from genre_core import audio
from genre_core.audio import SEGMENT_RATE as RATE
from genre_core.audio import SEGMENT_SAMPLES, SEGMENT_SECONDS, Clip
from genre_core.audio.augmentation import augment
from genre_core.audio.augmentation.hum import Hum
from genre_core.datasets import gtzan
from genre_core.features import embedding
from genre_core.prediction import reference, reliability
from genre_core.prediction.reference import Reference
from genre_core.prediction.reliability import Reliability

CERTAIN = {"jazz": 0.9, "rock": 0.08, "pop": 0.02}


def assessed(samples: np.ndarray, lowest_edge_hz: float = 6000.0, tracks: Reference | None = None) -> Reliability:
    samples = samples.astype(np.float32)
    starts = range(0, len(samples) - SEGMENT_SAMPLES + 1, SEGMENT_SAMPLES)
    values = np.array(list(embedding.extract_leveled(samples, starts, SEGMENT_SAMPLES)), dtype=np.float64)
    seconds = len(samples) / RATE
    distance = (tracks or reference.bundled()).distance(values, seconds / SEGMENT_SECONDS)
    return reliability.assess(Clip(samples, RATE), CERTAIN, distance, seconds, lowest_edge_hz)


def noise(rng: np.random.Generator, slope: float, seconds: float = 15.0) -> np.ndarray:
    """Noise whose power falls with frequency to the power of `slope`, peaking at 0.8."""
    spectrum = np.fft.rfft(rng.standard_normal(round(seconds * RATE)))
    frequencies = np.maximum(np.fft.rfftfreq(round(seconds * RATE), 1 / RATE), 1)
    samples = np.fft.irfft(spectrum * frequencies ** (-slope / 2))
    return 0.8 * samples / np.abs(samples).max()


UNLIKE, STATIC = "unlike all training tracks", "The sound is static"


@pytest.mark.parametrize("slope", [0, 1, 2], ids=["white", "pink", "brown"])
@pytest.mark.parametrize("level", [1.0, 0.1, 0.02])
def test_noise_has_low_reliability(rng: np.random.Generator, slope: float, level: float) -> None:
    found = assessed(level * noise(rng, slope))
    assert any(STATIC in reason for reason in found.reasons) and found.score < 0.5


@pytest.mark.parametrize("frequency", [60, 220, 440, 1000, 3000, 7000])
@pytest.mark.parametrize("level", [0.9, 0.05])
def test_a_tone_has_low_reliability(frequency: float, level: float) -> None:
    times = np.arange(15 * RATE) / RATE
    found = assessed(level * np.sin(2 * np.pi * frequency * times))
    assert UNLIKE in found.reasons[0] and STATIC in found.reasons[1] and found.score < 0.5


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize("voice", ["en-us", "de", "fr+f3", "es+m7", "en+whisper"])
@pytest.mark.parametrize("speed", [110, 175, 260])
def test_speech_has_low_reliability(voice: str, speed: int) -> None:
    text = "The train to the coast leaves at nine from platform four. Please mind the gap, and keep your bags at hand. "
    spoken = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", text * 4], capture_output=True, check=True
    ).stdout
    found = assessed(audio.load_audio(spoken).samples)
    assert UNLIKE in found.reasons[0] and found.score < 0.5


def test_real_music_has_high_reliability(gtzan_mini: Path) -> None:
    found = []
    for path in sorted(gtzan_mini.glob("*/*.wav"))[::7]:
        artist = gtzan.facts(f"{path.parent.name}/{path.stem}").artist
        others = {track for track, facts in gtzan.all_tracks().items() if artist and facts.artist == artist}
        tracks = reference.bundled().without(frozenset({f"{path.parent.name}/{path.stem}", *others}))
        found.append(assessed(audio.load_audio(path).samples, tracks=tracks))
    assert sum(bool(one.reasons) for one in found) <= 1
    assert all((one.score < 0.5) == bool(one.reasons) for one in found)
    assert np.median([one.score for one in found]) > 0.8


def test_each_fault_of_a_recording_has_a_reason(gtzan_mini: Path) -> None:
    path = next(iter(sorted(gtzan_mini.glob("rock/*.wav"))))
    music = audio.load_audio(path).samples
    telephone = scipy.signal.sosfilt(scipy.signal.ellip(12, 0.1, 90, 3400, fs=RATE, output="sos"), music)
    faults = {
        "clipped": np.clip(20 * music, -1, 1),
        "nearly silent": 0.002 * music / np.abs(music).max(),
        "spectrum ends at 3": telephone,
        "Only 6 s": music[: 6 * RATE],
        "strong mains hum (60 Hz)": Hum(60, -10).apply(music, np.random.default_rng(0)),
        "sounds like a room": augment(Clip(music, RATE), "room", 0).samples,
    }
    assert assessed(music).reasons == []
    for reason_part, samples in faults.items():
        found = assessed(samples)
        assert any(reason_part in reason for reason in found.reasons), reason_part
        assert found.score < 0.5
        assert all(reason.endswith(".") for reason in found.reasons)


def test_the_needed_bandwidth_depends_on_the_model(gtzan_mini: Path) -> None:
    music = audio.load_audio(next(iter(sorted(gtzan_mini.glob("pop/*.wav"))))).samples
    cut = scipy.signal.sosfilt(scipy.signal.ellip(12, 0.1, 90, 7000, fs=RATE, output="sos"), music)
    assert not any("spectrum ends" in reason for reason in assessed(cut, 6000).reasons)
    assert any("spectrum ends at 7" in reason for reason in assessed(cut, 8820).reasons)


@pytest.mark.parametrize(
    ("probabilities", "reasons"),
    [
        ({"jazz": 0.1, "rock": 0.58, "pop": 0.32}, ["The run is uncertain: rock (58 %) or pop (32 %)."]),
        ({"jazz": 0.81, "rock": 0.15, "pop": 0.04}, []),
    ],
)
def test_an_uncertain_prediction_names_both_genres(
    probabilities: dict[str, float], reasons: list[str], gtzan_mini: Path
) -> None:
    clip = audio.load_audio(next(iter(sorted(gtzan_mini.glob("rock/*.wav")))))
    found = reliability.assess(clip, probabilities, reliability.USUAL, clip.duration_s, 6000.0)
    assert found.reasons == reasons
    assert (found.score < 0.5) == bool(reasons)
