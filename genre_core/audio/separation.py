"""Source separation: a clip into vocals and accompaniment, or into harmonic and percussive sound.

Each of these, and the mix itself, is a stem.  The two stems of a pair add up to the mix.  No model is trained: the
methods distinguish sounds by how they change over time.

Harmonic and percussive: the masks of `hpss`.

Vocals and accompaniment: a voice always moves.  In a window of half a second, vibrato and glides blur it across
frequency as they do a drum stroke, while held notes stay lines; in a window of 23 ms it is a line, and drums are not.
So vocals are what is percussive in the long window and harmonic in the short one (Tachibana, Ono and Sagayama,
"Singing voice enhancement in monaural music signals based on two-stage HPSS", IEEE/ACM TASLP 2014; FitzGerald and
Gainza, "Single channel vocal separation using median filtering and factorisation techniques", ISAST 2010).  The pitch
of the voice is tracked in that estimate, and its harmonics are favored over what lies between them (as in Ikemiya,
Itoyama and Yoshii, "Singing voice separation and vocal F0 estimation based on mutual combination of robust PCA and
subharmonic summation", IEEE/ACM TASLP 2016).  The constants below were tuned on mixes like those of
benchmarks/separation.py, which measures the result on other ones.

Conventions: clips are at 22 050 Hz; spectrograms have shape (frames, bins).  Clips of any length are processed in
overlapping blocks of half a minute, in bounded memory.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, cast, get_args

import numpy as np

from genre_core.audio.clip import SEGMENT_RATE as RATE
from genre_core.audio.clip import Clip
from genre_core.audio.compilation import librosa
from genre_core.audio.hpss import harmonic_mask
from genre_core.audio.pitch import track_pitch
from genre_core.errors import ConfigError
from genre_core.wording import quoted

VERSION = 1
"""Version of the recipe.  Raise it when a value changes: every cached feature of a stem is then computed again."""

Stem = Literal["mix", "vocals", "accompaniment", "harmonic", "percussive"]
STEMS: tuple[Stem, ...] = get_args(Stem)
MIX: Stem = "mix"

_BLOCK_SAMPLES, _OVERLAP_SAMPLES = 30 * RATE, 2 * RATE
_LEAST_SAMPLES = 2 * RATE  # shorter clips are padded with silence: medians need frames
_N_FFT = 2048
_LONG_N_FFT, _LONG_KERNEL = 12_288, 17
_SHORT_N_FFT, _SHORT_KERNELS = 512, (11, 31)
_LOWEST_VOICE_HZ = 140.0  # below it there is little voice and much bass
_COMB_HZ, _COMB_SPREAD_HZ = 16.0, 6000.0  # half-width of a harmonic, and where vibrato has doubled it
_COMB_END_HZ = 4500.0  # above it voice is breath and consonants
_OFF_COMB, _ON_COMB = 0.25, 0.35  # share kept between the harmonics, and share added on them
_VOICED = (0.2, 0.5)  # salience at which the comb sets in, and from which it applies in full


@dataclass(frozen=True, eq=False)
class HarmonicPercussive:
    """Held notes and strokes; they add up to the mix."""

    harmonic: Clip
    percussive: Clip


@dataclass(frozen=True, eq=False)
class VocalsAccompaniment:
    """The voice and everything else; they add up to the mix."""

    vocals: Clip
    accompaniment: Clip


def harmonic_percussive(clip: Clip) -> HarmonicPercussive:
    """Separate held notes from strokes.  Raises ValueError unless the clip is at 22 050 Hz."""
    harmonic = _in_blocks(clip, _harmonic)
    return HarmonicPercussive(replace(clip, samples=harmonic), replace(clip, samples=clip.samples - harmonic))


def vocals_accompaniment(clip: Clip) -> VocalsAccompaniment:
    """Separate the voice from the accompaniment.  Raises ValueError unless the clip is at 22 050 Hz.

    Whatever moves like a voice counts as one: in instrumental music the vocals hold traces of melodies.
    """
    vocals = _in_blocks(clip, _vocals)
    return VocalsAccompaniment(replace(clip, samples=vocals), replace(clip, samples=clip.samples - vocals))


def check_stem(stem: str) -> Stem:
    """Return `stem` if it is the name of a stem; raise ConfigError otherwise."""
    if stem not in STEMS:
        raise ConfigError(f"There is no stem {quoted(stem)}; choose from {', '.join(STEMS)}.")
    return stem


def extract_stem(clip: Clip, stem: Stem) -> Clip:
    """One stem of a clip at 22 050 Hz."""
    if stem == MIX:
        return clip
    pair = vocals_accompaniment(clip) if stem in ("vocals", "accompaniment") else harmonic_percussive(clip)
    return cast(Clip, getattr(pair, stem))


def separate(clip: Clip) -> dict[Stem, Clip]:
    """Every stem but the mix, of a clip at 22 050 Hz."""
    by_voice, by_strokes = vocals_accompaniment(clip), harmonic_percussive(clip)
    return {
        "vocals": by_voice.vocals,
        "accompaniment": by_voice.accompaniment,
        "harmonic": by_strokes.harmonic,
        "percussive": by_strokes.percussive,
    }


def stems_of(clip: Clip) -> dict[Stem, Clip]:
    """Every stem of a clip at 22 050 Hz, the mix first."""
    return {MIX: clip, **separate(clip)}


def _in_blocks(clip: Clip, process: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Apply `process` to the samples of each block and crossfade the results: shape (n,), float32."""
    if clip.rate != RATE:
        raise ValueError(f"clips are separated at {RATE} Hz, not {clip.rate} Hz")
    samples = clip.samples
    result = np.zeros_like(samples)
    fade = np.linspace(0, 1, _OVERLAP_SAMPLES, dtype=np.float32)
    for start in range(0, max(len(samples) - _OVERLAP_SAMPLES, 1), _BLOCK_SAMPLES):
        block = samples[start : start + _BLOCK_SAMPLES + _OVERLAP_SAMPLES]
        processed = process(np.pad(block, (0, max(_LEAST_SAMPLES - len(block), 0))))[: len(block)]
        if start:
            processed[:_OVERLAP_SAMPLES] *= fade
        if start + len(block) < len(samples):
            processed[-_OVERLAP_SAMPLES:] *= 1 - fade
        result[start : start + len(block)] += processed
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
    """How close each cell is to a harmonic of the pitch, and the weight of that: both (frames, bins), 0 to 1."""
    track = track_pitch(magnitude, _N_FFT, RATE)
    hz = librosa.fft_frequencies(sr=RATE, n_fft=_N_FFT).astype(np.float32)
    pitch = track.hz[:, np.newaxis].astype(np.float32)
    distance_hz = np.abs(hz - np.maximum(np.round(hz / pitch), 1) * pitch)
    comb = np.exp(-0.5 * (distance_hz / (_COMB_HZ * (1 + hz / _COMB_SPREAD_HZ))) ** 2)
    low, high = _VOICED
    voiced = np.clip((track.salience - low) / (high - low), 0, 1)
    return comb, voiced[:, np.newaxis] / (1 + (hz / _COMB_END_HZ) ** 4)


@lru_cache(maxsize=2)
def _voice_band(n_fft: int) -> np.ndarray:
    """A soft high pass, shape (n_fft // 2 + 1,), float32."""
    hz = np.maximum(librosa.fft_frequencies(sr=RATE, n_fft=n_fft), 1)
    return (1 / (1 + (_LOWEST_VOICE_HZ / hz) ** 8)).astype(np.float32)


def _stft(samples: np.ndarray, n_fft: int) -> np.ndarray:
    return np.ascontiguousarray(librosa.stft(samples, n_fft=n_fft, hop_length=n_fft // 4).T)


def _istft(spectrum: np.ndarray, n_fft: int, length: int) -> np.ndarray:
    return librosa.istft(spectrum.T, n_fft=n_fft, hop_length=n_fft // 4, length=length)
