"""What the tags of an audio file say: only its artist is of use here.

libsndfile reads ID3 (MP3), Vorbis comments (FLAC, OGG) and the text chunks of WAV and AIFF, and leaves out compressed
tags, which may unfold to anything.  M4A and AAC, which it can't open, have no artist here.
"""

import soundfile

from genre_core.audio.containers import AudioSource, open_audio
from genre_core.errors import AudioError


def artist_of(source: AudioSource) -> str:
    """The artist in the tags of an audio file; empty without one, or if the file can't be opened."""
    try:
        with open_audio(source) as file, soundfile.SoundFile(file) as sound:
            return " ".join(sound.artist.split())
    except (AudioError, soundfile.LibsndfileError):
        return ""
