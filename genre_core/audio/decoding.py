"""Decoding: from a file, or its content, to a Clip of mono samples at the wanted rate.

WAV, FLAC, OGG (Vorbis, Opus), MP3, AIFF and the other formats of libsndfile are read through `soundfile`; M4A and AAC
through ffmpeg, if it is installed.  The format is recognized from the content, never from the file name.

Files are untrusted input, so no length in a header is believed: audio is decoded, mixed down and resampled in blocks
of bounded size, and decoding stops at `max_seconds`.  A file that is cut short gives the samples that can be decoded,
with a warning; a file without usable audio raises AudioError.

Conventions: a block has shape (frames, channels), float32, with full scale at 1.
"""

import math
import os
import shutil
import struct
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import numpy as np
import soundfile
import soxr

from genre_core.audio.clip import SEGMENT_RATE, SEGMENT_SECONDS, SILENCE_PEAK, Clip
from genre_core.audio.containers import AudioFile, AudioSource, audio_path, ffmpeg_demuxer, is_cut_short, open_audio
from genre_core.errors import AudioError, ConfigError, SilentError, TooShortError

LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000
"""Sample rates in Hz; a header that names one outside of these is wrong."""
MAX_PEAK = 100.0
"""40 dB over full scale: a higher peak comes from integers or noise stored as floating-point samples."""
DEFAULT_MAX_SECONDS = 900.0
BLOCK_SAMPLES = 16_384
"""Frames times channels that are decoded at a time."""
FFMPEG_LIMIT_S = 120.0
FORMATS = "WAV, FLAC, OGG, MP3 or AIFF"

_UNRECOGNIZED = 1  # libsndfile's SF_ERR_UNRECOGNIZED_FORMAT


def load_audio(
    source: AudioSource,
    *,
    rate: int = SEGMENT_RATE,
    max_seconds: float | None = None,
    min_seconds: float = SEGMENT_SECONDS,
) -> Clip:
    """Decode an audio file to mono.

    Channels are averaged and resampled with soxr HQ, as in `librosa.load`; at the file's own rate the samples are
    those of the file.

    Parameters
    ----------
    source : path of a file, or its content as bytes.
    rate : sample rate of the clip in Hz.
    max_seconds : length at which decoding stops, with a warning; None for `duration_limit_s()`.
    min_seconds : length below which a file is refused.

    Raises
    ------
    AudioError : if the file can't be opened or isn't audio; SilentError if it is silent, and TooShortError if it is too
        short.  The message doesn't name the file.
    ValueError : if a parameter is out of range.

    Examples
    --------
    >>> from genre_core import load_audio
    >>> clip = load_audio("song.wav")
    >>> clip.duration_s, clip.rate
    (30.0, 22050)
    """
    max_seconds = duration_limit_s() if max_seconds is None else max_seconds
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise ValueError(f"rate must be {LOWEST_RATE} to {HIGHEST_RATE} Hz, not {rate}.")
    if not (math.isfinite(max_seconds) and 0 <= min_seconds <= max_seconds and max_seconds > 0):
        raise ValueError(f"min_seconds and max_seconds must be 0 <= min <= max, not {min_seconds} and {max_seconds}.")

    with open_audio(source) as file:
        demuxer = ffmpeg_demuxer(file)
        if demuxer:
            mono, cut_short = _decode_with_ffmpeg(source, demuxer, rate, max_seconds)
        else:
            mono, cut_short = _decode_with_soundfile(file, rate, max_seconds)
    if not mono.frames:
        raise AudioError("The file looks like audio, but nothing in it can be decoded: save it again as WAV or FLAC.")

    samples = mono.finish()
    duration_s = len(samples) / rate
    if len(samples) < round(min_seconds * rate):
        raise TooShortError(
            f"Only {math.floor(duration_s * 100) / 100:.2f} s of sound can be read from it, and at least "
            f"{min_seconds:.3g} s are needed: choose a longer recording."
        )
    if np.abs(samples).max(initial=0.0) < SILENCE_PEAK:
        raise SilentError("There is only silence in it (the peak is below -80 dBFS): choose a recording with sound.")

    warnings = []
    if mono.has_invalid_samples:
        warnings.append("Some samples are not numbers (NaN or infinite); they were replaced by silence.")
    if mono.reached_limit:
        warnings.append(f"The file is longer than {max_seconds / 60:.3g} minutes; the rest of it was not used.")
    elif cut_short:
        warnings.append(f"The file is damaged or cut short; only the first {duration_s:.1f} s could be used.")
    return Clip(samples, rate, tuple(warnings), mono.source_rate)


def duration_limit_s() -> float:
    """The length at which decoding stops: the environment variable GENRE_LAB_MAX_SECONDS, or DEFAULT_MAX_SECONDS.

    Raises ConfigError if the variable is not a number of seconds that holds at least one segment.
    """
    setting = os.environ.get("GENRE_LAB_MAX_SECONDS")
    if not setting:
        return DEFAULT_MAX_SECONDS
    try:
        seconds = float(setting)
    except ValueError:
        seconds = math.nan
    if not SEGMENT_SECONDS <= seconds < math.inf:
        raise ConfigError(f"GENRE_LAB_MAX_SECONDS must be a number of seconds, at least 3, not {setting!r}.")
    return seconds


