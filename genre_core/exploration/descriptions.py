"""Names and meanings of features for display."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FeatureDescription:
    """Name and meaning of a feature for display."""

    label: str
    """Name, statistic and unit, such as "Spectral centroid, mean (Hz)"."""
    meaning: str
    """One sentence, or two for a variance; empty for an unknown column."""


def describe_feature(column: str) -> FeatureDescription:
    """Name and meaning of a column of a feature set; an unknown column keeps its name."""
    if column in _SINGLE:
        return _SINGLE[column]
    base, _, statistic = column.rpartition("_")
    if base.startswith("mfcc") and base[4:].isdigit():
        number = int(base[4:])
        name, unit, meaning = f"MFCC {number}", "dB", _MFCC_MEANINGS.get(number, _MFCC_MEANING)
    elif base in _SERIES:
        name, unit, meaning = _SERIES[base]
    else:
        return FeatureDescription(column, "")
    if statistic == "mean":
        return FeatureDescription(f"{name}, mean{f' ({unit})' if unit else ''}", meaning)
    if statistic == "var":
        square = f" ({unit}²)" if unit in ("Hz", "dB") else ""
        variation = "" if "variance" in meaning else " The variance is high if it changes a lot."
        return FeatureDescription(f"{name}, variance{square}", meaning + variation)
    return FeatureDescription(column, "")


_SINGLE = {
    "length": FeatureDescription("Length (samples)", "Length of the segment, the same for all segments of a dataset."),
    "tempo": FeatureDescription("Tempo (beats per minute)", "Estimated tempo of the music."),
}
_SERIES = {
    "chroma_stft": (
        "Chroma",
        "0 to 1",
        "How evenly the energy is spread over the 12 pitch classes; high for noisy sounds.",
    ),
    "rms": ("RMS level", "", "Root mean square of the samples, a measure of loudness."),
    "spectral_centroid": ("Spectral centroid", "Hz", "Center of mass of the spectrum; high for bright sounds."),
    "spectral_bandwidth": (
        "Spectral bandwidth",
        "Hz",
        "Spread of the spectrum around its centroid; high if energy is spread over many frequencies.",
    ),
    "rolloff": ("Spectral roll-off", "Hz", "Frequency below which 85 % of the spectral energy lies."),
    "zero_crossing_rate": (
        "Zero-crossing rate",
        "per sample",
        "How often the signal changes its sign; high for noise and cymbals.",
    ),
    "harmony": (
        "Harmonic component",
        "",
        "Signal of sustained sounds, such as voices and strings; its variance is its energy.",
    ),
    "perceptr": ("Percussive component", "", "Signal of short sounds, such as drums; its variance is its energy."),
}
_MFCC_MEANING = "Shape of the mel spectrum; higher coefficients describe finer detail."
_MFCC_MEANINGS = {
    1: "Average level over all frequencies, in decibels.",
    2: "Balance of low and high frequencies; high for dark sounds.",
    3: "Level of the lowest and highest frequencies compared with the middle ones.",
}
"""Mel-frequency cepstral coefficients describe the shape of the spectrum; the first three have a simple meaning."""
