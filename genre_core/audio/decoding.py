"""From a file, or its bytes, to a Clip: mono samples at the rate that is wanted.

WAV, FLAC, OGG (Vorbis, Opus), MP3, AIFF and what else libsndfile knows go through `soundfile`; M4A and AAC through
ffmpeg, when there is one.  What a file is, its content says, never its name.

Files come from strangers, so nothing is believed that a header says of lengths: sound is decoded in blocks of bounded
size, mixed down and resampled block by block, and decoding stops at `max_seconds`.  A file that breaks off is judged
as far as it goes, with a warning; a file in which there is nothing to judge is an AudioError.

Conventions: samples are float32 with full scale at 1, times are in seconds, rates in Hz; a block is (frames, channels).
"""

import io
import math
import os
import shutil
import struct
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np
import soundfile
import soxr

from genre_core.errors import AudioError, ConfigError

SEGMENT_SAMPLES = 66_149  # the paper's tables: a tenth of their shortest track
SEGMENT_RATE = 22_050
SEGMENT_SECONDS = SEGMENT_SAMPLES / SEGMENT_RATE
MAX_SECONDS = 900.0
AudioSource = str | os.PathLike[str] | bytes  # a path, or what a file holds
LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000  # outside of these a header is wrong
SILENCE_PEAK = 1e-4  # -80 dBFS
ABSURD_PEAK = 100.0  # 40 dB over full scale: raw integers in a float file, or noise for numbers
BLOCK_SAMPLES = 16_384  # frames times channels
FFMPEG_LIMIT_S = 120.0
UNRECOGNIZED = 1  # libsndfile's SF_ERR_UNRECOGNIZED_FORMAT
STREAMED_SIZE = 0x7F00_0000  # a writer that can't go back leaves this or more (sox), or 0xFFFFFFFF (ffmpeg), or 0
OGG_PAGE_BYTES = 65_307  # the longest page that there can be
FORMATS = "WAV, FLAC, OGG, MP3 or AIFF"


@dataclass(frozen=True, eq=False)
class Clip:
    """A piece of decoded audio.

    samples: shape=(n,), float32, mono.  rate: Hz.  warnings: sentences for the user, on what is wrong with the file.
    source_rate: the rate of the file that it was decoded from, Hz (left out: `rate`).
    """

    samples: np.ndarray
    rate: int
    warnings: tuple[str, ...] = ()
    source_rate: int = 0

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.samples.dtype != np.float32 or self.rate <= 0:
            raise ValueError("A clip is one row of float32 samples at a rate above zero.")
        if not self.source_rate:
            object.__setattr__(self, "source_rate", self.rate)

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate

    def between(self, start_s: float, end_s: float) -> "Clip":
        """The part from `start_s` to `end_s`, as far as there is one (a view, not a copy).

        Raises ValueError unless 0 <= start_s < end_s.
        """
        if not 0 <= start_s < end_s:
            raise ValueError(f"A clip has no part from {start_s} s to {end_s} s.")
        return replace(self, samples=self.samples[round(start_s * self.rate) : round(end_s * self.rate)])


