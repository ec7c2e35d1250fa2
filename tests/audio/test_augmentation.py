"""Augmentations: the contract of all of them, and the physics of each, measured on signals whose answer is known."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.signal

from genre_core import audio
from genre_core.audio import quality, synthesis
from genre_core.audio.augmentation import AUGMENTATIONS, augment, augmentation_seed
from genre_core.audio.augmentation.effect import colored_noise
from genre_core.audio.augmentation.hum import Hum
from genre_core.audio.augmentation.recording import CLICK_S, Clipping, Mp3, Noise, Speed
from genre_core.audio.augmentation.room import Room
from genre_core.errors import GenreLabError
from tests.dry_room import DRY

RATE = audio.SEGMENT_RATE


@pytest.fixture(scope="module")
def furnace() -> audio.Clip:
    return synthesis.song("furnace").clip(seconds=12)


@pytest.fixture
def white(rng: np.random.Generator) -> np.ndarray:
    """Ten seconds of white noise."""
    return (0.1 * rng.standard_normal(10 * RATE)).astype(np.float32)


def clip(samples: np.ndarray) -> audio.Clip:
    return audio.Clip(samples.astype(np.float32), RATE)


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10((samples.astype(float) ** 2).mean()))


def gain_db(before: np.ndarray, after: np.ndarray, low_hz: float, high_hz: float) -> float:
    """How much the energy between two frequencies changed."""
    hz, power = scipy.signal.welch(np.stack([before, after]), RATE, nperseg=4096)
    powers = power[:, (hz > low_hz) & (hz < high_hz)].sum(axis=1)
    return float(10 * np.log10(powers[1] / powers[0]))


def lag(one: np.ndarray, other: np.ndarray) -> int:
    """Samples by which `other` comes later than `one`."""
    correlation = scipy.signal.correlate(other, one, "full", "fft")
    return int(correlation.argmax()) - (len(one) - 1)


@pytest.mark.parametrize("nominal", [False, True])
@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_contract_of_all(name: str, nominal: bool, furnace: audio.Clip) -> None:
    before = furnace.samples.copy()
    for piece in (furnace, furnace.between(0, 3), furnace.between(0, 1)):
        result = augment(piece, name, 5, nominal=nominal)
        assert result.samples.dtype == np.float32
        assert result.samples.shape == piece.samples.shape
        assert np.isfinite(result.samples).all()
        assert (result.rate, result.warnings) == (RATE, piece.warnings)
        assert not np.array_equal(result.samples, piece.samples)
        np.testing.assert_array_equal(result.samples, augment(piece, name, 5, nominal=nominal).samples)
    np.testing.assert_array_equal(furnace.samples, before)  # the clip itself is untouched

    silent = augment(clip(np.zeros(3 * RATE)), name, 5, nominal=nominal).samples
    assert np.abs(silent).max() < audio.SILENCE_PEAK
    assert AUGMENTATIONS[name].title
    assert AUGMENTATIONS[name].description.endswith(".")


@pytest.mark.parametrize("name", ["room", "clipping", "hum", "noise", "speed"])
def test_another_seed_gives_another_sound(name: str, furnace: audio.Clip) -> None:
    one, other = (augment(furnace, name, seed).samples for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_each_version_of_each_track_has_a_seed_of_its_own() -> None:
    tracks = [f"jazz.{number:05d}" for number in range(100)]
    assert len({augmentation_seed(track, version) for track in tracks for version in range(10)}) == 1000
    assert augmentation_seed("jazz.00012", 2) == 4_168_874_542  # the same on every computer, in every version


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((audio.Clip(np.zeros(44_100, np.float32), 44_100), "hum", 0), ValueError),
        ((audio.Clip(np.zeros(RATE // 2, np.float32), RATE), "hum", 0), ValueError),
        ((audio.Clip(np.zeros(RATE, np.float32), RATE), "hall", 0), GenreLabError),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        augment(*arguments)


@pytest.mark.parametrize(("name", "edge_hz"), [("16-khz", 8000), ("12-khz", 6000), ("8-khz", 4000)])
def test_a_low_sample_rate_leaves_nothing_above_its_half(name: str, edge_hz: float, white: np.ndarray) -> None:
    low = augment(clip(white), name, 0).samples
    assert gain_db(white, low, 20, 0.85 * edge_hz) == pytest.approx(0, abs=0.1)
    assert gain_db(white, low, 1.05 * edge_hz, 11_000) < -50
    assert lag(white, low) == 0
    assert quality.limited_bandwidth_hz(clip(low)) == pytest.approx(edge_hz, abs=400)


def test_a_telephone_keeps_300_to_3400_hz(white: np.ndarray) -> None:
    heard = augment(clip(white), "telephone", 0).samples
    assert gain_db(white, heard, 400, 2800) == pytest.approx(0, abs=0.5)
    assert gain_db(white, heard, 20, 150) < -40
    assert gain_db(white, heard, 5500, 11_000) < -40
    assert lag(white, heard) == 0


@pytest.mark.parametrize(("kbit", "edge_hz"), [(24, 6000), (32, 8500), (48, 10_000), (64, 10_000)])
def test_mp3_keeps_the_time_and_loses_the_treble(kbit: int, edge_hz: float, rng: np.random.Generator) -> None:
    song = synthesis.song("furnace").clip(seconds=6).samples
    song = song + (0.01 * rng.standard_normal(len(song))).astype(np.float32)
    coded = Mp3(kbit).apply(song, rng)
    assert lag(song, coded) == 0
    assert np.corrcoef(song, coded)[0, 1] > 0.95
    assert abs(gain_db(song, coded, 50, 0.7 * edge_hz)) < 1.5
    assert gain_db(song, coded, 1.05 * edge_hz, 11_000) < -15


def test_clipping_cuts_the_peaks(furnace: audio.Clip) -> None:
    nominal = augment(furnace, "clipping", 0, nominal=True).samples
    amplified = furnace.samples * 10 ** (18 / 20) / np.abs(furnace.samples).max()
    np.testing.assert_allclose(nominal, np.clip(amplified, -1, 1), atol=1e-6)
    assert (np.abs(nominal) == 1).mean() == pytest.approx((np.abs(amplified) >= 1).mean(), abs=1e-3)
    shares = [(np.abs(augment(furnace, "clipping", seed).samples) == 1).mean() for seed in range(20)]
    mildest = (np.abs(Clipping(6).apply(furnace.samples, np.random.default_rng(0))) == 1).mean()
    assert mildest <= min(shares) < max(shares) <= (np.abs(nominal) == 1).mean()


@pytest.mark.parametrize("hz", [50.0, 60.0])
def test_hum_has_its_level_and_the_harmonics_of_the_mains(hz: float, white: np.ndarray) -> None:
    added = Hum(hz, -10).apply(white, np.random.default_rng(0)) - white
    assert level_db(added) - level_db(white) == pytest.approx(-10, abs=0.05)
    spectrum = np.abs(np.fft.rfft(added)) ** 2
    frequencies = np.fft.rfftfreq(len(added), 1 / RATE)
    assert spectrum[np.isclose(frequencies % hz, 0)].sum() > 0.999 * spectrum.sum()
    assert frequencies[spectrum > 1e-3 * spectrum.max()].max() > 5 * hz


def test_noise_has_hiss_of_its_level_and_clicks(white: np.ndarray) -> None:
    hiss = Noise(-20, 0, 0).apply(white, np.random.default_rng(0)) - white
    assert level_db(hiss) - level_db(white) == pytest.approx(-20, abs=0.05)
    clicks = Noise(-100, 6, -3).apply(white, np.random.default_rng(0)) - white
    loud = np.flatnonzero(np.abs(clicks) > 0.02 * np.abs(white).max())
    count = 1 + (np.diff(loud) > 2 * CLICK_S * RATE).sum()
    assert 30 < count < 90  # 60 are expected in ten seconds
    assert np.abs(clicks).max() == pytest.approx(10 ** (-3 / 20) * np.abs(white).max(), rel=0.3)


@pytest.mark.parametrize("slope_db", [-6.0, -3.0, 0.0, 3.0])
def test_the_color_of_noise(slope_db: float, rng: np.random.Generator) -> None:
    noise = colored_noise(20 * RATE, slope_db, rng)
    assert level_db(noise) == pytest.approx(0, abs=1e-3)
    hz, power = scipy.signal.welch(noise, RATE, nperseg=8192)
    band = (hz > 100) & (hz < 8000)
    slope, _ = np.polyfit(np.log2(hz[band]), 10 * np.log10(power[band]), 1)
    assert slope == pytest.approx(slope_db, abs=0.1)


@pytest.mark.parametrize("factor", [0.94, 1.06])
def test_speed_moves_the_pitch_and_keeps_the_length(factor: float) -> None:
    times = np.arange(5 * RATE) / RATE
    tone = np.sin(2 * np.pi * 1000 * times).astype(np.float32) * (times < 4)
    changed = Speed(factor).apply(tone, np.random.default_rng(0))
    assert len(changed) == len(tone)
    spectrum = np.abs(np.fft.rfft(changed * np.hanning(len(changed))))
    assert np.fft.rfftfreq(len(changed), 1 / RATE)[spectrum.argmax()] == pytest.approx(1000 * factor, abs=0.5)
    sound = np.flatnonzero(np.abs(changed) > 0.5) / RATE
    assert sound[sound < 4.5].max() == pytest.approx(4 / factor, abs=0.01)
    begins_again = (sound > 4.6).any()
    assert begins_again == (factor > 1)


def test_a_room_that_changes_nothing_gives_the_clip_back(furnace: audio.Clip) -> None:
    heard = DRY.apply(furnace.samples, np.random.default_rng(0))
    difference = heard - furnace.samples / np.abs(furnace.samples).max()
    assert level_db(difference) - level_db(heard) < -50


@pytest.mark.parametrize("reverberation_s", [0.1, 0.3, 0.6])
def test_the_reverberation_falls_by_60_db_in_its_time(reverberation_s: float, rng: np.random.Generator) -> None:
    """Measured as in ISO 3382: backward integration, a line through -5 to -35 dB."""
    room = replace(DRY, reverberation_s=reverberation_s, direct_db=-20)
    impulse = np.zeros(RATE, np.float32)
    impulse[0] = 1
    response = room.apply(impulse, rng)
    energy = 10 * np.log10(np.cumsum(response[::-1].astype(float) ** 2)[::-1] + 1e-30)
    energy -= energy[0]
    falling = np.flatnonzero((energy < -5) & (energy > -35))
    slope, _ = np.polyfit(falling / RATE, energy[falling], 1)
    assert -60 / slope == pytest.approx(reverberation_s, rel=0.2)


@pytest.mark.parametrize("direct_db", [-6.0, 10.0])
def test_the_energy_of_the_direct_sound(direct_db: float, rng: np.random.Generator) -> None:
    response = replace(DRY, reverberation_s=0.4, direct_db=direct_db).reverberation(rng)
    assert 20 * np.log10(abs(response[0])) - 10 * np.log10((response[1:] ** 2).sum()) == pytest.approx(direct_db, abs=1)
    assert not response[1 : RATE // 1000].any()  # nothing is reflected within a millisecond


def test_loudspeaker_and_microphone_limit_the_band(white: np.ndarray) -> None:
    room = replace(DRY, low_hz=300, high_hz=4000, low_order=2, high_order=3)
    heard = room.apply(white, np.random.default_rng(0))
    middle = gain_db(white, heard, 900, 1500)
    assert gain_db(white, heard, 295, 305) - middle == pytest.approx(-3, abs=0.5)
    assert gain_db(white, heard, 3950, 4050) - middle == pytest.approx(-3, abs=0.5)
    assert gain_db(white, heard, 72, 78) - middle == pytest.approx(-24, abs=1.5)
    assert gain_db(white, heard, 7900, 8100) - middle == pytest.approx(-18, abs=1)
    assert 0 <= lag(white, heard) <= 2


@pytest.mark.parametrize("hum_hz", [0.0, 50.0])
def test_the_noise_and_the_level_of_a_room(hum_hz: float, white: np.ndarray) -> None:
    quiet, noisy = (
        replace(DRY, noise_db=noise_db, hum_hz=hum_hz).apply(white, np.random.default_rng(0))
        for noise_db in (-100.0, -12.0)
    )
    scale = np.dot(noisy, quiet) / np.dot(quiet, quiet)
    assert level_db(noisy - scale * quiet) - level_db(scale * quiet) == pytest.approx(-12, abs=0.2)
    soft = replace(DRY, peak_db=-30).apply(white, np.random.default_rng(0))
    assert 20 * np.log10(np.abs(soft).max()) == pytest.approx(-30, abs=0.01)


def test_automatic_gain_and_overdrive() -> None:
    rng = np.random.default_rng(0)
    samples = rng.standard_normal(10 * RATE).astype(np.float32)
    samples[5 * RATE :] *= 0.1
    heard = replace(DRY, gain_control=0.5).apply(samples, np.random.default_rng(0))
    assert level_db(heard[: 4 * RATE]) - level_db(heard[6 * RATE :]) == pytest.approx(10, abs=0.5)
    driven = replace(DRY, overdrive_db=9).apply(samples, np.random.default_rng(0))
    assert np.abs(driven).max() == pytest.approx(1, abs=0.01)
    assert level_db(driven) > level_db(samples / np.abs(samples).max()) + 5


def test_rooms_are_drawn_within_their_limits() -> None:
    rooms = [Room.draw(np.random.default_rng(seed)) for seed in range(300)]
    for room in rooms:
        assert 0.1 <= room.reverberation_s <= 0.6
        assert 80 <= room.low_hz <= 350
        assert 3500 <= room.high_hz <= 9500
        assert -35 <= room.noise_db <= -10
        assert -30 <= room.peak_db <= -6
    assert 0.3 < np.mean([room.hum_hz > 0 for room in rooms]) < 0.7
    assert 0.3 < np.mean([room.gain_control > 0 for room in rooms]) < 0.7
    assert 0.2 < np.mean([room.overdrive_db >= 0 for room in rooms]) < 0.5
