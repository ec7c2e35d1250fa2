"""Audio files for tests, made from sines and synthetic songs."""

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from genre_core.audio import synthesis

ENCODINGS = {
    "wav": ("WAV", "PCM_16", 48_000),
    "float": ("WAV", "FLOAT", 44_100),
    "rf64": ("RF64", "PCM_24", 48_000),
    "aiff": ("AIFF", "PCM_16", 44_100),
    "flac": ("FLAC", "PCM_16", 48_000),
    "vorbis": ("OGG", "VORBIS", 48_000),
    "opus": ("OGG", "OPUS", 48_000),
    "mp3": ("MP3", "MPEG_LAYER_III", 48_000),
}
"""Container, subtype and sample rate in Hz of each kind of file."""

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")


def sine(seconds: float, rate: int, hz: float = 440.0, amplitude: float = 0.5) -> np.ndarray:
    """A sine, shape (n,), float32."""
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def encoded(samples: np.ndarray, rate: int, container: str = "WAV", subtype: str | None = "PCM_16") -> bytes:
    """Samples as a file; container and subtype are names of libsndfile."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=container, subtype=subtype)
    return file.getvalue()


def song_file(encoding: str, seconds: float = 5.0) -> bytes:
    """A synthetic song as a file; unlike a sine, it uses every block and bit of its encoding."""
    container, subtype, rate = ENCODINGS[encoding]
    return encoded(synthesis.song("floorfiller").clip(seconds=seconds, rate=rate).samples, rate, container, subtype)


def converted(content: bytes, folder: Path, name: str, *options: str) -> bytes:
    """A WAV file converted by ffmpeg to the format of the extension of `name`."""
    source = folder / "source.wav"
    source.write_bytes(content)
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(source), *options, str(folder / name)]
    subprocess.run(command, check=True)
    return (folder / name).read_bytes()
