"""Audio for the players of a browser, which do not play every format that can be decoded."""

from genre_core.audio import synthesis
from genre_core.audio.clip import wav_bytes
from genre_core.audio.containers import AudioSource
from genre_core.audio.decoding import load_audio


def to_wav(source: AudioSource) -> bytes:
    """A file, or the content of one, as WAV at 22 050 Hz.  Raises AudioError if it can't be decoded."""
    return wav_bytes(load_audio(source))


def synthesize(name: str) -> bytes:
    """A synthetic song as WAV: see `synthesis.song`."""
    return wav_bytes(synthesis.song(name).clip())
