"""Decoded audio."""

from genre_core.audio.decoding import (
    ABSURD_PEAK,
    BLOCK_SAMPLES,
    FFMPEG_LIMIT_S,
    FORMATS,
    HIGHEST_RATE,
    LOWEST_RATE,
    MAX_SECONDS,
    SEGMENT_RATE,
    SEGMENT_SAMPLES,
    SEGMENT_SECONDS,
    SILENCE_PEAK,
    Clip,
    Source,
    load,
    most_seconds,
    wav_bytes,
)

__all__ = [
    "ABSURD_PEAK",
    "BLOCK_SAMPLES",
    "FFMPEG_LIMIT_S",
    "FORMATS",
    "HIGHEST_RATE",
    "LOWEST_RATE",
    "MAX_SECONDS",
    "SEGMENT_RATE",
    "SEGMENT_SAMPLES",
    "SEGMENT_SECONDS",
    "SILENCE_PEAK",
    "Clip",
    "Source",
    "load",
    "most_seconds",
    "wav_bytes",
]