class _MonoMixer:
    """Collects decoded blocks, mixed down and resampled, up to `max_seconds`."""

    def __init__(self, source_rate: int, rate: int, max_seconds: float) -> None:
        if not LOWEST_RATE <= source_rate <= HIGHEST_RATE:
            raise AudioError(
                f"The header gives a sample rate of {source_rate} Hz, which is impossible: save the file again as WAV."
            )
        self.source_rate = source_rate
        self.rate = rate
        self.frames = 0
        self.has_invalid_samples = False
        self.reached_limit = False
        self._max_frames = int(max_seconds * source_rate)
        self._resampler = soxr.ResampleStream(source_rate, rate, 1, dtype="float32", quality="HQ")
        self._pieces: list[np.ndarray] = []

    def add(self, block: np.ndarray) -> None:
        """Add one block, shape (frames, channels), float32.  Raises AudioError for a peak above MAX_PEAK."""
        room = self._max_frames - self.frames
        self.reached_limit = len(block) > room
        block = block[:room]
        finite = np.isfinite(block)
        if not finite.all():
            self.has_invalid_samples = True
            block = np.where(finite, block, np.float32(0))
        peak = np.abs(block).max(initial=0.0)
        if peak > MAX_PEAK:
            raise AudioError(
                f"Its samples reach {peak:.3g} times full scale, so it is damaged or wrongly scaled: "
                "save it again with a peak of at most 1."
            )
        self.frames += len(block)
        mixed = block.mean(axis=1)
        self._pieces.append(mixed if self.rate == self.source_rate else self._resampler.resample_chunk(mixed))

    def finish(self) -> np.ndarray:
        """All samples, shape (ceil(frames * rate / source_rate),): the length that librosa gives."""
        if self.rate == self.source_rate:
            return np.concatenate(self._pieces)
        rest = self._resampler.resample_chunk(np.zeros(0, np.float32), last=True)
        resampled = np.concatenate([*self._pieces, rest])
        samples = np.zeros(math.ceil(self.frames * (self.rate / self.source_rate)), np.float32)
        count = min(len(samples), len(resampled))  # soxr rounds the length, so they differ by one sample at most
        samples[:count] = resampled[:count]
        return samples


class _SequentialFile(soundfile.SoundFile):
    """Reads only from start to end: `soundfile` otherwise seeks after every block and trusts the header's length."""

    def seekable(self) -> bool:
        return False

    def blocks_until_end(self) -> Iterator[np.ndarray]:
        """Blocks of float32, shape (frames, channels); each one overwrites the one before."""
        memory = np.empty((max(1, BLOCK_SAMPLES // self.channels), self.channels), np.float32)
        while len(block := self.read(out=memory)):
            yield block


def _decode_with_soundfile(file: AudioFile, rate: int, max_seconds: float) -> tuple[_MonoMixer, bool]:
    """The audio of a file, and whether the file is cut short."""
    try:
        sound = _SequentialFile(file)
    except soundfile.LibsndfileError as error:
        if error.code == _UNRECOGNIZED:
            raise AudioError(f"This isn't audio in a supported format: choose a {FORMATS} file.") from error
        raise AudioError(
            f"This looks like audio, but it is damaged or in an unsupported encoding: save it again as {FORMATS}."
        ) from error
    with sound:
        mono = _MonoMixer(sound.samplerate, rate, max_seconds)
        failed = False
        try:
            for block in sound.blocks_until_end():
                mono.add(block)
                if mono.reached_limit:
                    return mono, False
        except soundfile.LibsndfileError:
            failed = True
        position = file.tell()
        return mono, failed or is_cut_short(file, position, sound.format, mono.frames, sound.frames)


def _decode_with_ffmpeg(source: AudioSource, demuxer: str, rate: int, max_seconds: float) -> tuple[_MonoMixer, bool]:
    """The audio of a file, and whether ffmpeg reported an error.

    ffmpeg may use the given demuxer only and open nothing but files, so that a playlist or an external reference in
    the file has no effect.  It writes AU, whose header of six numbers gives the rate and the number of channels.
    """
    ffmpeg = shutil.which("ffmpeg")
    if not ffmpeg:
        raise AudioError(f"M4A and AAC need ffmpeg, which isn't installed: install it, or choose a {FORMATS} file.")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        path = Path(folder, "song")
        if isinstance(source, bytes):
            path.write_bytes(source)  # not a pipe: an MP4's index may stand at its end
        else:
            path = audio_path(source).absolute()
        command = [ffmpeg, "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe"]
        command += ["-f", demuxer, "-i", f"file:{path}"]
        command += ["-map", "0:a:0", "-vn", "-t", str(max_seconds + 1), "-f", "au", "-c:a", "pcm_f32be", "pipe:1"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
        timer = threading.Timer(FFMPEG_LIMIT_S, process.kill)
        timer.start()
        assert process.stdout
        try:
            with closing(process.stdout) as pipe:
                mono = _read_au(pipe, rate, max_seconds)
                if mono.reached_limit:
                    return mono, False
            return mono, process.wait() != 0 or os.fstat(errors.fileno()).st_size > 0
        finally:
            timer.cancel()
            process.kill()
            process.wait()


def _read_au(pipe: IO[bytes], rate: int, max_seconds: float) -> _MonoMixer:
    """The audio of an AU stream of big-endian float32."""
    header = pipe.read(24)
    if len(header) < 24:
        raise AudioError(f"No sound in it can be decoded, perhaps because it is cut short: choose a {FORMATS} file.")
    _, offset, _, _, source_rate, channels = struct.unpack(">6I", header)
    pipe.read(offset - 24)
    mono = _MonoMixer(source_rate, rate, max_seconds)
    frame_bytes = 4 * channels
    while not mono.reached_limit and (data := pipe.read(BLOCK_SAMPLES // channels * frame_bytes)):
        whole = data[: len(data) // frame_bytes * frame_bytes]
        mono.add(np.frombuffer(whole, ">f4").reshape(-1, channels).astype(np.float32))
    return mono
