"""A player for any audio that can be decoded: as it is if browsers play its format, otherwise as WAV."""

import streamlit as st

from ui import cached

FORMATS = ["wav", "flac", "ogg", "oga", "opus", "mp3", "m4a", "aac", "aif", "aiff"]
"""Suffixes of files that can be uploaded."""

_PCM, _FLOAT = 1, 3


def play(digest: str, content: bytes) -> None:
    """Show a player for the content of a file; `digest` is that of the content."""
    kind = browser_format(content)
    data = content if kind else cached.playable_audio(digest, content)
    st.audio(data, kind or "audio/wav")


def browser_format(content: bytes) -> str | None:
    """The MIME type of a format that every current browser plays, found from the content; None for other formats."""
    if content[:4] == b"RIFF" and content[12:16] == b"fmt ":
        coding, bits = (int.from_bytes(content[place : place + 2], "little") for place in (20, 34))
        return "audio/wav" if (coding, bits) in ((_PCM, 8), (_PCM, 16), (_PCM, 24), (_FLOAT, 32)) else None
    if content[:4] == b"fLaC":
        return "audio/flac"
    if content[:4] == b"OggS":
        return "audio/ogg" if b"\x01vorbis" in content[:64] else None
    if content[4:8] == b"ftyp":
        return "audio/mp4"
    if content[:3] == b"ID3" or (content[:1] == b"\xff" and content[1:2] and content[1] & 0xE6 == 0xE2):
        return "audio/mpeg"  # an ID3 tag, or a frame of MPEG layer III
    return None
