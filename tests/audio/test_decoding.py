"""audio.load_audio on signals whose answer is known, on files that are broken in every way, and on real music."""

import io
import math
import os
import shutil
import struct
import subprocess
import time
import tracemalloc
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile

from genre_core import audio
from genre_core.audio import synthesis
from genre_core.errors import AudioError, ConfigError

CODINGS = {
    "wav": ("WAV", "PCM_16", 48_000),
    "float": ("WAV", "FLOAT", 44_100),
    "rf64": ("RF64", "PCM_24", 48_000),
    "aiff": ("AIFF", "PCM_16", 44_100),
    "flac": ("FLAC", "PCM_16", 48_000),
    "vorbis": ("OGG", "VORBIS", 48_000),
    "opus": ("OGG", "OPUS", 48_000),
    "mp3": ("MP3", "MPEG_LAYER_III", 48_000),
}
CUT = "damaged or cut short"
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not at hand")


def sine(seconds: float, rate: int, hz: float = 440.0, amplitude: float = 0.5) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def encoded(samples: np.ndarray, rate: int, kind: str = "WAV", coding: str | None = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=coding)
    return file.getvalue()


def song_file(coding: str, seconds: float = 5.0) -> bytes:
    """A demo song: unlike a sine, it fills every block and bit of its coding."""
    kind, subtype, rate = CODINGS[coding]
    return encoded(synthesis.song("floorfiller").clip(seconds=seconds, rate=rate).samples, rate, kind, subtype)


def converted(content: bytes, folder: Path, name: str, *options: str) -> bytes:
    """What ffmpeg makes of a WAV; the extension of `name` says which format."""
    source = folder / "source.wav"
    source.write_bytes(content)
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(source), *options, str(folder / name)]
    subprocess.run(command, check=True)
    return (folder / name).read_bytes()


def peak_hz(clip: audio.Clip) -> float:
    middle = clip.between(0.5, 2.5).samples
    return float(np.argmax(np.abs(np.fft.rfft(middle * np.hanning(len(middle)))))) * clip.rate / len(middle)


# What comes out


