"""Taking a clip apart: into harmonic and percussive sound, or into vocals and instruments.

Each of these, and the mix itself, is a stem; `take` gives one of a clip.  Two stems that belong together add up to the
mix.  No model is learnt: what is told apart is how sound moves.

Harmonic and percussive: median filtering after Fitzgerald, "Harmonic/percussive separation using median filtering",
DAFx 2010, with the soft masks of librosa.decompose.hpss (kernel 31, power 2, margin 1).  In a spectrogram a held note
is a line along time and a drum stroke a line along frequency: a running median along each axis keeps the one and
erases the other.

The two medians are nearly all of the cost.  `running_median` keeps one sorted window for each of many neighboring
columns and moves all of them by one row at a time with comparisons alone, no branch, so that the compiler turns a group
of columns into SIMD lanes.  It selects values and computes none: its results are those of
scipy.ndimage.median_filter(mode="reflect") bit for bit.

Vocals and instruments: a voice is never still.  Over a window of half a second its vibrato and its glides blur it
across frequency as a drum stroke does, while held notes stay lines; over a window of 20 ms it is a line, and drums are
not.  So what is percussive to the long window and harmonic to the short one is voice (Tachibana, Ono and Sagayama,
"Singing voice enhancement in monaural music signals based on two-stage HPSS", IEEE/ACM TASLP 2014; FitzGerald and
Gainza, "Single channel vocal separation using median filtering and factorisation techniques", ISAST 2010).  From that
estimate the pitch of the voice is followed, and its harmonics are favored over what lies between them (as Ikemiya,
Itoyama and Yoshii, "Singing voice separation and vocal F0 estimation based on mutual combination of robust PCA and
subharmonic summation", IEEE/ACM TASLP 2016).  The numbers below were chosen on mixes of the kinds that
benchmarks/separation.py makes, though on none of them; that says what they reach.

Conventions: clips are at 22 050 Hz; spectrograms have shape (frames, bins).  Clips of any length are worked through in
blocks of half a minute that overlap, in bounded memory.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, cast, get_args

import librosa
import numba
import numpy as np

from genre_core.audio import SEGMENT_RATE as RATE
from genre_core.audio import Clip
from genre_core.audio.pitch import melody
from genre_core.errors import ConfigError

VERSION = 1
"""Version of the recipe: raise it when a value changes, and every cache is computed anew."""

Stem = Literal["mix", "vocals", "accompaniment", "harmonic", "percussive"]
STEMS: tuple[Stem, ...] = get_args(Stem)
MIX: Stem = "mix"

KERNEL = 31
"""Frames, and frequency bins, that a median looks at (librosa's default)."""

_LANES = 64

_BLOCK_SAMPLES, _OVERLAP_SAMPLES = 30 * RATE, 2 * RATE
_LEAST_SAMPLES = 2 * RATE  # shorter ones are filled up with silence: medians need frames
_N_FFT = 2048
_LONG_N_FFT, _LONG_KERNEL = 12_288, 17
_SHORT_N_FFT, _SHORT_KERNELS = 512, (11, 31)
_LOWEST_VOICE_HZ = 140.0  # below it little is voice, and much is bass
_COMB_HZ, _COMB_SPREAD_HZ = 16.0, 6000.0  # half-width of a harmonic, and where vibrato has doubled it
_COMB_END_HZ = 4500.0  # above it voice is breath and consonants
_OFF_COMB, _ON_COMB = 0.25, 0.35  # what is kept between the harmonics; what is added upon them
_VOICED = (0.2, 0.5)  # salience at which the comb sets in, and counts in full


@numba.njit(cache=True, nogil=True)
def _reflected(i: int, n: int) -> int:
    """Row that stands at position `i` of `n` rows mirrored at their edges (d c b a | a b c d | d c b a)."""
    if i < 0:
        return -1 - i
    return i if i < n else 2 * n - 1 - i


@numba.njit(cache=True, nogil=True)
def _running_median(values, size, medians):  # type: ignore[no-untyped-def]
    rows, columns = values.shape
    half = size // 2
    window = np.empty((size, _LANES), dtype=values.dtype)
    before = np.empty(_LANES, dtype=values.dtype)
    for first in range(0, columns, _LANES):
        lanes = min(_LANES, columns - first)
        for i in range(size):
            row = values[_reflected(i - half, rows), first : first + lanes]
            for lane in range(lanes):
                window[i, lane] = row[lane]
        for lane in range(lanes):
            window[:, lane] = np.sort(window[:, lane])
        medians[0, first : first + lanes] = window[half, :lanes]
        for r in range(1, rows):
            leaving = values[_reflected(r - 1 - half, rows), first : first + lanes]
            entering = values[_reflected(r + half, rows), first : first + lanes]
            # One pass: without the leaving value the rest moves up by one from its place on, and the
            # entering value is squeezed in between its neighbors.
            before[:] = -np.inf
            for i in range(size - 1):
                for lane in range(lanes):
                    here = window[i, lane]
                    value = here if here < leaving[lane] else window[i + 1, lane]
                    window[i, lane] = max(before[lane], min(value, entering[lane]))
                    before[lane] = value
            for lane in range(lanes):
                window[size - 1, lane] = max(before[lane], entering[lane])
                medians[r, first + lane] = window[half, lane]


def running_median(values: np.ndarray, size: int = KERNEL) -> np.ndarray:
    """Median over `size` neighboring rows, edges mirrored.

    Parameters
    ----------
    values : shape (rows, columns), C-contiguous, finite; at least size // 2 + 1 rows.
    size : odd number of rows.

    Returns
    -------
    shape (rows, columns), equal to scipy.ndimage.median_filter(values, (size, 1), mode="reflect").
    """
    if size % 2 == 0 or values.shape[0] <= size // 2:
        raise ValueError(f"a median over {size} rows needs an odd size and more than {size // 2} rows")
    medians = np.empty_like(values)
    _running_median(values, size, medians)
    return medians


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _share(harmonic, percussive):  # type: ignore[no-untyped-def]
    tiny = np.finfo(np.float32).tiny
    half, one = np.float32(0.5), np.float32(1)
    for t in range(harmonic.shape[0]):
        for f in range(harmonic.shape[1]):
            h, p = harmonic[t, f], percussive[t, f]
            larger = max(h, p)
            scale = one if larger < tiny else larger
            h2 = (h / scale) * (h / scale)
            p2 = (p / scale) * (p / scale)
            harmonic[t, f] = half if larger < tiny else h2 / (h2 + p2)


def harmonic_mask(magnitude: np.ndarray, *, frames: int = KERNEL, bins: int = KERNEL) -> np.ndarray:
    """The share of each cell of a spectrogram that is harmonic sound; the rest is percussive.

    Parameters
    ----------
    magnitude : shape (frames, bins), float32, not negative; more of each than half of what its median looks at.
    frames, bins : what the medians look at, odd.

    Returns
    -------
    shape (frames, bins), float32 in [0, 1], equal to librosa.decompose.hpss(magnitude.T, kernel_size=(frames, bins),
    mask=True)[0].T within rounding.
    """
    along_time = running_median(magnitude, frames)
    along_frequency = np.ascontiguousarray(running_median(np.ascontiguousarray(magnitude.T), bins).T)
    _share(along_time, along_frequency)
    return along_time


@dataclass(frozen=True, eq=False)
class HarmonicPercussive:
    """Held sound and strokes; they add up to the mix."""

    harmonic: Clip
    percussive: Clip


@dataclass(frozen=True, eq=False)
class VocalsAccompaniment:
    """The voice and all else; they add up to the mix."""

    vocals: Clip
    accompaniment: Clip


def harmonic_percussive(clip: Clip) -> HarmonicPercussive:
    """Take held sound and strokes apart.  ValueError for a clip at another rate than 22 050 Hz."""
    harmonic = _in_blocks(clip, _harmonic)
    return HarmonicPercussive(replace(clip, samples=harmonic), replace(clip, samples=clip.samples - harmonic))


def vocals_accompaniment(clip: Clip) -> VocalsAccompaniment:
    """Take the voice and the instruments apart.  ValueError for a clip at another rate than 22 050 Hz.

    What moves like a voice is taken for one: in music without any, the vocals hold what is left of melodies.
    """
    vocals = _in_blocks(clip, _vocals)
    return VocalsAccompaniment(replace(clip, samples=vocals), replace(clip, samples=clip.samples - vocals))


def check_stem(stem: str) -> Stem:
    """The stem of that name; ConfigError if there is none."""
    if stem not in STEMS:
        raise ConfigError(f"There is no part {stem!r} of a song; choose from {', '.join(STEMS)}.")
    return stem


def extract_stem(clip: Clip, stem: Stem) -> Clip:
    """One stem of a clip at 22 050 Hz."""
    if stem == MIX:
        return clip
    pair = vocals_accompaniment(clip) if stem in ("vocals", "accompaniment") else harmonic_percussive(clip)
    return cast(Clip, getattr(pair, stem))


def separate(clip: Clip) -> dict[Stem, Clip]:
    """Every stem of a clip at 22 050 Hz but the mix."""
    voice, pulse = vocals_accompaniment(clip), harmonic_percussive(clip)
    return {
        "vocals": voice.vocals,
        "accompaniment": voice.accompaniment,
        "harmonic": pulse.harmonic,
        "percussive": pulse.percussive,
    }


def _in_blocks(clip: Clip, work: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """What `work` makes of the samples of each block, one faded into the next, shape (n,), float32."""
    if clip.rate != RATE:
        raise ValueError(f"clips are taken apart at {RATE} Hz, not {clip.rate} Hz")
    samples = clip.samples
    result = np.zeros_like(samples)
    fade = np.linspace(0, 1, _OVERLAP_SAMPLES, dtype=np.float32)
    for start in range(0, max(len(samples) - _OVERLAP_SAMPLES, 1), _BLOCK_SAMPLES):
        block = samples[start : start + _BLOCK_SAMPLES + _OVERLAP_SAMPLES]
        made = work(np.pad(block, (0, max(_LEAST_SAMPLES - len(block), 0))))[: len(block)]
        if start:
            made[:_OVERLAP_SAMPLES] *= fade
        if start + len(block) < len(samples):
            made[-_OVERLAP_SAMPLES:] *= 1 - fade
        result[start : start + len(block)] += made
    return result


def _harmonic(samples: np.ndarray) -> np.ndarray:
    spectrum = _stft(samples, _N_FFT)
    return _istft(spectrum * harmonic_mask(np.abs(spectrum)), _N_FFT, len(samples))


def _vocals(samples: np.ndarray) -> np.ndarray:
    spectrum = _stft(samples, _LONG_N_FFT)
    held = harmonic_mask(np.abs(spectrum), frames=_LONG_KERNEL, bins=_LONG_KERNEL)
    moving = _istft(spectrum * (1 - held), _LONG_N_FFT, len(samples))
    spectrum = _stft(moving, _SHORT_N_FFT)
    frames, bins = _SHORT_KERNELS
    lines = harmonic_mask(np.abs(spectrum), frames=frames, bins=bins)
    estimate = _istft(spectrum * lines * _voice_band(_SHORT_N_FFT), _SHORT_N_FFT, len(samples))

    spectrum = _stft(samples, _N_FFT)
    voice, rest = (np.abs(_stft(each, _N_FFT)) for each in (estimate, samples - estimate))
    mask = voice**2 / np.maximum(voice**2 + rest**2, np.finfo(np.float32).tiny)
    comb, voiced = _comb(voice)
    mask *= 1 - voiced * (1 - _OFF_COMB) * (1 - comb)
    mask += voiced * comb * _ON_COMB * (1 - mask)
    return _istft(spectrum * mask * _voice_band(_N_FFT), _N_FFT, len(samples))


def _comb(magnitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How near each cell is to a harmonic of the melody, and how much that says; each of shape (frames, bins)."""
    followed = melody(magnitude, _N_FFT, RATE)
    hz = librosa.fft_frequencies(sr=RATE, n_fft=_N_FFT).astype(np.float32)
    pitch = followed.hz[:, np.newaxis].astype(np.float32)
    distance_hz = np.abs(hz - np.maximum(np.round(hz / pitch), 1) * pitch)
    comb = np.exp(-0.5 * (distance_hz / (_COMB_HZ * (1 + hz / _COMB_SPREAD_HZ))) ** 2)
    low, high = _VOICED
    sure = np.clip((followed.salience - low) / (high - low), 0, 1)
    return comb, sure[:, np.newaxis] / (1 + (hz / _COMB_END_HZ) ** 4)


@lru_cache(maxsize=2)
def _voice_band(n_fft: int) -> np.ndarray:
    """A soft high pass, shape (n_fft // 2 + 1,), float32."""
    hz = np.maximum(librosa.fft_frequencies(sr=RATE, n_fft=n_fft), 1)
    return (1 / (1 + (_LOWEST_VOICE_HZ / hz) ** 8)).astype(np.float32)


def _stft(samples: np.ndarray, n_fft: int) -> np.ndarray:
    return np.ascontiguousarray(librosa.stft(samples, n_fft=n_fft, hop_length=n_fft // 4).T)


def _istft(spectrum: np.ndarray, n_fft: int, length: int) -> np.ndarray:
    return librosa.istft(spectrum.T, n_fft=n_fft, hop_length=n_fft // 4, length=length)
