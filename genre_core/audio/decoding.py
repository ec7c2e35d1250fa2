"""Decoding: from a file, or its content, to a Clip of mono samples at the wanted rate.

WAV, FLAC, OGG (Vorbis, Opus), MP3, AIFF and the other formats of libsndfile are read through `soundfile`; M4A and AAC
through ffmpeg, if it is installed.  The format is recognized from the content, never from the file name.

Files are untrusted input, so no length in a header is believed: audio is decoded, mixed down and resampled in blocks
of bounded size, and decoding stops at `max_seconds`, or at MOST_SAMPLES of all channels together.  A file that is cut
short gives the samples that can be decoded, with a warning; a file without usable audio raises AudioError.

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
from functools import partial
from typing import IO

import numpy as np
import soundfile

from genre_core import storage
from genre_core.audio.clip import SEGMENT_RATE, SEGMENT_SECONDS, SILENCE_PEAK, Clip
from genre_core.audio.containers import (
    AudioFile,
    AudioSource,
    audio_path,
    ffmpeg_demuxer,
    has_rest,
    is_cut_short,
    is_uncounted_mp3,
    open_audio,
)
from genre_core.audio.mixing import HIGHEST_RATE, LOWEST_RATE, MonoMixer, downmix_weights
from genre_core.errors import AudioError, ConfigError, SilentError, TooShortError
from genre_core.reading.limits import MOST_CONTENT_BYTES, MOST_FILE_BYTES, size_text

DEFAULT_MAX_SECONDS = 900.0
BLOCK_SAMPLES = 16_384
"""Frames times channels that are decoded at a time."""
FFMPEG_LIMIT_S = 60.0
_FFMPEG_MOST_BYTES = 100_000_000
"""Of each block of memory: a few bytes of an MP4's index may ask for gigabytes."""
FORMATS = "WAV, FLAC, OGG, MP3 or AIFF"
LARGE_OFFSET = 0.02
"""Mean of the samples from which on a DC offset is removed: 2 % of full scale, which no track of GTZAN-mini reaches."""
LARGE_RELATIVE_OFFSET = 0.3
"""The same relative to the root mean square of the sound, for quiet recordings."""

_UNRECOGNIZED = 1  # libsndfile's SF_ERR_UNRECOGNIZED_FORMAT


