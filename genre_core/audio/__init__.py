"""Audio: decoded clips, and what can be computed from their sound alone.

The main names are `load_audio`, which decodes a file to a `Clip`, and the constants of a segment.  Modules:

clip            the Clip and the length of a segment
decoding        from a file to a Clip; `containers` reads the headers of audio files, `mixing` mixes channels
tags            the artist in the tags of a file
segments        where the segments of a clip start, and which are silent
quality         silence, clipping, limited bandwidth, hum
room_detection  whether a clip was recorded with a microphone in a room
separation      vocals and accompaniment, harmonic and percussive sound; `hpss` and `pitch` are parts of it
spectrograms    spectrograms and scalograms for display; `wavelets` has the wavelets
analysis        waveform, envelope, tempo and beats for display
playback        files and synthetic songs as WAV
example_songs   excerpts of real music under a free license, as examples
synthesis       synthetic songs
augmentation    a clip as people bring it: from a room, at a low sample rate, as MP3, clipped, with noise
compilation     librosa, with its functions compiled by one process at a time
"""

from genre_core.audio.clip import (
    SEGMENT_RATE,
    SEGMENT_SAMPLES,
    SEGMENT_SECONDS,
    SILENCE_PEAK,
    Clip,
    wav_bytes,
)
from genre_core.audio.containers import AudioSource
from genre_core.audio.decoding import (
    FORMATS,
    HIGHEST_RATE,
    LOWEST_RATE,
    check_audio,
    duration_limit_s,
    load_audio,
    read_content,
)

__all__ = [
    "FORMATS",
    "HIGHEST_RATE",
    "LOWEST_RATE",
    "SEGMENT_RATE",
    "SEGMENT_SAMPLES",
    "SEGMENT_SECONDS",
    "SILENCE_PEAK",
    "AudioSource",
    "Clip",
    "check_audio",
    "duration_limit_s",
    "load_audio",
    "read_content",
    "wav_bytes",
]
