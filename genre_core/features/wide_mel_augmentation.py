"""Augmentation of the pictures of `wide_mel`, for tracks without audio.

A picture holds the power of a track in mel bands, up to a factor.  What an effect does to audio is approximated there:

- A filter multiplies each band by its mean power response.
- A room spreads the power of a band over the columns that follow, as its impulse response spreads it over time.
- Noise and hum add power.  Their spectra go through the mel filters, and noise fluctuates from column to column like
  the mean of as many bins as a band has.
- Clipping makes loud columns softer and adds distortion.  Music is treated as Gaussian noise of each column's level and
  spectrum; then the share of the distortion follows from Bussgang's theorem, and its spectrum is mainly that of the
  third power of the sound.
- MP3 ends the spectrum.  What else it changes is small in a picture and left out.
- Another speed stretches the columns and moves the bands.

A seed draws the same effect as for audio, and a room has the same impulse response.

Conventions: `power` has shape (BANDS, columns); a spectrum is the power at each frequency of _HZ.
"""

from functools import singledispatch

import numpy as np
import scipy

from genre_core.audio.augmentation import augmentation
from genre_core.audio.augmentation.bandwidth import LowSampleRate, Telephone
from genre_core.audio.augmentation.effect import Effect, noise_gain
from genre_core.audio.augmentation.hum import HARMONICS, Hum, harmonic_powers
from genre_core.audio.augmentation.recording import CLICK_S, HISS_SLOPE_DB, MP3_EDGES_HZ, Clipping, Mp3, Noise, Speed
from genre_core.audio.augmentation.room import CONTROL_S, Room
from genre_core.features.spectra import hann_window, mel_filters, mel_frequencies
from genre_core.features.wide_mel import BANDS, COLUMNS_PER_SECOND, N_FFT, RANGE_DB, RATE

_FLOOR_SHARE, _SMALLER_RANGE_DB = 5e-4, 70.0
"""A track whose range is cut to RANGE_DB has more than this share of cells at the floor; the range of others is 64 to
78 dB in GTZAN-mini."""
_PEAK_DB = 8.8
"""Peak of a track over the root mean square of its loudest column: the mean of GTZAN-mini."""
_HZ = np.fft.rfftfreq(N_FFT, 1 / RATE)
_EDGES_HZ = mel_frequencies(BANDS + 2, RATE / 2)
_BANDS_HZ = _EDGES_HZ[1:-1]
_WIDTHS = (_EDGES_HZ[2:] - _EDGES_HZ[:-2]) / 2
"""By which bands are weighted for their sum to be the power of the sound."""
_FILTERS = mel_filters(RATE, N_FFT, BANDS)
_BINS = np.maximum(_WIDTHS / (1.5 * RATE / N_FFT), 1.0)
"""Independent bins in a band; the window spreads a bin over one and a half."""
_BETWEEN = np.array([np.interp(_HZ, _BANDS_HZ, row) for row in np.eye(BANDS)], dtype=np.float32)
"""Shape (BANDS, bins): by it a spectrum is interpolated between the bands."""
_WINDOW_POWER = hann_window(N_FFT) ** 2


def augment_picture(
    picture: np.ndarray, name: str, seed: int | np.random.Generator, *, nominal: bool = False
) -> np.ndarray:
    """The picture of a track as it would look if its audio had been augmented.

    Parameters
    ----------
    picture : shape (BANDS, columns), uint8, of a whole track, as `wide_mel.song_picture` makes it.
    name, seed, nominal : as for `genre_core.audio.augmentation.augment`.

    Returns
    -------
    shape (BANDS, columns), uint8, scaled to its own range again.  Silence stays silence.

    Raises GenreLabError for an unknown name.
    """
    rng = np.random.default_rng(seed)
    return changed_picture(picture, augmentation(name).effect(rng, nominal=nominal), rng)


def changed_picture(picture: np.ndarray, effect: Effect, rng: np.random.Generator) -> np.ndarray:
    """The picture of a track whose audio was changed by one effect; shapes are those of `augment_picture`."""
    if not picture.any():
        return picture
    range_db = RANGE_DB if (picture == 0).mean() > _FLOOR_SHARE else _SMALLER_RANGE_DB
    power = 10 ** ((picture / 255 - 1) * range_db / 10)
    decibels = 10 * np.log10(np.maximum(changed_power(effect, power, rng), 1e-20))
    # The loudest cell of the track may lie between the columns that were kept; it stays as far above them.
    top = decibels.max() - 10 * np.log10(power.max())
    low = max(decibels.min(), top - RANGE_DB)
    return np.round(255 * np.maximum(decibels - low, 0) / max(top - low, 1e-6)).astype(np.uint8)