@pytest.mark.parametrize("coding", CODINGS)
def test_a_stereo_sine_keeps_pitch_length_and_level(coding: str) -> None:
    kind, subtype, rate = CODINGS[coding]
    stereo = np.stack([sine(4, rate), np.zeros(4 * rate, np.float32)], axis=1)
    clip = audio.load_audio(encoded(stereo, rate, kind, subtype))
    assert clip.samples.dtype == np.float32
    assert clip.rate == 22_050
    assert clip.source_rate == rate
    assert clip.warnings == ()
    assert len(clip.samples) == 4 * 22_050
    assert clip.duration_s == 4
    assert peak_hz(clip) == pytest.approx(440, abs=0.5)
    assert clip.between(1, 3).samples.std() == pytest.approx(0.25 / math.sqrt(2), rel=0.02)  # the mean of both channels


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_the_samples_are_those_of_librosa(rate: int, channels: int, tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "noise.wav"
    path.write_bytes(encoded(rng.uniform(-0.9, 0.9, (rate * 3 + 777, channels)), rate))
    expected, _ = librosa.load(path, sr=22_050)
    samples = audio.load_audio(path).samples
    assert samples.shape == expected.shape
    # librosa fills up its last sample with a zero where soxr's one-shot length is one short
    np.testing.assert_allclose(samples[:-1], expected[:-1], atol=1e-6)


def test_at_its_own_rate_a_file_is_not_touched(rng: np.random.Generator) -> None:
    values = rng.integers(-32_768, 32_768, (70_000, 2), dtype=np.int16)
    content = encoded(values, 22_050)
    expected = soundfile.read(io.BytesIO(content), dtype="float32")[0].mean(axis=1)
    np.testing.assert_array_equal(audio.load_audio(content).samples, expected)


def test_a_file_of_one_segment_is_long_enough() -> None:
    for rate in (22_050, 44_100):
        content = encoded(sine(1, rate).repeat(4)[: audio.SEGMENT_SAMPLES * rate // 22_050], rate)
        assert len(audio.load_audio(content).samples) == audio.SEGMENT_SAMPLES


@pytest.mark.parametrize("name", ["song.raw", "song.txt", "song.mp3", "song", "Ünïcode 歌.wav"])
def test_the_name_of_a_file_means_nothing(name: str, tmp_path: Path) -> None:
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


def test_a_clip_has_parts() -> None:
    clip = audio.Clip(np.arange(100, dtype=np.float32), 10, ("A warning.",), 44_100)
    part = clip.between(2, 4.5)
    np.testing.assert_array_equal(part.samples, np.arange(20, 45))
    assert (part.rate, part.warnings, part.source_rate) == (10, ("A warning.",), 44_100)
    assert clip.between(9, 99).duration_s == 1
    for start_s, end_s in ((-1, 2), (3, 3), (3, 2), (math.nan, 2)):
        with pytest.raises(ValueError, match="no part"):
            clip.between(start_s, end_s)


@pytest.mark.parametrize(
    ("samples", "rate"), [(np.zeros((5, 2), np.float32), 8_000), (np.zeros(5), 8_000), (np.zeros(5, np.float32), 0)]
)
def test_a_clip_refuses_what_it_can_not_hold(samples: np.ndarray, rate: int) -> None:
    with pytest.raises(ValueError, match="one row of float32"):
        audio.Clip(samples, rate)


def test_wav_bytes_come_back_as_they_were(rng: np.random.Generator) -> None:
    samples = (rng.integers(-32_768, 32_768, 70_000) / 32_768).astype(np.float32)
    again = audio.load_audio(audio.wav_bytes(audio.Clip(samples, 16_000)), rate=16_000)
    np.testing.assert_array_equal(again.samples, samples)
    loud = audio.load_audio(audio.wav_bytes(audio.Clip(samples * 3, 16_000)), rate=16_000)
    np.testing.assert_allclose(loud.samples, np.clip(samples * 3, -1, 1), atol=1e-4)


# Limits


def test_what_is_longer_than_the_cap_is_judged_up_to_it() -> None:
    content = encoded(sine(8, 44_100), 44_100)
    clip = audio.load_audio(content, max_seconds=6)
    assert len(clip.samples) == 6 * 22_050
    assert clip.warnings == ("It is longer than 0.1 minutes: only that much of it is judged.",)
    assert audio.load_audio(content, max_seconds=8).warnings == ()


def test_a_small_file_that_unpacks_to_an_hour_does_not_fill_memory(tmp_path: Path, rng: np.random.Generator) -> None:
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
    assert clip.warnings == ("It is longer than 1 minutes: only that much of it is judged.",)
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
def test_arguments_outside_their_range(arguments: dict) -> None:
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
        (encoded(sine(4, 22_050, amplitude=0.9e-4), 22_050, "WAV", "FLOAT"), "only silence"),
        (encoded(sine(4, 22_050, amplitude=32_767), 22_050, "WAV", "FLOAT"), "3.28e.04 times full scale"),
        (encoded(np.full(90_000, 3e38), 22_050, "WAV", "FLOAT"), "times full scale"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",  # Ogg draws its serial number
)
def test_every_fault_has_its_own_words(content: bytes, message: str) -> None:
    with pytest.raises(AudioError, match=message) as caught:
        audio.load_audio(content)
    assert str(caught.value).endswith(".")
    assert "_io" not in str(caught.value)


def test_stereo_that_cancels_out_is_silent() -> None:
    with pytest.raises(AudioError, match="silence"):
        audio.load_audio(encoded(np.stack([sine(4, 22_050), -sine(4, 22_050)], axis=1), 22_050, "WAV", "FLOAT"))


@pytest.mark.parametrize("rate", [0, 1, 999, 768_001, 2**31 - 1, 4_000_000_000])
def test_a_rate_that_can_not_be(rate: int) -> None:
    content = bytearray(encoded(sine(4, 22_050), 22_050))
    content[24:28] = struct.pack("<I", rate)
    with pytest.raises(AudioError, match=r"rate of|looks like audio"):
        audio.load_audio(bytes(content))


def test_places_that_hold_no_file(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no such file"):
        audio.load_audio(tmp_path / "nowhere.wav")
    with pytest.raises(AudioError, match="folder"):
        audio.load_audio(tmp_path)
    with pytest.raises(AudioError, match="can't be opened"):
        audio.load_audio(tmp_path / ("long" * 100))


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="no device to open")
def test_a_device_is_not_opened() -> None:
    with pytest.raises(AudioError, match="device"):
        audio.load_audio(os.devnull)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "locked.wav"
    path.write_bytes(b"RIFF")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(AudioError, match="not allowed"):
        audio.load_audio(path)


# Warnings


def test_samples_that_are_not_numbers_count_as_silence() -> None:
    samples = sine(4, 22_050)
    samples[100], samples[200], samples[300] = np.nan, np.inf, -np.inf
    clip = audio.load_audio(encoded(samples, 22_050, "WAV", "FLOAT"))
    assert clip.samples[[100, 200, 300]].tolist() == [0, 0, 0]
    assert clip.warnings == ("Some samples are not numbers (NaN or infinite) and count as silence.",)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("share", [0.999, 0.9, 0.8])
def test_a_file_that_breaks_off_is_judged_as_far_as_it_goes(coding: str, share: float) -> None:
    content = song_file(coding)
    clip = audio.load_audio(content[: int(share * len(content))])
    assert len(clip.warnings) == 1
    assert CUT in clip.warnings[0]
    assert (share - 0.25) * 5 < clip.duration_s < 5.1
    lossless = coding in ("wav", "float", "rf64", "aiff", "flac")
    whole = audio.load_audio(content).samples[: len(clip.samples) - 100]  # the resampler rings at the cut
    if lossless:
        np.testing.assert_allclose(clip.samples[:-100], whole, atol=1e-6)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_whole_file_is_not_called_broken(coding: str) -> None:
    assert audio.load_audio(song_file(coding)).warnings == ()


@pytest.mark.parametrize(
    ("riff_size", "data_size"),
    [(0, 4 * 22_050 * 2), (8, 0), (0xFFFF_FFFF, 0xFFFF_FFFF), (0x7FFF_F024, 0x7FFF_F000), (0, 0xFFFF_FFFF)],
)
def test_a_writer_that_could_not_go_back_is_not_a_cut(riff_size: int, data_size: int) -> None:
    content = bytearray(encoded(sine(4, 22_050), 22_050))
    content[4:8] = struct.pack("<I", riff_size)
    content[40:44] = struct.pack("<I", data_size)
    clip = audio.load_audio(bytes(content))
    assert clip.duration_s == 4
    assert clip.warnings == ()


def test_a_decoder_error_in_the_middle_keeps_what_came_before() -> None:
    content = bytearray(song_file("flac"))
    middle = len(content) // 10 * 8
    content[middle : middle + 4_000] = bytes(4_000)
    clip = audio.load_audio(bytes(content))
    assert CUT in clip.warnings[0]
    assert 3 <= clip.duration_s < 4.5


def test_an_id3_tag_is_no_sound() -> None:
    """libsndfile counts the tag of an MP3 without a count of frames as music that is missing."""
    size = 300_000
    tag = b"ID3\x03\0\0" + bytes([size >> 21, size >> 14 & 127, size >> 7 & 127, size & 127]) + bytes(size)
    counted = song_file("mp3")
    uncounted = counted[counted.index(b"\xff\xfb", 4) :]  # without the first frame, which holds the count
    for content in (tag + counted, tag + uncounted):
        clip = audio.load_audio(content)
        assert clip.warnings == ()
        assert clip.duration_s == pytest.approx(5, abs=0.1)


def test_chained_ogg_is_read_in_part_and_says_so() -> None:
    assert CUT in audio.load_audio(song_file("vorbis") * 2).warnings[0]


@pytest.mark.parametrize("coding", CODINGS)
def test_no_cut_and_no_flipped_bit_gives_anything_but_a_clip_or_an_audio_error(
    coding: str, rng: np.random.Generator
) -> None:
    content = song_file(coding, seconds=3.5)
    broken = [content[:length] for length in {*range(0, 100, 9), *np.geomspace(100, len(content), 14).astype(int)}]
    for number in range(40):
        flipped = bytearray(content)
        reach = len(content) if number % 2 else 300  # every other time among the headers
        for position in rng.integers(0, reach, rng.integers(1, 8)):
            flipped[position] ^= 1 << rng.integers(8)
        broken.append(bytes(flipped))
    for each in broken:
        try:
            clip = audio.load_audio(each, max_seconds=20)
        except AudioError:
            continue
        assert np.isfinite(clip.samples).all()
        assert 3 <= clip.duration_s <= 20


# Through ffmpeg


@needs_ffmpeg
@pytest.mark.parametrize("name", ["sine.m4a", "sine.aac", "alac.m4a"])
def test_m4a_and_aac(name: str, tmp_path: Path) -> None:
    stereo = np.stack([sine(4, 48_000), np.zeros(4 * 48_000, np.float32)], axis=1)
    options = ["-c:a", "alac"] if name == "alac.m4a" else []
    content = converted(encoded(stereo, 48_000), tmp_path, name, *options)
    for source in (content, tmp_path / name):
        clip = audio.load_audio(source)
        assert clip.warnings == ()
        assert clip.source_rate == 48_000
        assert clip.duration_s == pytest.approx(4, abs=0.1)  # AAC pads its first and last frames
        assert peak_hz(clip) == pytest.approx(440, abs=0.5)
        assert clip.between(1, 3).samples.std() == pytest.approx(0.25 / math.sqrt(2), rel=0.02)
    capped = audio.load_audio(content, max_seconds=3)
    assert len(capped.samples) == 3 * 22_050
    assert "longer than" in capped.warnings[0]


@needs_ffmpeg
def test_m4a_that_breaks_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(audio.tempfile, "tempdir", str(scratch))
    song = encoded(synthesis.song("shuffle").clip(seconds=8).samples, 22_050)
    index_last = converted(song, tmp_path, "last.m4a")
    with pytest.raises(AudioError, match="cut short"):
        audio.load_audio(index_last[: len(index_last) * 8 // 10])
    index_first = converted(song, tmp_path, "first.m4a", "-movflags", "+faststart")
    frames = converted(song, tmp_path, "frames.aac")
    for content in (index_first, frames):
        clip = audio.load_audio(content[: len(content) * 8 // 10])
        assert CUT in clip.warnings[0]
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
    monkeypatch.setattr(audio, "FFMPEG_LIMIT_S", 0.2)
    started_s = time.monotonic()
    with pytest.raises(AudioError, match="No sound"):
        audio.load_audio(b"\0\0\0\x18ftypM4A " + bytes(1_000))
    assert time.monotonic() - started_s < 20


def test_without_ffmpeg_m4a_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for content in (b"\0\0\0\x18ftypM4A " + bytes(1_000), b"\xff\xf1\x50\x80" + bytes(1_000)):
        with pytest.raises(AudioError, match="ffmpeg"):
            audio.load_audio(content)


@needs_ffmpeg
def test_mp3_of_variable_bit_rate_without_a_count_of_frames(tmp_path: Path) -> None:
    """libsndfile guesses its length from the first frames, and stops there: that is a loss, and must be told."""
    content = converted(song_file("wav", seconds=20), tmp_path, "vbr.mp3", "-q:a", "6", "-write_xing", "0")
    clip = audio.load_audio(content, min_seconds=0.1)
    assert clip.duration_s > 19 or CUT in clip.warnings[0]


def test_the_cap_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    content = audio.wav_bytes(synthesis.song("adagio").clip(seconds=12))
    assert audio.load_audio(content).duration_s == pytest.approx(12)
    monkeypatch.setenv("GENRE_LAB_MAX_SECONDS", "6")
    clip = audio.load_audio(content)
    assert clip.duration_s == pytest.approx(6)
    assert "longer than 0.1 minutes" in clip.warnings[0]
    for senseless in ("soon", "0", "nan", "inf"):
        monkeypatch.setenv("GENRE_LAB_MAX_SECONDS", senseless)
        with pytest.raises(ConfigError, match="GENRE_LAB_MAX_SECONDS"):
            audio.load_audio(content)
