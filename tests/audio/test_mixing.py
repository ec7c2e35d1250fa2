"""Mixing of channels: the downmix, channels of opposite phases and silent ones."""

from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from genre_core import audio
from genre_core.audio import mixing, synthesis
from tests.audio_files import converted, encoded, needs_ffmpeg, sine

RATE = 44_100
OPPOSITE = "The channels have opposite phases and cancel each other; only the loudest channel was used."
SURROUND = {"FL": 200, "FR": 300, "FC": 500, "LFE": 60, "BL": 900, "BR": 1300}
"""The tone of each channel of 5.1 in Hz, in the order of WAV."""
WEIGHTS = np.array([0.707, 0.707, 1, 0, 0.5, 0.5]) / 3.414
"""ITU-R BS.775, scaled to a sum of 1."""


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    return synthesis.song("floorfiller").clip(seconds=6, rate=RATE).samples


@pytest.fixture(scope="module")
def room(song: np.ndarray) -> np.ndarray:
    """The song as something independent of it, with the same spectrum: reverberation, say."""
    decay = np.exp(-np.arange(RATE // 2) / 6000) * np.random.default_rng(0).standard_normal(RATE // 2)
    wet = scipy.signal.fftconvolve(song, decay)[: len(song)]
    return (wet * song.std() / wet.std()).astype(np.float32)


def stereo(left: np.ndarray, right: np.ndarray, container: str = "WAV", subtype: str = "FLOAT") -> audio.Clip:
    return audio.load_audio(encoded(np.stack([left, right], axis=1), RATE, container, subtype), rate=RATE)


# Opposite phases


def test_stereo_with_opposite_phases_is_one_channel(song: np.ndarray) -> None:
    clip = stereo(song, -song)
    assert clip.warnings == (OPPOSITE,)
    np.testing.assert_array_equal(clip.samples, song)


def test_the_louder_channel_is_used(song: np.ndarray) -> None:
    for left, right, louder in ((song, -0.6 * song, song), (0.6 * song, -song, -song)):
        clip = stereo(left, right)
        assert clip.warnings == (OPPOSITE,)
        np.testing.assert_array_equal(clip.samples, louder)


@pytest.mark.parametrize("container", ["FLAC", "OGG", "MP3"])
def test_opposite_phases_in_files_of_all_kinds(container: str, song: np.ndarray) -> None:
    subtype = {"FLAC": "PCM_16", "OGG": "VORBIS", "MP3": "MPEG_LAYER_III"}[container]
    clip = stereo(0.5 * song, -0.5 * song, container, subtype)
    assert clip.warnings == (OPPOSITE,)
    assert clip.samples.std() == pytest.approx(0.5 * song.std(), rel=0.05)


@needs_ffmpeg
def test_opposite_phases_in_files_that_ffmpeg_decodes(song: np.ndarray, tmp_path: Path) -> None:
    content = converted(encoded(np.stack([song, -song], axis=1), RATE), tmp_path, "song.m4a", "-c:a", "alac")
    clip = audio.load_audio(content, rate=RATE)
    assert clip.warnings == (OPPOSITE,)
    np.testing.assert_allclose(clip.samples, song, atol=1e-4)


@pytest.mark.parametrize("correlation", [-0.95, -0.9, -0.7])
def test_channels_of_partly_opposite_phases_count(correlation: float, song: np.ndarray, room: np.ndarray) -> None:
    right = correlation * song + np.sqrt(1 - correlation**2) * room
    assert stereo(song, right.astype(np.float32)).warnings == (OPPOSITE,)


@pytest.mark.parametrize("correlation", [-0.2, 0.0, 0.5, 0.9, 1.0])
def test_wide_stereo_is_averaged(correlation: float, song: np.ndarray, room: np.ndarray) -> None:
    right = (correlation * song + np.sqrt(1 - correlation**2) * room).astype(np.float32)
    clip = stereo(song, right)
    assert clip.warnings == ()
    np.testing.assert_allclose(clip.samples, (song + right) / 2, atol=1e-6)


def test_an_inverted_channel_of_wide_stereo_is_found(song: np.ndarray, room: np.ndarray) -> None:
    """Bass in the middle, treble at the sides: the overall correlation is only -0.3."""
    low, high = (scipy.signal.butter(6, 400, kind, fs=RATE, output="sos") for kind in ("lowpass", "highpass"))
    bass = scipy.signal.sosfilt(low, song)
    sides = [scipy.signal.sosfilt(high, each) for each in (song, room)]
    bass *= 0.8 * sides[0].std() / bass.std()
    left, right = (np.float32(0.2) * (bass + each).astype(np.float32) for each in sides)
    assert np.corrcoef(left, right)[0, 1] == pytest.approx(0.3, abs=0.05)
    assert stereo(left, right).warnings == ()
    assert stereo(left, -right).warnings == (OPPOSITE,)


def test_a_quiet_inverted_echo_does_not_matter(song: np.ndarray) -> None:
    assert stereo(song, np.float32(-0.1) * song).warnings == ()


def test_opposite_channels_are_decoded_up_to_the_limit(song: np.ndarray) -> None:
    content = encoded(np.stack([song, -song], axis=1), RATE)
    clip = audio.load_audio(content, max_seconds=4)
    assert clip.duration_s == 4
    assert len(clip.warnings) == 2


# Silent channels


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("noise_db", [-np.inf, -60])
def test_a_song_in_one_channel_keeps_its_level(side: int, noise_db: float, song: np.ndarray) -> None:
    noise = (10 ** (noise_db / 20) * song.std() * np.random.default_rng(1).standard_normal(len(song))).astype("f4")
    clip = stereo(*((song, noise) if side == 0 else (noise, song)))
    assert clip.warnings == ()
    np.testing.assert_array_equal(clip.samples, song)


def test_a_song_mixed_to_one_side_is_averaged(song: np.ndarray) -> None:
    clip = stereo(song, np.float32(0.1) * song)
    np.testing.assert_allclose(clip.samples, 0.55 * song, atol=1e-6)


# Surround sound


def levels(clip: audio.Clip) -> np.ndarray:
    """Amplitude of the tone of each channel of SURROUND."""
    middle = clip.between(1, 3).samples
    spectrum = np.abs(np.fft.rfft(middle)) / len(middle) * 2
    return spectrum[[2 * hz for hz in SURROUND.values()]]  # two seconds: bins of 0.5 Hz


def surround() -> np.ndarray:
    return np.stack([sine(4, 48_000, hz, 0.3) for hz in SURROUND.values()], axis=1)


@pytest.mark.parametrize(("container", "subtype"), [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("AIFF", "PCM_16")])
def test_the_center_is_loudest_in_a_downmix_and_low_frequency_effects_are_left_out(
    container: str, subtype: str
) -> None:
    clip = audio.load_audio(encoded(surround(), 48_000, container, subtype))
    assert clip.warnings == ()
    np.testing.assert_allclose(levels(clip), 0.3 * WEIGHTS, atol=2e-3)


@needs_ffmpeg
@pytest.mark.parametrize("name", ["song.ogg", "song.m4a", "song.flac", "song.wav"])
def test_the_order_of_channels_is_that_of_the_format(name: str, tmp_path: Path) -> None:
    options = ["-channel_layout", "5.1"] + (["-c:a", "libvorbis", "-q:a", "6"] if name == "song.ogg" else [])
    clip = audio.load_audio(converted(encoded(surround(), 48_000), tmp_path, name, *options[2:]))
    np.testing.assert_allclose(levels(clip), 0.3 * WEIGHTS, atol=0.01)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 6, 7, 8, 9, 256])
