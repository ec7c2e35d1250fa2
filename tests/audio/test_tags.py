"""The artist of a file, where its format has one."""

import io

import pytest
import soundfile

from genre_core.audio.tags import artist_of
from tests.audio_files import encoded, sine, song_file
from tests.gathered_songs import tagged


@pytest.mark.parametrize("container", ["FLAC", "OGG", "WAV", "AIFF", "MP3"])
def test_the_artist_is_read(container: str) -> None:
    assert artist_of(tagged("Ann\n  & Ben", container)) == "Ann & Ben"


def test_an_mp3_with_an_id3_tag_of_unicode_text() -> None:
    text = b"\x01" + "Björk 音".encode("utf-16")
    frame = b"TPE1" + len(text).to_bytes(4, "big") + b"\0\0" + text
    tag = b"ID3\x03\0\0" + bytes([0, 0, len(frame) >> 7, len(frame) & 127]) + frame
    assert artist_of(tag + song_file("mp3")) == "Björk 音"


def test_without_an_artist_or_audio_it_is_empty() -> None:
    file = io.BytesIO()
    soundfile.write(file, sine(1, 8000), 8000, format="WAV")
    for content in (file.getvalue(), encoded(sine(1, 8000), 8000, "FLAC"), b"<html>", b""):
        assert artist_of(content) == ""
