"""Recording quality, measured on a clip: silence, clipping, movement, bandwidth and hum.

Conventions: levels are relative to full scale at 1; frequencies are in Hz; shares go from 0 to 1.
"""

import math

import numpy as np
import scipy
import soxr

from genre_core.audio.clip import SEGMENT_RATE, Clip

SILENT_RMS = 1e-3
"""A frame with a lower root mean square is silent: -60 dBFS."""
_FRAME_S = 0.05

FULL_BANDWIDTH_HZ = 0.8 * SEGMENT_RATE / 2
"""A recording whose spectrum ends below this lacks frequencies that the features of the paper use: 8820 Hz."""
_EDGE_DB = 70.0  # below the loudest band; all 100 tracks of GTZAN-mini reach beyond FULL_BANDWIDTH_HZ
_CLIFF_DB = 20.0  # drop over _CLIFF_BANDS; in music that is merely dull it is about 3 dB
_BAND_HZ = 100.0
_CLIFF_BANDS = 6
_BINS_PER_BAND = 16
_MOST_FRAMES = 1000
_QUIET = 0.1  # share of the mean power of a frame; quieter frames are ignored

_MOVING_FRAME_S = 0.1
_MOVING_EDGES_HZ = np.geomspace(100, 5000, 17)

_PEAK_QUANTILE, _NEAR_PEAK = 0.999, 0.85

MAINS_HZ = (50.0, 60.0)
_HUM_HARMONICS = 8
_HUM_RATE = 2000
_HUM_FRAME_S = 2.0  # bins of 0.5 Hz: G1, at 49 Hz, is another bin than 50 Hz
_HUM_MOST_FRAMES = 300
_HUM_QUANTILE = 0.25  # hum goes on while the music pauses
_HUM_BESIDE_BINS = np.array([*range(-12, -3), *range(4, 13)])
_HUM_CONTRAST_DB, _HUM_MOST_CONTRAST_DB = 10.0, 30.0
_HUM_LEVEL_DB, _HUM_FLOOR_DB = -18.0, -90.0  # of the whole sound; the floor is that of rounded samples