def load_audio(
    source: AudioSource,
    *,
    rate: int = SEGMENT_RATE,
    max_seconds: float | None = None,
    min_seconds: float = SEGMENT_SECONDS,
) -> Clip:
    """Decode an audio file to mono.

    Channels are mixed (see `genre_core.audio.mixing`) and resampled with soxr HQ, as in `librosa.load`; at the file's
    own rate the samples are those of the file.  A file that needs it is decoded twice: if its channels have opposite
    phases or one is silent, or if an MP3 is longer than it says.

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
        decode = partial(_decode_with_ffmpeg, source, demuxer) if demuxer else partial(_decode_with_soundfile, file)
        mono, cut_short = decode(rate, max_seconds)
        has_opposite_phases = mono.has_opposite_phases
        if (weights := mono.better_weights()) is not None:
            del mono  # so that memory holds one copy
            mono, cut_short = decode(rate, max_seconds, weights)
    if not mono.frames:
        raise AudioError("The file looks like audio, but nothing in it can be decoded: save it again as WAV or FLAC.")

    samples = mono.finish()
    duration_s = len(samples) / rate
    if len(samples) < round(min_seconds * rate):
        raise TooShortError(
            f"Only {math.floor(duration_s * 100) / 100:.2f} s of sound can be read from it, and at least "
            f"{min_seconds:.3g} s are needed: choose a longer recording."
        )
    if offset := _large_offset(samples):
        samples -= offset
    if np.abs(samples).max(initial=0.0) < SILENCE_PEAK:
        raise SilentError("There is only silence in it (the peak is below -80 dBFS): choose a recording with sound.")

    warnings = []
    if mono.has_invalid_samples:
        warnings.append("Some samples are not numbers (NaN or infinite); they were replaced by silence.")
    if has_opposite_phases:
        warnings.append("The channels have opposite phases and cancel each other; only the loudest channel was used.")
    if offset:
        warnings.append(f"The recording has a DC offset of {100 * abs(offset):.2g} % of full scale; it was removed.")
    if mono.reached_limit:
        warnings.append(f"The file is longer than {mono.limit_s / 60:.3g} minutes; the rest of it was not used.")
    elif cut_short:
        warnings.append(f"The file is damaged or cut short; only the first {duration_s:.1f} s could be used.")
    return Clip(samples, rate, tuple(warnings), mono.source_rate)


def check_audio(source: AudioSource, most_bytes: int = MOST_FILE_BYTES) -> None:
    """Look at the size and the headers of a file, or of its content, before all of it is read.

    Raises
    ------
    AudioError
        If the file can't be opened, is larger or isn't audio.  The message doesn't name the file.
    """
    with open_audio(source) as file:
        if file.size() > most_bytes:
            raise AudioError(f"The file is larger than {size_text(most_bytes)}: cut it into parts, or save it as MP3.")
        if not ffmpeg_demuxer(file):
            _open_sound(file).close()


def read_content(path: str | os.PathLike[str]) -> bytes:
    """The content of an audio file that is no larger than an upload may be.  Raises AudioError; see `check_audio`."""
    check_audio(path, MOST_CONTENT_BYTES)
    with open_audio(path) as file:
        return file.read()


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


def _large_offset(samples: np.ndarray) -> np.float32:
    """The mean of the samples if it is large, else 0: a small one does no harm, and samples stay those of the file."""
    if not len(samples):
        return np.float32(0)
    offset = float(samples.mean(dtype=np.float64))
    sound = math.sqrt(max(float(np.vdot(samples, samples)) / len(samples) - offset**2, 0.0))
    return np.float32(offset if abs(offset) > min(LARGE_OFFSET, LARGE_RELATIVE_OFFSET * sound) else 0)


class _SequentialFile(soundfile.SoundFile):
    """Reads only from start to end: `soundfile` otherwise seeks after every block and trusts the header's length."""

    def seekable(self) -> bool:
        return False

    def blocks_until_end(self) -> Iterator[np.ndarray]:
        """Blocks of float32, shape (frames, channels); each one overwrites the one before."""
        memory = np.empty((max(1, BLOCK_SAMPLES // self.channels), self.channels), np.float32)
        while len(block := self.read(out=memory)):
            yield block


def _open_sound(file: AudioFile) -> _SequentialFile:
    """Read the headers of a file.  Raises AudioError if libsndfile can't decode it."""
    file.seek(0)
    try:
        return _SequentialFile(file)
    except soundfile.LibsndfileError as error:
        if error.code == _UNRECOGNIZED:
            raise AudioError(f"This isn't audio in a supported format: choose a {FORMATS} file.") from error
        raise AudioError(
            f"This looks like audio, but it is damaged or in an unsupported encoding: save it again as {FORMATS}."
        ) from error


def _decode_with_soundfile(
    file: AudioFile, rate: int, max_seconds: float, weights: np.ndarray | None = None
) -> tuple[MonoMixer, bool]:
    """The audio of a file, and whether the file is cut short; `weights` of the channels are those of its layout."""
    if is_uncounted_mp3(file):
        file.hide_length()
    with _open_sound(file) as sound:
        if weights is None:
            weights = downmix_weights(sound.channels, ogg=sound.format == "OGG")
        mono = MonoMixer(sound.samplerate, weights, rate, max_seconds)
        failed = False
        try:
            for block in sound.blocks_until_end():
                mono.add(block)
                if mono.reached_limit:
                    return mono, False
        except soundfile.LibsndfileError:
            failed = True
        position = file.tell()
        if sound.format == "MP3" and not file.hides_length and has_rest(file, position):
            file.hide_length()
            return _decode_with_soundfile(file, rate, max_seconds, weights)
        return mono, failed or is_cut_short(file, position, sound.format, mono.frames, sound.frames)


def _decode_with_ffmpeg(
    source: AudioSource, demuxer: str, rate: int, max_seconds: float, weights: np.ndarray | None = None
) -> tuple[MonoMixer, bool]:
    """The audio of a file, and whether ffmpeg reported an error; `weights` of the channels are those of its layout.

    ffmpeg may use the given demuxer only and open nothing but files, so that a playlist or an external reference in
    the file has no effect.  It writes AU, whose header of six numbers gives the rate and the number of channels.
    """
    ffmpeg = shutil.which("ffmpeg")
    if not ffmpeg:
        raise AudioError(f"M4A and AAC need ffmpeg, which isn't installed: install it, or choose a {FORMATS} file.")
    with storage.scratch_folder() as folder, tempfile.TemporaryFile() as errors:
        path = folder / "song"
        if isinstance(source, bytes):
            path.write_bytes(source)  # not a pipe: an MP4's index may stand at its end
        else:
            path = audio_path(source).absolute()
        command = [ffmpeg, "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe"]
        command += ["-max_alloc", str(_FFMPEG_MOST_BYTES)]
        command += ["-f", demuxer, "-i", f"file:{path}"]
        command += ["-map", "0:a:0", "-vn", "-t", str(max_seconds + 1), "-f", "au", "-c:a", "pcm_f32be", "pipe:1"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
        timer = threading.Timer(FFMPEG_LIMIT_S, process.kill)
        timer.start()
        assert process.stdout
        try:
            with closing(process.stdout) as pipe:
                mono = _read_au(pipe, rate, max_seconds, weights)
                if mono.reached_limit:
                    return mono, False
            return mono, process.wait() != 0 or os.fstat(errors.fileno()).st_size > 0
        finally:
            timer.cancel()
            process.kill()
            process.wait()


def _read_au(pipe: IO[bytes], rate: int, max_seconds: float, weights: np.ndarray | None) -> MonoMixer:
    """The audio of an AU stream of big-endian float32."""
    header = pipe.read(24)
    if len(header) < 24:
        raise AudioError(f"No sound in it can be decoded, perhaps because it is cut short: choose a {FORMATS} file.")
    _, offset, _, _, source_rate, channels = struct.unpack(">6I", header)
    pipe.read(offset - 24)
    mono = MonoMixer(source_rate, downmix_weights(channels) if weights is None else weights, rate, max_seconds)
    frame_bytes = 4 * channels
    while not mono.reached_limit and (data := pipe.read(BLOCK_SAMPLES // channels * frame_bytes)):
        whole = data[: len(data) // frame_bytes * frame_bytes]
        mono.add(np.frombuffer(whole, ">f4").reshape(-1, channels).astype(np.float32))
    return mono
