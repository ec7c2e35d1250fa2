"""Measurements on the audio files of the tracks."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from genre_core import audio
from genre_core.audio import quality
from genre_core.audio.containers import open_audio
from genre_core.errors import AudioError
from genre_core.progress import Progress

FULL_SCALE = 0.9999
"""Level of a clipped sample: 16-bit samples reach 0.99997."""
_CLIPPED_RUN = 3
_BLOCK_SAMPLES = 131_072
"""Frames times channels that are decoded at a time."""
_MOST_RATE = 48_000
"""At which a file is measured: nothing is measured above `quality.FULL_BANDWIDTH_HZ`."""


@dataclass(frozen=True)
class Recording:
    """Measurements on the audio file of a track."""

    rate: int
    """Sample rate of the file in Hz."""
    clipped_share: float
    """Share of the samples that are at full scale in runs of three or more, in the channel with the largest share."""
    silent_share: float
    """Share of the time below `quality.SILENT_RMS`."""
    bandwidth_hz: float | None
    """Frequency at which the spectrum ends abruptly; None if it doesn't end below `quality.FULL_BANDWIDTH_HZ`."""


@dataclass(frozen=True)
class Recordings:
    """Measurements on the audio files of some tracks."""

    measured: dict[str, Recording]
    unreadable: dict[str, AudioError]
    """Tracks whose file can't be used, each with the error that says why."""
    missing: list[str]
    """Tracks without a file."""


def measure_tracks(names: Sequence[str], find: Callable[[str], Path | None], progress: Progress) -> Recordings:
    """Measure the audio files of tracks.

    Parameters
    ----------
    names : GENRE/NAME of each track.
    find : returns the file of a track, or None if there is none.
    progress : called with the number of files done and their total.
    """
    files = {name: path for name in names if (path := find(name))}
    measured: dict[str, Recording] = {}
    unreadable: dict[str, AudioError] = {}
    progress(0, len(files))
    # Threads suffice, since decoding and the Fourier transform release Python's lock.
    with ThreadPoolExecutor(2) as pool:
        futures = {name: pool.submit(_measured, path) for name, path in files.items()}
        try:
            for done, (name, future) in enumerate(futures.items(), start=1):
                try:
                    measured[name] = future.result()
                except AudioError as error:
                    unreadable[name] = error
                progress(done, len(files))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return Recordings(measured, unreadable, [name for name in names if name not in files])


def _measured(path: Path) -> Recording:
    return measure(path, decode(path))


def decode(path: Path) -> audio.Clip:
    """Decode a file at its own rate, or a lower one at which it can be measured.  Raises AudioError if it can't be."""
    audio.check_audio(path)
    clip = audio.load_audio(path, rate=_rate_of_header(path))
    if clip.rate != min(clip.source_rate, _MOST_RATE):
        clip = audio.load_audio(path, rate=min(clip.source_rate, _MOST_RATE))
    return clip


def measure(path: Path, clip: audio.Clip) -> Recording:
    """Measure a file that `decode` has decoded."""
    return Recording(
        rate=clip.source_rate,
        clipped_share=_clipped_share(path, clip),
        silent_share=quality.silent_share(clip),
        bandwidth_hz=quality.limited_bandwidth_hz(clip),
    )


def _rate_of_header(path: Path) -> int:
    """The sample rate in the header if it is plausible, at most _MOST_RATE; else that of the segments."""
    with open_audio(path) as file:
        try:
            rate = soundfile.info(file).samplerate
        except soundfile.LibsndfileError:
            return audio.SEGMENT_RATE
    return min(rate, _MOST_RATE) if audio.LOWEST_RATE <= rate <= audio.HIGHEST_RATE else audio.SEGMENT_RATE


def _clipped_share(path: Path, clip: audio.Clip) -> float:
    """Clipped share by channel, since a mix of the channels hides it; of the mix if only that can be decoded."""
    clipped, frames = np.zeros(1, dtype=int), 0
    most_frames = round(clip.duration_s * clip.source_rate)
    with suppress(soundfile.LibsndfileError), open_audio(path) as file, soundfile.SoundFile(file) as sound:
        block_frames = max(_BLOCK_SAMPLES // sound.channels, 1)
        for block in sound.blocks(block_frames, dtype="float32", always_2d=True, frames=most_frames):
            clipped = clipped + _clipped_samples(block)
            frames += len(block)
    if not frames:
        clipped, frames = _clipped_samples(clip.samples[:, np.newaxis]), len(clip.samples)
    return float(clipped.max() / frames)


def _clipped_samples(block: np.ndarray) -> np.ndarray:
    """Count the samples of each channel at full scale in runs of three or more; `block` is (frames, channels)."""
    full = np.abs(block) >= FULL_SCALE
    if len(full) < _CLIPPED_RUN:
        return np.zeros(block.shape[1], dtype=int)
    begins = full[:-2] & full[1:-1] & full[2:]
    in_run = np.zeros_like(full)
    for offset in range(_CLIPPED_RUN):
        in_run[offset : offset + len(begins)] |= begins
    return in_run.sum(axis=0)