def load_audio(
    source: AudioSource,
    *,
    rate: int = SEGMENT_RATE,
    max_seconds: float | None = None,
    min_seconds: float = SEGMENT_SECONDS,
) -> Clip:
    """Decode a file, or the bytes of one, to mono at `rate` Hz.

    Channels are averaged and resampled with soxr HQ, as `librosa.load` does; at the file's own rate the samples are
    those of the file.  What lies beyond `max_seconds` is left away, with a warning; None is `duration_limit_s()`.

    Raises AudioError for what can't be opened, isn't audio, is silent or shorter than `min_seconds`; its message
    doesn't name the file.  Raises ValueError for arguments outside their range.
    """
    max_seconds = duration_limit_s() if max_seconds is None else max_seconds
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise ValueError(f"rate must be {LOWEST_RATE} to {HIGHEST_RATE} Hz, not {rate}.")
    if not (math.isfinite(max_seconds) and 0 <= min_seconds <= max_seconds and max_seconds > 0):
        raise ValueError(f"min_seconds and max_seconds must be 0 <= min <= max, not {min_seconds} and {max_seconds}.")

    with _open(source) as file:
        demuxer = _ffmpeg_demuxer(file)
        if demuxer:
            mono, cut = _decode_with_ffmpeg(source, demuxer, rate, max_seconds)
        else:
            mono, cut = _decode_with_soundfile(file, rate, max_seconds)
    if not mono.frames:
        raise AudioError("This looks like audio, but nothing in it can be decoded: save it again, as WAV or FLAC.")

    samples = mono.finish()
    duration_s = len(samples) / rate
    if len(samples) < round(min_seconds * rate):
        raise AudioError(
            f"Only {math.floor(duration_s * 100) / 100:.2f} s of sound can be read from it, and at least "
            f"{min_seconds:.3g} s are needed: choose a longer recording."
        )
    if np.abs(samples).max(initial=0.0) < SILENCE_PEAK:
        raise AudioError("There is only silence in it (its peak is under -80 dBFS): choose a recording with sound.")

    warnings = []
    if mono.has_holes:
        warnings.append("Some samples are not numbers (NaN or infinite) and count as silence.")
    if mono.is_capped:
        warnings.append(f"It is longer than {max_seconds / 60:.3g} minutes: only that much of it is judged.")
    elif cut:
        warnings.append(f"The file is damaged or cut short: only the {duration_s:.1f} s that can be read are judged.")
    return Clip(samples, rate, tuple(warnings), mono.source_rate)


def duration_limit_s() -> float:
    """How much of a file is decoded: the environment variable GENRE_LAB_MAX_SECONDS, or `MAX_SECONDS`.

    Raises ConfigError if the variable is not a number of seconds that holds a segment.
    """
    chosen = os.environ.get("GENRE_LAB_MAX_SECONDS")
    if not chosen:
        return MAX_SECONDS
    try:
        seconds = float(chosen)
    except ValueError:
        seconds = math.nan
    if not SEGMENT_SECONDS <= seconds < math.inf:
        raise ConfigError(f"GENRE_LAB_MAX_SECONDS must be a number of seconds from 3 on, and is {chosen!r}.")
    return seconds


