"""The paper's features in plain librosa, one call for each feature.

It is the reference for the fast extractor: for its values in the tests, for its speed in benchmarks/extraction.py.  The
padding is "reflect" throughout, which was librosa's default when the Kaggle tables were made.
"""

import warnings
from typing import Any

import librosa
import numpy as np

RATE = 22_050


def naive_features(y: np.ndarray) -> np.ndarray:
    """The 58 features of `genre_core.features.paper.COLUMNS` for samples `y`, shape (n,), at 22 050 Hz."""
    reflect: Any = {"pad_mode": "reflect"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # librosa warns of silence, which has no tuning
        harmonic, percussive = librosa.effects.hpss(y, **reflect)
        # beat_track has no parameter for the padding, so it is given the onset envelope.
        onset = librosa.onset.onset_strength(y=y, sr=RATE, aggregate=np.median, **reflect)
        series = [
            librosa.feature.chroma_stft(y=y, sr=RATE, **reflect),
            librosa.feature.rms(y=y, **reflect),
            librosa.feature.spectral_centroid(y=y, sr=RATE, **reflect),
            librosa.feature.spectral_bandwidth(y=y, sr=RATE, **reflect),
            librosa.feature.spectral_rolloff(y=y, sr=RATE, **reflect),
            librosa.feature.zero_crossing_rate(y),
            harmonic,
            percussive,
        ]
        tempo = float(np.squeeze(librosa.beat.beat_track(onset_envelope=onset, sr=RATE)[0]))
        mfcc = librosa.feature.mfcc(y=y, sr=RATE, n_mfcc=20, **reflect)
    columns = [float(len(y))]
    for values in series:
        columns += [np.mean(values), np.var(values)]
    columns.append(tempo)
    for coefficient in mfcc:
        columns += [np.mean(coefficient), np.var(coefficient)]
    return np.array(columns, dtype=np.float64)
