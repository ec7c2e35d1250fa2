"""Mel spectrograms as features that are wider than a segment: the ten seconds around it.

Three seconds often say little about a genre; ten seconds hold a few bars.  The picture of the whole song is computed
first and scaled to the song's own loudest and softest cell, at most 80 dB apart.  The picture of a segment is a window
of WINDOW columns centered on it and shifted inwards at the ends of the song; a song shorter than a window is repeated
to fill it.  So each segment has a picture of its own, but neighboring segments share most of it, and the first two and
the last two of a song have the same.  A random split by segment therefore puts the same pictures on both sides: its
accuracy is meaningless for this feature set.

The recipe is that of the uint8 pictures of 999 GTZAN tracks (128 by 387 cells) that `datasets` reads from an .npz
file.  It was found by comparing them with the audio: librosa's mel spectrogram (n_fft 2048, hop 512, 128 Slaney bands
up to 11 025 Hz), of which every 3.34th frame is kept.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from genre_core.audio.clip import SEGMENT_RATE as RATE
from genre_core.features.spectra import mel_spectrogram

VERSION = 1
BANDS = 128
WINDOW = 129
"""Columns of a picture: 10.0 s."""
SHAPE = (BANDS, WINDOW, 1)
RANGE_DB = 80.0

N_FFT, _HOP = 2048, 512
_LEAST_POWER = np.float32(1e-10)
TRACK_COLUMNS = 387
"""Columns of a track of 30 s."""
_TRACK_FRAMES = 1292
_COLUMNS_PER_FRAME = TRACK_COLUMNS / _TRACK_FRAMES
COLUMNS_PER_SECOND = RATE / _HOP * _COLUMNS_PER_FRAME


def song_picture(samples: np.ndarray) -> np.ndarray:
    """The log-mel spectrogram of a whole clip.

    Parameters
    ----------
    samples : shape (n,), float32, at RATE.

    Returns
    -------
    shape (BANDS, columns), uint8, 12.9 columns a second, lowest band in row 0; 255 is the loudest cell of the clip
    and 0 the softest, or 80 dB below the loudest.  Silence is 0.
    """
    mel = mel_spectrogram(np.pad(samples, N_FFT // 2), RATE, N_FFT, _HOP, BANDS)
    # As by librosa's `power_to_db`.
    decibels = 10 * np.log10(np.maximum(mel, _LEAST_POWER)) - 10 * np.log10(max(mel.max(), _LEAST_POWER))
    decibels = np.maximum(decibels, decibels.max() - RANGE_DB)
    frames = decibels.shape[1]
    # The tracks of GTZAN differ a little in length, but each was reduced to the same number of columns.
    whole_track = abs(frames - _TRACK_FRAMES) < 0.03 * _TRACK_FRAMES
    columns = TRACK_COLUMNS if whole_track else max(round(frames * _COLUMNS_PER_FRAME), 1)
    kept = ((np.arange(columns) + 0.5) * max(frames - 1.66, 1) / columns).astype(int)
    low, high = float(decibels.min()), float(decibels.max())
    scaled = (decibels[:, np.minimum(kept, frames - 1)] - low) / max(high - low, 1e-6)
    return np.round(255 * scaled).astype(np.uint8)


def windows(song: np.ndarray, centers_s: np.ndarray) -> np.ndarray:
    """Windows of a song's picture, centered on given times.

    Parameters
    ----------
    song : shape (BANDS, columns), uint8.
    centers_s : shape (n,), seconds from the start of the song.

    Returns
    -------
    shape (n, *SHAPE), uint8.
    """
    if song.shape[1] < WINDOW:
        song = np.tile(song, -(-WINDOW // song.shape[1]))[:, :WINDOW]
    first = np.round(np.asarray(centers_s) * COLUMNS_PER_SECOND - WINDOW / 2).astype(int)
    first = np.clip(first, 0, song.shape[1] - WINDOW)
    return np.stack([song[:, start : start + WINDOW, None] for start in first])


def pictures(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
    """The picture of each segment of a clip, shape SHAPE; segments have `length` samples and begin at `starts`."""
    centers_s = (np.asarray(starts) + length / 2) / RATE
    if len(centers_s):
        yield from windows(song_picture(samples), centers_s)