def silent_share(clip: Clip) -> float:
    """Share of the time below SILENT_RMS, in frames of 50 ms."""
    size = round(_FRAME_S * clip.rate)
    frames = clip.samples[: len(clip.samples) // size * size].reshape(-1, size).astype(np.float64)
    return float((np.sqrt((frames**2).mean(axis=1)) < SILENT_RMS).mean())


def near_peak_share(clip: Clip) -> float:
    """Share of samples close to the clip's own peak, which is high if the recording was clipped.

    Decoding, mixing and resampling bend flat peaks, and a clipped recording may have been turned down later.  So full
    scale is not considered; samples count if they lie within 15 % of the level that one in a thousand exceeds.  The
    share is 0.5 % for Gaussian noise and 35 % for a sine.
    """
    levels = np.abs(clip.samples)
    peak = np.quantile(levels, _PEAK_QUANTILE)
    return float((levels >= _NEAR_PEAK * peak).mean())


def movement_db(clip: Clip) -> float:
    """How much the spectrum changes over time: the standard deviation of a band's level in dB, median of 16 bands.

    Frames are 100 ms long; levels are floored at 100 dB below the loudest.  It is 0 for a tone and 1.5 for noise.
    """
    size = round(_MOVING_FRAME_S * clip.rate)
    frames = clip.samples[: len(clip.samples) // size * size].reshape(-1, size) * np.hanning(size).astype(np.float32)
    power = np.abs(scipy.fft.rfft(frames, axis=1)) ** 2
    first = np.searchsorted(np.fft.rfftfreq(size, 1 / clip.rate), _MOVING_EDGES_HZ)
    bands = np.add.reduceat(power[:, : first[-1]], first[:-1], axis=1, dtype=np.float64)
    levels = 10 * np.log10(np.maximum(bands, 1e-10 * bands.max()) + 1e-30)
    return float(np.median(levels.std(axis=0)))


def limited_bandwidth_hz(clip: Clip) -> float | None:
    """The bandwidth of a recording in Hz if it is below FULL_BANDWIDTH_HZ, else None.

    The bandwidth ends at the highest band within 70 dB of the loudest, if the spectrum drops steeply there.  A sample
    rate that is too low limits it in any case.
    """
    nyquist = clip.rate / 2
    size = scipy.fft.next_fast_len(math.ceil(clip.rate / _BAND_HZ) * _BINS_PER_BAND, real=True)
    frames = np.pad(clip.samples, (0, -len(clip.samples) % size)).reshape(-1, size)
    frames = frames[:: math.ceil(len(frames) / _MOST_FRAMES)] * np.hanning(size).astype(np.float32)
    spectra = np.abs(scipy.fft.rfft(frames, axis=1)) ** 2
    loudness = spectra.sum(axis=1)
    # The median over time as well: a clipped beat spreads over all frequencies.
    power = np.median(spectra[loudness >= _QUIET * loudness.mean()], axis=0)
    band = (np.fft.rfftfreq(size, 1 / clip.rate) // _BAND_HZ).astype(int)
    # The median of a band, which the whistle of a picture tube doesn't raise.
    level = 10 * np.log10(np.array([np.median(power[band == i]) for i in range(int(nyquist // _BAND_HZ))]) + 1e-20)
    last = int(np.flatnonzero(level >= level.max() - _EDGE_DB)[-1])
    before, after = level[max(0, last - _CLIFF_BANDS // 2)], level[min(len(level) - 1, last + _CLIFF_BANDS // 2)]
    edge = min((last + 1) * _BAND_HZ, nyquist)
    if edge < FULL_BANDWIDTH_HZ and before - after >= _CLIFF_DB:
        return edge
    return nyquist if nyquist < FULL_BANDWIDTH_HZ else None


def mains_hum_hz(clip: Clip) -> float | None:
    """The frequency of the mains if a recording has a strong hum, else None.

    Hum is a steady line at the frequency of the mains and at its harmonics.  Of each of the first eight, the level
    that it has in the quietest quarter of the time is compared with that of the frequencies beside it.  The mean
    contrast must be 10 dB, of which one line gives at most 30 / 8 dB, and the level of the lines -18 dB relative to the
    sound below 1 kHz.

    The limits are set on 129 GTZAN tracks of the train and valid lists, of which the highest has a contrast of 8.5 dB.
    With a simulated hum at -10 dB relative to the music all are found, at -15 dB 96 %, at -20 dB, which one hardly
    hears, 9 %.
    """
    size = round(_HUM_FRAME_S * _HUM_RATE)
    samples = soxr.resample(clip.samples, clip.rate, _HUM_RATE, "MQ")
    if len(samples) < size:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[:: size // 2]
    frames = frames[:: math.ceil(len(frames) / _HUM_MOST_FRAMES)] * np.hanning(size).astype(np.float32)
    power = np.abs(scipy.fft.rfft(frames, axis=1)) ** 2
    total = power.sum(axis=1).mean() + 1e-20
    steady = np.quantile(power, _HUM_QUANTILE, axis=0) / total
    for mains_hz in MAINS_HZ:
        lines = np.rint(mains_hz * _HUM_FRAME_S * np.arange(1, _HUM_HARMONICS + 1)).astype(int)[:, np.newaxis]
        beside = np.median(steady[lines + _HUM_BESIDE_BINS], axis=1) + 10 ** (_HUM_FLOOR_DB / 10)
        contrast_db = 10 * np.log10(steady[lines + np.arange(-1, 2)].max(axis=1) / beside + 1e-20)
        level_db = 10 * np.log10(steady[lines + np.arange(-2, 3)].sum() + 1e-20)
        contrast_db = np.clip(contrast_db, 0, _HUM_MOST_CONTRAST_DB)
        if contrast_db.mean() > _HUM_CONTRAST_DB and level_db > _HUM_LEVEL_DB:
            return mains_hz
    return None
