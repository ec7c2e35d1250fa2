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
    AudioSource,
    load_audio,
    duration_limit_s,
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
    "AudioSource",
    "load_audio",
    "duration_limit_s",
    "wav_bytes",
]