def wav_bytes(clip: Clip) -> bytes:
    """The clip as a 16-bit PCM WAV file, clipped at full scale."""
    file = io.BytesIO()
    soundfile.write(file, clip.samples, clip.rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


class _Source(io.BufferedReader):
    """A binary file for libsndfile: nameless, so that no extension is looked at, and quiet about impossible seeks."""

    name = ""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return super().seek(offset, whence)
        except (OSError, ValueError, OverflowError):  # libsndfile sees from tell() that nothing moved
            return self.tell()

    def peek_at(self, offset: int, count: int) -> bytes:
        """Up to `count` bytes from `offset` on; the position goes back to the start."""
        self.seek(offset)
        data = self.read(count)
        self.seek(0)
        return data

    def size(self) -> int:
        size = self.seek(0, io.SEEK_END)
        self.seek(0)
        return size


class _Mono:
    """Takes in decoded blocks, mixes and resamples them, up to `max_seconds`."""

    def __init__(self, source_rate: int, rate: int, max_seconds: float) -> None:
        if not LOWEST_RATE <= source_rate <= HIGHEST_RATE:
            raise AudioError(f"Its header claims a rate of {source_rate} Hz, which can't be: save it again, as WAV.")
        self.source_rate = source_rate
        self.rate = rate
        self.frames = 0
        self.has_holes = False
        self.is_capped = False
        self._frames_limit = int(max_seconds * source_rate)
        self._resampler = soxr.ResampleStream(source_rate, rate, 1, dtype="float32", quality="HQ")
        self._parts: list[np.ndarray] = []

    def add(self, block: np.ndarray) -> None:
        """Take one block, shape=(frames, channels), float32.  Raises AudioError for an absurd amplitude."""
        room = self._frames_limit - self.frames
        self.is_capped = len(block) > room
        block = block[:room]
        finite = np.isfinite(block)
        if not finite.all():
            self.has_holes = True
            block = np.where(finite, block, np.float32(0))
        peak = np.abs(block).max(initial=0.0)
        if peak > ABSURD_PEAK:
            raise AudioError(
                f"Its samples reach {peak:.3g} times full scale, so it is damaged or wrongly scaled: "
                "save it again with a peak of at most 1."
            )
        self.frames += len(block)
        part = block.mean(axis=1)
        self._parts.append(part if self.rate == self.source_rate else self._resampler.resample_chunk(part))

    def finish(self) -> np.ndarray:
        """All samples, shape=(ceil(frames * rate / source_rate),): the length that librosa gives."""
        if self.rate == self.source_rate:
            return np.concatenate(self._parts)
        rest = self._resampler.resample_chunk(np.zeros(0, np.float32), last=True)
        resampled = np.concatenate([*self._parts, rest])
        samples = np.zeros(math.ceil(self.frames * (self.rate / self.source_rate)), np.float32)
        count = min(len(samples), len(resampled))  # soxr rounds the length, so they differ by one sample at most
        samples[:count] = resampled[:count]
        return samples


def _open(source: AudioSource) -> _Source:
    """Open for reading.  Raises AudioError for what isn't there, isn't a file, can't be read or is empty."""
    if isinstance(source, bytes):
        file = _Source(io.BytesIO(source))
    else:
        path = Path(source)
        try:
            if path.is_dir():
                raise AudioError("This is a folder, not an audio file: choose a file in it.")
            if not path.exists():
                raise AudioError("There is no such file: check its name and its folder.")
            if not path.is_file():
                raise AudioError("This is a device or a pipe, not an audio file: choose a file.")
            file = _Source(io.FileIO(path))
        except PermissionError as error:
            raise AudioError("You are not allowed to read this file: change its permissions or copy it.") from error
        except OSError as error:
            raise AudioError(f"It can't be opened ({error.strerror}): copy it to another disk.") from error
    if not file.size():
        file.close()
        raise AudioError("The file is empty (0 bytes): copy or download it again.")
    return file


class _SequentialFile(soundfile.SoundFile):
    """Read only from start to end: `soundfile` otherwise seeks after every block and trusts the header's length."""

    def seekable(self) -> bool:
        return False

    def blocks_until_end(self) -> Iterator[np.ndarray]:
        """Blocks of float32, shape=(frames, channels); the memory of one is used for the next."""
        memory = np.empty((max(1, BLOCK_SAMPLES // self.channels), self.channels), np.float32)
        while len(block := self.read(out=memory)):
            yield block


def _decode_with_soundfile(file: _Source, rate: int, max_seconds: float) -> tuple[_Mono, bool]:
    """The sound of a file, and whether it breaks off before its end."""
    try:
        sound = _SequentialFile(file)
    except soundfile.LibsndfileError as error:
        if error.code == UNRECOGNIZED:
            raise AudioError(f"This isn't audio of a kind that can be read: choose {FORMATS}.") from error
        raise AudioError(
            f"This looks like audio, but it is damaged or in a coding that can't be read: save it again as {FORMATS}."
        ) from error
    with sound:
        mono = _Mono(sound.samplerate, rate, max_seconds)
        cut = False
        try:
            for block in sound.blocks_until_end():
                mono.add(block)
                if mono.is_capped:
                    return mono, False
        except soundfile.LibsndfileError:
            cut = True
        position = file.tell()
        return mono, cut or _is_cut(file, position, sound.format, mono.frames, sound.frames)


def _is_cut(file: _Source, position: int, kind: str, frames: int, declared_frames: int) -> bool:
    """Whether a file that was decoded without error up to byte `position` should have gone on."""
    size = file.size()
    head = file.peek_at(0, 28)
    if head[:4] in (b"RIFF", b"RIFX", b"FORM"):
        declared = int.from_bytes(head[4:8], "little" if head[:4] == b"RIFF" else "big")
        return declared < STREAMED_SIZE and declared + 8 > size + 1  # the last byte may be padding, and left away
    if head[:4] == b"RF64":
        declared = int.from_bytes(head[20:28], "little")
        return declared < 1 << 62 and declared + 8 > size + 1
    if kind == "FLAC":
        return frames < declared_frames < 1 << 62  # libsndfile gives 2**63 - 1 where the header leaves it open
    if kind == "OGG" and not _ends_with_ogg_end(file.peek_at(max(0, size - OGG_PAGE_BYTES), OGG_PAGE_BYTES)):
        return True
    if kind == "MP3":
        first = file.peek_at(_id3_bytes(file), 64)
        if frames < declared_frames and any(mark in first for mark in (b"Xing", b"Info", b"VBRI")):
            return True
    # An MP3 of variable bit rate without a count of frames, and chained OGG: libsndfile stops long before the end.
    return kind in ("MP3", "OGG") and size - position > 0.1 * size


def _ends_with_ogg_end(tail: bytes) -> bool:
    """Whether the last page is whole and carries the flag for the end of the stream (RFC 3533, section 6)."""
    page = tail[max(0, tail.rfind(b"OggS")) :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return False
    return bool(page[5] & 4) and len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])


def _id3_bytes(file: _Source) -> int:
    """Length of the ID3v2 tag at the start, 0 without one."""
    head = file.peek_at(0, 10)
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    return 10 + sum((byte & 127) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))


def _ffmpeg_demuxer(file: _Source) -> str | None:
    """The ffmpeg demuxer for MP4 and for AAC in ADTS frames; None for all else."""
    if file.peek_at(4, 4) == b"ftyp":
        return "mov"
    start = file.peek_at(_id3_bytes(file), 2)
    is_adts = len(start) == 2 and start[0] == 0xFF and start[1] & 0xF6 == 0xF0  # MP3 differs in the layer bits
    return "aac" if is_adts else None


def _decode_with_ffmpeg(source: AudioSource, demuxer: str, rate: int, max_seconds: float) -> tuple[_Mono, bool]:
    """The sound of a file, and whether ffmpeg complained about it.

    ffmpeg is told which demuxer to use and may open nothing but files, so that a playlist or a foreign reference in
    the file leads nowhere.  It writes AU, whose header of six numbers tells the rate and the channels.
    """
    ffmpeg = shutil.which("ffmpeg")
    if not ffmpeg:
        raise AudioError(f"M4A and AAC need ffmpeg, which isn't installed here: install it, or choose {FORMATS}.")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as complaints:
        path = Path(folder, "song")
        if isinstance(source, bytes):
            path.write_bytes(source)  # not a pipe: an MP4's index may stand at its end
        else:
            path = Path(source).absolute()
        command = [
            ffmpeg,
            "-v",
            "error",
            "-nostdin",
            "-protocol_whitelist",
            "file,pipe",
            "-f",
            demuxer,
            "-i",
            f"file:{path}",
        ]
        command += ["-map", "0:a:0", "-vn", "-t", str(max_seconds + 1), "-f", "au", "-c:a", "pcm_f32be", "pipe:1"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints)
        timer = threading.Timer(FFMPEG_LIMIT_S, process.kill)
        timer.start()
        assert process.stdout
        try:
            with closing(process.stdout) as pipe:
                mono = _read_au(pipe, rate, max_seconds)
                if mono.is_capped:
                    return mono, False
            return mono, process.wait() != 0 or os.fstat(complaints.fileno()).st_size > 0
        finally:
            timer.cancel()
            process.kill()
            process.wait()


def _read_au(pipe: IO[bytes], rate: int, max_seconds: float) -> _Mono:
    """The sound of an AU stream of big-endian float32."""
    header = pipe.read(24)
    if len(header) < 24:
        raise AudioError(f"No sound in it can be decoded, perhaps because it is cut short: choose {FORMATS}.")
    _, offset, _, _, source_rate, channels = struct.unpack(">6I", header)
    pipe.read(offset - 24)
    mono = _Mono(source_rate, rate, max_seconds)
    frame_bytes = 4 * channels
    while not mono.is_capped and (data := pipe.read(BLOCK_SAMPLES // channels * frame_bytes)):
        whole = data[: len(data) // frame_bytes * frame_bytes]
        mono.add(np.frombuffer(whole, ">f4").reshape(-1, channels).astype(np.float32))
    return mono
