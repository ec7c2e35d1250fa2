"""The features of a song, segment by segment, as the public interface offers them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from genre_core.audio import SEGMENT_SAMPLES, AudioSource, Clip, load_audio
from genre_core.errors import ConfigError
from genre_core.features.registry import FeatureSet, feature_set


@dataclass(frozen=True, eq=False)
class SegmentFeatures:
    """The features of the segments of one clip."""

    feature_set: FeatureSet
    start_s: np.ndarray
    """shape (segments,), float64: where each segment starts, in seconds."""
    values: np.ndarray
    """shape (segments, columns), float64; or pictures of shape (segments, height, width, channels), uint8."""

    def to_frame(self) -> pd.DataFrame:
        """A row per segment: `start_s` and a column for each feature, or one column `picture` of arrays."""
        columns = self.feature_set.columns
        if columns:
            return pd.DataFrame({"start_s": self.start_s, **dict(zip(columns, self.values.T, strict=True))})
        return pd.DataFrame({"start_s": self.start_s, "picture": list(self.values)})


def extract_features(source: AudioSource | Clip, features: str = "paper") -> SegmentFeatures:
    """Extract the features of each whole segment of 3 s, in time order.

    Parameters
    ----------
    source : a path, the bytes of a file, or a clip at the rate of the feature set.
    features : the name of a feature set, such as "paper", "embedding", "mel" or, of one stem, "paper@vocals".

    Raises
    ------
    AudioError if the file can't be decoded or is shorter than a segment; ConfigError if there is no such feature set or
    the clip has another rate.

    Examples
    --------
    >>> from genre_core import extract_features
    >>> features = extract_features("song.wav")
    >>> features.values.shape
    (10, 58)
    >>> features.to_frame().columns.tolist()[:3]
    ['start_s', 'length', 'chroma_stft_mean']
    """
    chosen = feature_set(features)
    clip = source if isinstance(source, Clip) else load_audio(source, rate=chosen.rate)
    if clip.rate != chosen.rate:
        raise ConfigError(
            f"The feature set {features!r} takes clips at {chosen.rate} Hz, not {clip.rate} Hz; load the file with "
            f"load_audio(source, rate={chosen.rate})."
        )
    values = chosen.extract_segments(clip.samples)
    return SegmentFeatures(chosen, np.arange(len(values)) * SEGMENT_SAMPLES / chosen.rate, values)