@pytest.mark.parametrize("ogg", [False, True])
def test_equal_channels_keep_their_level(channels: int, ogg: bool) -> None:
    weights = mixing.downmix_weights(channels, ogg=ogg)
    assert weights.shape == (channels,)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert sorted(weights) == sorted(mixing.downmix_weights(channels))


def test_surround_sound_of_which_only_the_front_sounds_keeps_its_level(song: np.ndarray) -> None:
    channels = np.zeros((len(song), 6), np.float32)
    channels[:, 0], channels[:, 1] = song, song
    clip = audio.load_audio(encoded(channels, RATE, "WAV", "FLOAT"), rate=RATE)
    np.testing.assert_allclose(clip.samples, song, atol=1e-6)
    channels[:, 3] = 1.5 * song  # low-frequency effects, which are left out, are the loudest
    clip = audio.load_audio(encoded(channels, RATE, "WAV", "FLOAT"), rate=RATE)
    np.testing.assert_allclose(clip.samples, song, atol=1e-6)


def test_surround_sound_with_opposite_front_channels(song: np.ndarray) -> None:
    channels = np.zeros((len(song), 6), np.float32)
    channels[:, 0], channels[:, 1], channels[:, 3] = 0.9 * song, -song, song
    clip = audio.load_audio(encoded(channels, RATE, "WAV", "FLOAT"), rate=RATE)
    assert clip.warnings == (OPPOSITE,)
    np.testing.assert_array_equal(clip.samples, -song)


def test_independent_channels_of_surround_sound_do_not_cancel(rng: np.random.Generator) -> None:
    content = encoded(rng.uniform(-0.5, 0.5, (4 * RATE, 6)), RATE)
    assert audio.load_audio(content).warnings == ()


def test_real_tracks_as_stereo_with_opposite_phases(gtzan_mini: Path) -> None:
    for path in sorted(gtzan_mini.glob("*/*.wav"))[::20]:
        track = audio.load_audio(path)
        clip = audio.load_audio(encoded(np.stack([track.samples, -track.samples], axis=1), track.rate))
        assert clip.warnings == (OPPOSITE,)
        np.testing.assert_allclose(clip.samples, track.samples, atol=1e-4)
