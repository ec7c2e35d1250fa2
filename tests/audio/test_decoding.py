"""Decoding: signals with known values, files that can't be used, and real music against librosa."""

import io
import math
import os
import struct
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest
import soundfile

from genre_core import audio
from genre_core.audio import decoding, mixing, synthesis
from genre_core.errors import AudioError, ConfigError
from tests.audio_files import ENCODINGS, converted, encoded, needs_ffmpeg, sine
from tests.hostile_files import sparse, wav_start

CUT_SHORT = "damaged or cut short"


def peak_hz(clip: audio.Clip) -> float:
    middle = clip.between(0.5, 2.5).samples
    return float(np.argmax(np.abs(np.fft.rfft(middle * np.hanning(len(middle)))))) * clip.rate / len(middle)


# Samples


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_stereo_sine_keeps_pitch_length_and_level(encoding: str) -> None:
    container, subtype, rate = ENCODINGS[encoding]
    stereo = np.stack([sine(4, rate), sine(4, rate, amplitude=0.25)], axis=1)
    clip = audio.load_audio(encoded(stereo, rate, container, subtype))
    assert clip.samples.dtype == np.float32
    assert clip.rate == 22_050
    assert clip.source_rate == rate
    assert clip.warnings == ()
    assert len(clip.samples) == 4 * 22_050
    assert clip.duration_s == 4
    assert peak_hz(clip) == pytest.approx(440, abs=0.5)
    assert clip.between(1, 3).samples.std() == pytest.approx(
        0.375 / math.sqrt(2), rel=0.02
    )  # the mean of both channels


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2, 4])
def test_samples_equal_those_of_librosa(rate: int, channels: int, tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "noise.wav"
    path.write_bytes(encoded(rng.uniform(-0.9, 0.9, (rate * 3 + 777, channels)), rate))
    expected, _ = librosa.load(path, sr=22_050)
    samples = audio.load_audio(path).samples
    assert samples.shape == expected.shape
    # where the result of soxr is one sample short, librosa appends a zero
    np.testing.assert_allclose(samples[:-1], expected[:-1], atol=1e-6)


def test_at_its_own_rate_a_file_is_not_resampled(rng: np.random.Generator) -> None:
    values = rng.integers(-32_768, 32_768, (70_000, 2), dtype=np.int16)
    content = encoded(values, 22_050)
    expected = soundfile.read(io.BytesIO(content), dtype="float32")[0].mean(axis=1)
    np.testing.assert_array_equal(audio.load_audio(content).samples, expected)


def test_a_file_of_one_segment_is_long_enough() -> None:
    for rate in (22_050, 44_100):
        content = encoded(sine(1, rate).repeat(4)[: audio.SEGMENT_SAMPLES * rate // 22_050], rate)
        assert len(audio.load_audio(content).samples) == audio.SEGMENT_SAMPLES


@pytest.mark.parametrize("name", ["song.raw", "song.txt", "song.mp3", "song", "Ünïcode 歌.wav"])
def test_the_name_of_a_file_does_not_matter(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(encoded(sine(4, 22_050), 22_050, "FLAC"))
    np.testing.assert_array_equal(audio.load_audio(path).samples, audio.load_audio(path.read_bytes()).samples)
    np.testing.assert_array_equal(audio.load_audio(str(path)).samples, audio.load_audio(path.read_bytes()).samples)


def test_many_channels_are_mixed(rng: np.random.Generator) -> None:
    content = encoded(np.repeat(sine(4, 16_000)[:, np.newaxis], 256, axis=1), 16_000)
    np.testing.assert_allclose(audio.load_audio(content, rate=16_000).samples, sine(4, 16_000), atol=1e-4)


def test_every_track_of_gtzan_mini_equals_librosa(gtzan_mini: Path) -> None:
    for path in sorted(gtzan_mini.glob("*/*.wav"))[::10]:
        clip = audio.load_audio(path)
        np.testing.assert_array_equal(clip.samples, librosa.load(path, sr=None)[0])
        assert clip.warnings == ()
        resampled = audio.load_audio(path, rate=16_000).samples
        expected = librosa.load(path, sr=16_000)[0]
        assert resampled.shape == expected.shape
        np.testing.assert_allclose(resampled[:-1], expected[:-1], atol=1e-6)


# Limits


def test_decoding_stops_at_the_limit_with_a_warning() -> None:
    content = encoded(sine(8, 44_100), 44_100)
    clip = audio.load_audio(content, max_seconds=6)
    assert len(clip.samples) == 6 * 22_050
    assert clip.warnings == ("The file is longer than 0.1 minutes; the rest of it was not used.",)
    assert audio.load_audio(content, max_seconds=8).warnings == ()


def test_decoding_stops_at_so_many_samples_of_all_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    content = encoded(np.repeat(sine(8, 16_000)[:, np.newaxis], 6, axis=1), 16_000)
    monkeypatch.setattr(mixing, "MOST_SAMPLES", 6 * 16_000 * 6)
    clip = audio.load_audio(content, rate=16_000)
    assert clip.duration_s == 6
    assert clip.warnings == ("The file is longer than 0.1 minutes; the rest of it was not used.",)
    monkeypatch.setattr(mixing, "MOST_SAMPLES", 2 * 16_000 * 6)
    with pytest.raises(AudioError, match="6 channels at 16000 Hz, which are too many"):
        audio.load_audio(content)


def test_a_file_is_looked_at_before_its_content_is_read(tmp_path: Path) -> None:
    endless = sparse(tmp_path / "endless.wav", 30_000_000_000, wav_start())
    large = sparse(tmp_path / "large.wav", 300_000_000, wav_start())
    nothing = sparse(tmp_path / "nothing.wav", 300_000_000)
    song = tmp_path / "song.wav"
    song.write_bytes(encoded(sine(4, 16_000), 16_000))
    tracemalloc.start()
    try:
        for refuse in (audio.load_audio, audio.check_audio, audio.read_content):
            with pytest.raises(AudioError, match="larger than 2 GB"):
                refuse(endless)
        with pytest.raises(AudioError, match="isn't audio"):
            audio.check_audio(nothing)
        with pytest.raises(AudioError, match="larger than 200 MB"):
            audio.read_content(large)
        audio.check_audio(large)
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()
    assert audio.read_content(song) == song.read_bytes()


def test_a_small_file_that_decodes_to_an_hour_does_not_fill_memory(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "bomb.flac"
    with soundfile.SoundFile(path, "w", 8_000, 1, format="FLAC") as file:
        file.write(rng.uniform(-0.5, 0.5, 8_000))
        for _ in range(60):
            file.write(np.zeros(60 * 8_000, np.int16))
        file.write(rng.uniform(-0.5, 0.5, 8_000))
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    clip = audio.load_audio(path, max_seconds=60)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert clip.duration_s == 60
    assert clip.warnings == ("The file is longer than 1 minutes; the rest of it was not used.",)
    assert peak_bytes < 6 * clip.samples.nbytes  # an hour would be 60 times as much


@pytest.mark.parametrize(
    "arguments",
    [
        {"rate": 0},
        {"rate": 10_000_000},
        {"max_seconds": 0, "min_seconds": 0},
        {"max_seconds": math.inf},
        {"max_seconds": math.nan},
        {"min_seconds": -1},
        {"min_seconds": 10, "max_seconds": 5},
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        audio.load_audio(encoded(sine(4, 22_050), 22_050), **arguments)


# Errors


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"words and words\n" * 1_000, "isn't audio"),
        (b"<html><body>404</body></html>", "isn't audio"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, "isn't audio"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 50, "isn't audio"),
        (b"PK\x03\x04" + bytes(range(256)) * 50, "isn't audio"),
        (bytes(50_000), "isn't audio"),
        (b"x", "isn't audio"),
        (encoded(sine(4, 22_050), 22_050)[:44], "nothing in it can be decoded"),
        (encoded(sine(4, 22_050), 22_050, "FLAC")[:60], "looks like audio"),
        (encoded(sine(4, 22_050), 22_050, "OGG", "VORBIS")[:100], "looks like audio"),
        (encoded(sine(4, 22_050), 22_050, "MP3", None)[:200], "looks like audio"),
        (encoded(sine(2.99, 22_050), 22_050), r"Only 2.99 s .* at least 3 s are needed"),
        (encoded(np.zeros(90_000), 22_050), "only silence"),
        (encoded(np.full(90_000, 0.25), 22_050), "only silence"),
        (encoded(sine(4, 22_050, amplitude=0.9e-4), 22_050, "WAV", "FLOAT"), "only silence"),
        (encoded(sine(4, 22_050, amplitude=32_767), 22_050, "WAV", "FLOAT"), "3.28e.04 times full scale"),
        (encoded(np.full(90_000, 3e38), 22_050, "WAV", "FLOAT"), "times full scale"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",  # OGG has a random serial number
)
def test_each_fault_has_its_own_message(content: bytes, message: str) -> None:
    with pytest.raises(AudioError, match=message) as caught:
        audio.load_audio(content)
    assert str(caught.value).endswith(".")
    assert "_io" not in str(caught.value)


@pytest.mark.parametrize("rate", [0, 1, 999, 768_001, 2**31 - 1, 4_000_000_000])
def test_an_impossible_sample_rate(rate: int) -> None:
    content = bytearray(encoded(sine(4, 22_050), 22_050))
    content[24:28] = struct.pack("<I", rate)
    with pytest.raises(AudioError, match=r"sample rate of|looks like audio"):
        audio.load_audio(bytes(content))


def test_a_path_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no such file"):
        audio.load_audio(tmp_path / "nowhere.wav")
    with pytest.raises(AudioError, match="folder"):
        audio.load_audio(tmp_path)
    with pytest.raises(AudioError, match="can't be opened"):
        audio.load_audio(tmp_path / ("long" * 100))


def test_the_home_of_the_user_is_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "song.wav").write_bytes(encoded(sine(4, 22_050), 22_050))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert audio.load_audio("~/song.wav").duration_s == 4
    with pytest.raises(AudioError, match="home folder"):
        audio.load_audio("~nobody-of-that-name/song.wav")


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="no device to open")
def test_a_device_is_not_opened() -> None:
    with pytest.raises(AudioError, match="device"):
        audio.load_audio(os.devnull)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX are set")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "locked.wav"
    path.write_bytes(b"RIFF")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    with pytest.raises(AudioError, match="not allowed"):
        audio.load_audio(path)


# Warnings


def test_samples_that_are_not_numbers_become_silence() -> None:
    samples = sine(4, 22_050)
    samples[100], samples[200], samples[300] = np.nan, np.inf, -np.inf
    clip = audio.load_audio(encoded(samples, 22_050, "WAV", "FLOAT"))
    assert clip.samples[[100, 200, 300]].tolist() == [0, 0, 0]
    assert clip.warnings == ("Some samples are not numbers (NaN or infinite); they were replaced by silence.",)


@pytest.mark.parametrize("rate", [22_050, 48_000])
def test_a_dc_offset_is_removed_and_told(rate: int) -> None:
    song = 0.5 * synthesis.song("floorfiller").clip(seconds=5, rate=rate).samples
    clean = audio.load_audio(encoded(song, rate))
    assert clean.warnings == ()
    for offset, level, said in ((0.1, 1.0, "10 %"), (-0.25, 1.0, "25 %"), (0.015, 0.02, "1.5 %")):
        clip = audio.load_audio(encoded(level * song + offset, rate, "WAV", "FLOAT"))
        assert clip.warnings == (f"The recording has a DC offset of {said} of full scale; it was removed.",)
        assert abs(clip.samples.mean()) < 1e-4
        np.testing.assert_allclose(clip.samples[100:-100], level * clean.samples[100:-100], atol=1e-3)


def test_a_small_dc_offset_stays() -> None:
    """A hundredth of full scale, as in tracks of GTZAN, changes nothing, and the samples stay those of the file."""
    song = (0.5 * synthesis.song("floorfiller").clip(seconds=5).samples + np.float32(0.01)).astype(np.float32)
    clip = audio.load_audio(encoded(song, 22_050, "WAV", "FLOAT"))
    assert clip.warnings == ()
    np.testing.assert_array_equal(clip.samples, song)


# ffmpeg


@needs_ffmpeg
@pytest.mark.parametrize("name", ["sine.m4a", "sine.aac", "alac.m4a"])
def test_m4a_and_aac(name: str, tmp_path: Path) -> None:
    stereo = np.stack([sine(4, 48_000), sine(4, 48_000, amplitude=0.25)], axis=1)
    options = ["-c:a", "alac"] if name == "alac.m4a" else []
    content = converted(encoded(stereo, 48_000), tmp_path, name, *options)
    for source in (content, tmp_path / name):
        clip = audio.load_audio(source)
        assert clip.warnings == ()
        assert clip.source_rate == 48_000
        assert clip.duration_s == pytest.approx(4, abs=0.1)  # AAC pads its first and last frames
        assert peak_hz(clip) == pytest.approx(440, abs=0.5)
        assert clip.between(1, 3).samples.std() == pytest.approx(0.375 / math.sqrt(2), rel=0.02)
    capped = audio.load_audio(content, max_seconds=3)
    assert len(capped.samples) == 3 * 22_050
    assert "longer than" in capped.warnings[0]


@needs_ffmpeg
def test_m4a_that_is_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    song = encoded(synthesis.song("shuffle").clip(seconds=8).samples, 22_050)
    index_last = converted(song, tmp_path, "last.m4a")
    with pytest.raises(AudioError, match="cut short"):
        audio.load_audio(index_last[: len(index_last) * 8 // 10])
    index_first = converted(song, tmp_path, "first.m4a", "-movflags", "+faststart")
    frames = converted(song, tmp_path, "frames.aac")
    for content in (index_first, frames):
        clip = audio.load_audio(content[: len(content) * 8 // 10])
        assert CUT_SHORT in clip.warnings[0]
        assert 5 < clip.duration_s < 7
    with pytest.raises(AudioError, match="No sound"):
        audio.load_audio(b"\0\0\0\x18ftypheic" + bytes(1_000))
    assert list(scratch.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for ffmpeg is a shell script")
def test_ffmpeg_is_stopped_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = tmp_path / "ffmpeg"
    stuck.write_text("#!/bin/sh\nexec sleep 60\n")
    stuck.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(decoding, "FFMPEG_LIMIT_S", 0.2)
    started_s = time.monotonic()
    with pytest.raises(AudioError, match="No sound"):
        audio.load_audio(b"\0\0\0\x18ftypM4A " + bytes(1_000))
    assert time.monotonic() - started_s < 20


def test_without_ffmpeg_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for content in (b"\0\0\0\x18ftypM4A " + bytes(1_000), b"\xff\xf1\x50\x80" + bytes(1_000)):
        with pytest.raises(AudioError, match="ffmpeg"):
            audio.load_audio(content)


def test_the_limit_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    content = audio.wav_bytes(synthesis.song("adagio").clip(seconds=12))
    assert audio.load_audio(content).duration_s == pytest.approx(12)
    monkeypatch.setenv("GENRE_LAB_MAX_SECONDS", "6")
    clip = audio.load_audio(content)
    assert clip.duration_s == pytest.approx(6)
    assert "longer than 0.1 minutes" in clip.warnings[0]
    for invalid in ("soon", "0", "nan", "inf"):
        monkeypatch.setenv("GENRE_LAB_MAX_SECONDS", invalid)
        with pytest.raises(ConfigError, match="GENRE_LAB_MAX_SECONDS"):
            audio.load_audio(content)