@singledispatch
def changed_power(effect: Effect, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The power of a track, shape (BANDS, columns), after one effect."""
    raise TypeError(f"A picture can't be augmented by {type(effect).__name__}.")


@changed_power.register
def _(effect: LowSampleRate | Telephone, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return _filtered(power, effect.gain(_HZ) ** 2)


@changed_power.register
def _(effect: Mp3, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return _filtered(power, MP3_EDGES_HZ[effect.kbit] > _HZ)


@changed_power.register
def _(effect: Hum, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return power + _hum(effect.hz, effect.level_db, power, rng)


@changed_power.register
def _(effect: Noise, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return power + _noise(HISS_SLOPE_DB, effect.hiss_db, power, rng) + _clicks(effect, power, rng)


@changed_power.register
def _(effect: Clipping, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return _clipped(power, effect.over_db)


@changed_power.register
def _(effect: Speed, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    columns = power.shape[1]
    places = np.clip(((np.arange(columns) + 0.5) * effect.factor) % columns - 0.5, 0, columns - 1)
    bands = np.interp(_BANDS_HZ / effect.factor, _BANDS_HZ, np.arange(BANDS), right=BANDS)
    grid = np.meshgrid(bands, places, indexing="ij")
    # In dB, in which pictures are smooth.  There is nothing above the highest band.
    return np.exp(scipy.ndimage.map_coordinates(np.log(power), grid, order=1, cval=np.log(power.min())))


@changed_power.register
def _(effect: Room, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    recorded = _reverberated(power, scipy.signal.fftconvolve(effect.reverberation(rng), effect.band_impulse()))
    noise = _noise(effect.noise_slope_db, effect.noise_db, recorded, rng)
    if effect.hum_hz:
        noise = (noise + _hum(effect.hum_hz, effect.noise_db, recorded, rng)) / 2
    recorded += noise
    loudness = scipy.ndimage.uniform_filter1d(_WIDTHS @ recorded, round(CONTROL_S * COLUMNS_PER_SECOND), mode="nearest")
    recorded *= np.maximum(loudness / loudness.max(), 1e-4) ** -effect.gain_control
    return _clipped(recorded, effect.overdrive_db)


def _filtered(power: np.ndarray, response: np.ndarray) -> np.ndarray:
    """Power after a filter with this power response."""
    return power * (_FILTERS @ response / _FILTERS.sum(axis=1))[:, None]


def _added(spectrum: np.ndarray, level_db: float, power: np.ndarray) -> np.ndarray:
    """The bands of a steady sound of this spectrum, its level relative to `power`: shape (BANDS, 1)."""
    bands = _FILTERS @ spectrum
    factor = 10 ** (level_db / 10) * (_WIDTHS @ power.mean(axis=1)) / (_WIDTHS @ bands)
    return factor * bands[:, None]


def _noise(slope_db: float, level_db: float, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    steady = _added(noise_gain(_HZ, slope_db) ** 2, level_db, power)
    return steady * rng.gamma(_BINS[:, None], 1 / _BINS[:, None], power.shape)


def _hum(hz: float, level_db: float, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    harmonics = hz * np.arange(1, HARMONICS + 1)
    offsets = (_HZ[:, None] - harmonics) * (N_FFT / RATE)
    tones = np.sinc(offsets) + (np.sinc(offsets - 1) + np.sinc(offsets + 1)) / 2  # as the Hann window shows them
    return _added(tones**2 @ harmonic_powers(rng), level_db, power)


def _clicks(effect: Noise, power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Power of clicks: short, so flat in frequency, and weighted by where they are in the window of a column."""
    columns = power.shape[1]
    count = rng.poisson(effect.clicks_per_second * columns / COLUMNS_PER_SECOND)
    samples_from_center = (np.arange(columns)[:, None] - rng.uniform(0, columns, count)) * RATE / COLUMNS_PER_SECOND
    weights = np.interp(samples_from_center + N_FFT / 2, np.arange(N_FFT), _WINDOW_POWER, left=0, right=0)
    # Energy of a click relative to a sample of the loudest column: it decays within a fifth of its length.
    levels = 10 ** ((effect.click_db + _PEAK_DB) / 10) * 10 ** rng.uniform(-2, 0, count)
    energies = levels * CLICK_S * RATE / 5 / 2
    loudest = power[:, [(_WIDTHS @ power).argmax()]]
    steady = _added(np.ones_like(_HZ), 0, loudest)
    return steady * (weights @ energies / _WINDOW_POWER.sum())


def _reverberated(power: np.ndarray, impulse_response: np.ndarray) -> np.ndarray:
    """Power after an impulse response: its power in each band, column by column, is spread over those that follow."""
    length = round(RATE / COLUMNS_PER_SECOND)
    padded = np.pad(impulse_response, (length // 2, 0))
    columns = np.pad(padded, (0, -len(padded) % length)).reshape(-1, length)
    responses = np.abs(scipy.fft.rfft(columns, N_FFT)) ** 2
    result = np.zeros_like(power)
    for lag, response in enumerate(responses[: power.shape[1]]):
        result[:, lag:] += _filtered(power[:, : power.shape[1] - lag], response)
    return result


def _clipped(power: np.ndarray, over_db: float) -> np.ndarray:
    """Power after clipping, the peak of the track being `over_db` over full scale."""
    if over_db <= 0:
        return power
    totals = _WIDTHS @ power
    deviation = np.sqrt(totals / totals.max() * 10 ** ((over_db - _PEAK_DB) / 10))  # full scale is 1
    limit = 1 / deviation
    kept = scipy.special.erf(limit / np.sqrt(2))
    output = kept - np.sqrt(2 / np.pi) * limit * np.exp(-(limit**2) / 2) + (1 - kept) * limit**2
    correlation = scipy.fft.irfft((power / totals).T.astype(np.float32) @ _BETWEEN)
    distortion = _FILTERS @ scipy.fft.rfft(correlation * correlation * correlation).real.T
    distortion *= totals * (output - kept**2) / (_WIDTHS @ distortion)
    return power * kept**2 + distortion
