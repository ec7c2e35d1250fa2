"""Files that are cut short or damaged: what can be decoded of them, and the warning."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from genre_core import audio
from genre_core.audio import synthesis
from genre_core.errors import AudioError
from tests.audio_files import ENCODINGS, converted, encoded, needs_ffmpeg, sine, song_file

CUT_SHORT = "damaged or cut short"
MP3_DELAY = 1105
"""Samples that encoder and decoder delay an MP3; with a frame count they are left out."""


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("share", [0.999, 0.9, 0.8])
def test_a_file_that_is_cut_short_is_decoded_up_to_the_cut(encoding: str, share: float) -> None:
    content = song_file(encoding)
    clip = audio.load_audio(content[: int(share * len(content))])
    assert len(clip.warnings) == 1
    assert CUT_SHORT in clip.warnings[0]
    assert (share - 0.25) * 5 < clip.duration_s < 5.1
    lossless = encoding in ("wav", "float", "rf64", "aiff", "flac")
    whole = audio.load_audio(content).samples[: len(clip.samples) - 100]  # the resampler rings at the cut
    if lossless:
        np.testing.assert_allclose(clip.samples[:-100], whole, atol=1e-6)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_whole_file_gives_no_warning(encoding: str) -> None:
    assert audio.load_audio(song_file(encoding)).warnings == ()


@pytest.mark.parametrize(
    ("riff_size", "data_size"),
    [(0, 4 * 22_050 * 2), (8, 0), (0xFFFF_FFFF, 0xFFFF_FFFF), (0x7FFF_F024, 0x7FFF_F000), (0, 0xFFFF_FFFF)],
)
def test_a_header_without_a_size_is_not_a_cut(riff_size: int, data_size: int) -> None:
    content = bytearray(encoded(sine(4, 22_050), 22_050))
    content[4:8] = struct.pack("<I", riff_size)
    content[40:44] = struct.pack("<I", data_size)
    clip = audio.load_audio(bytes(content))
    assert clip.duration_s == 4
    assert clip.warnings == ()


def test_a_decoder_error_in_the_middle_keeps_the_audio_before_it() -> None:
    content = bytearray(song_file("flac"))
    middle = len(content) // 10 * 8
    content[middle : middle + 4_000] = bytes(4_000)
    clip = audio.load_audio(bytes(content))
    assert CUT_SHORT in clip.warnings[0]
    assert 3 <= clip.duration_s < 4.5


def test_an_id3_tag_is_not_missing_audio() -> None:
    """libsndfile stops before the end of an MP3 without a frame count by as much as its tag is long."""
    size = 300_000
    tag = b"ID3\x03\0\0" + bytes([size >> 21, size >> 14 & 127, size >> 7 & 127, size & 127]) + bytes(size)
    counted = song_file("mp3")
    uncounted = counted[counted.index(b"\xff\xfb", 4) :]  # without the first frame, which contains the frame count
    for content in (tag + counted, tag + uncounted):
        clip = audio.load_audio(content)
        assert clip.warnings == ()
        assert clip.duration_s == pytest.approx(5, abs=0.1)


def test_chained_ogg_is_decoded_in_part_with_a_warning() -> None:
    assert CUT_SHORT in audio.load_audio(song_file("vorbis") * 2).warnings[0]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_cut_or_flipped_bit_gives_a_clip_or_an_audio_error(encoding: str, rng: np.random.Generator) -> None:
    content = song_file(encoding, seconds=3.5)
    broken = [content[:length] for length in {*range(0, 100, 9), *np.geomspace(100, len(content), 14).astype(int)}]
    for number in range(40):
        flipped = bytearray(content)
        reach = len(content) if number % 2 else 300  # every other time in the header
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


# MP3 without a frame count, or with a wrong one


def music(quiet_s: float = 10.0, loud_s: float = 10.0) -> np.ndarray:
    """A quiet song before a loud one at 44.1 kHz: an encoder of variable bit rate changes it in between."""
    quiet = 0.02 * synthesis.song("adagio").clip(seconds=quiet_s, rate=44_100).samples
    return np.concatenate([quiet, synthesis.song("furnace").clip(seconds=loud_s, rate=44_100).samples])


def mp3(samples: np.ndarray, mode: str = "VARIABLE", level: float = 0.2, rate: int = 44_100) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="MP3", bitrate_mode=mode, compression_level=level)
    return file.getvalue()


def without_frame_count(content: bytes) -> bytes:
    """An MP3 without its first frame, which contains the frame count."""
    return content[content.index(content[:2], 4) :]


@pytest.mark.parametrize("level", [0.0, 0.2, 0.5, 0.9])
def test_mp3_of_variable_bit_rate_without_a_frame_count_is_decoded_to_its_end(level: float, tmp_path: Path) -> None:
    counted = mp3(music(), level=level)
    uncounted = without_frame_count(counted)
    with soundfile.SoundFile(io.BytesIO(uncounted)) as file:
        assert abs(file.frames / file.samplerate - 20) > 1, "libsndfile knows its length: this tests nothing"
    path = tmp_path / "song.mp3"
    path.write_bytes(uncounted)
    tag = b"TAG" + bytes(125)  # ID3v1
    whole = audio.load_audio(counted, rate=44_100).samples
    for source in (uncounted, path, uncounted + tag, b"ID3\x03\0\0\0\0\x10\0" + bytes(2048) + uncounted):
        clip = audio.load_audio(source, rate=44_100)
        assert clip.warnings == ()
        assert clip.duration_s == pytest.approx(20, abs=0.1)
        np.testing.assert_allclose(clip.samples[MP3_DELAY : MP3_DELAY + len(whole)], whole, atol=1e-6)
    assert audio.load_audio(uncounted, max_seconds=15).duration_s == 15


def test_mp3s_of_different_bit_rates_joined_to_one_file_are_decoded_to_the_end() -> None:
    low = mp3(sine(10, 44_100, hz=440), "CONSTANT", 0.9)
    high = mp3(sine(10, 44_100, hz=880), "CONSTANT", 0.0)
    for first, last, hz in ((low, high, 880), (high, low, 440)):
        for content in (first + last, without_frame_count(first) + last, first + without_frame_count(last)):
            clip = audio.load_audio(content)
            assert clip.warnings == ()
            assert clip.duration_s == pytest.approx(20, abs=0.2)
            end = clip.between(18, 19).samples
            assert np.abs(np.fft.rfft(end)).argmax() == hz  # one second: bins of 1 Hz


def test_mp3s_of_different_sample_rates_joined_to_one_file_give_a_warning() -> None:
    clip = audio.load_audio(mp3(sine(10, 44_100), "CONSTANT", 0.9) + mp3(sine(10, 22_050), "CONSTANT", 0.0, 22_050))
    assert clip.duration_s == pytest.approx(20, abs=0.2) or CUT_SHORT in clip.warnings[0]


def test_an_mp3_with_its_frame_count_is_decoded_exactly() -> None:
    """Without the frame count the delay of the encoder would remain at the start."""
    samples = music(3, 3)
    clip = audio.load_audio(mp3(samples), rate=44_100)
    assert len(clip.samples) == len(samples)


@needs_ffmpeg
@pytest.mark.parametrize("options", [("-q:a", "6"), ("-q:a", "2", "-id3v2_version", "0"), ("-b:a", "128k")])
def test_mp3_of_ffmpeg_without_a_frame_count(options: tuple[str, ...], tmp_path: Path) -> None:
    content = converted(encoded(music(), 44_100), tmp_path, "song.mp3", *options, "-write_xing", "0")
    clip = audio.load_audio(content)
    assert clip.duration_s == pytest.approx(20, abs=0.1)
    assert clip.warnings == ()
