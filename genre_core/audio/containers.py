"""Containers: the format of an audio file, and whether the file is cut short.

Only headers and page structure are read here; nothing is decoded.
"""

import io
import os
from pathlib import Path

from genre_core.errors import AudioError

AudioSource = str | os.PathLike[str] | bytes
"""A path to a file, or the content of one."""

_STREAMED_SIZE = 0x7F00_0000
"""Writers that can't seek back leave a size of this or more (sox), 0xFFFFFFFF (ffmpeg) or 0 in the header."""
_OGG_PAGE_BYTES = 65_307
"""The longest possible page."""


class AudioFile(io.BufferedReader):
    """A binary file for libsndfile: without a name, so that no extension is considered, and without seek errors."""

    name = ""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return super().seek(offset, whence)
        except (OSError, ValueError, OverflowError):  # libsndfile sees from tell() that nothing moved
            return self.tell()

    def peek_at(self, offset: int, count: int) -> bytes:
        """Up to `count` bytes from `offset` on; the position returns to the start."""
        self.seek(offset)
        data = self.read(count)
        self.seek(0)
        return data

    def size(self) -> int:
        """Size in bytes; the position returns to the start."""
        size = self.seek(0, io.SEEK_END)
        self.seek(0)
        return size


def open_audio(source: AudioSource) -> AudioFile:
    """Open a file, or the content of one, for reading.

    Raises AudioError if the path doesn't exist, isn't a regular file or can't be read, or if the file is empty.
    """
    if isinstance(source, bytes):
        file = AudioFile(io.BytesIO(source))
    else:
        path = audio_path(source)
        try:
            if path.is_dir():
                raise AudioError("This is a folder, not an audio file: choose a file in it.")
            if not path.exists():
                raise AudioError("There is no such file: check its name and its folder.")
            if not path.is_file():
                raise AudioError("This is a device or a pipe, not an audio file: choose a file.")
            file = AudioFile(io.FileIO(path))
        except PermissionError as error:
            raise AudioError("You are not allowed to read this file: change its permissions or copy it.") from error
        except OSError as error:
            raise AudioError(f"The file can't be opened ({error.strerror}): copy it to another disk.") from error
    if not file.size():
        file.close()
        raise AudioError("The file is empty (0 bytes): copy or download it again.")
    return file


def audio_path(source: str | os.PathLike[str]) -> Path:
    """The path of an audio file, with ~ resolved; it need not exist.  Raises AudioError if there is no such home."""
    try:
        return Path(source).expanduser()
    except RuntimeError as error:
        raise AudioError("The home folder in this path is unknown: give the whole path.") from error


def ffmpeg_demuxer(file: AudioFile) -> str | None:
    """The ffmpeg demuxer for files that libsndfile can't read, MP4 and AAC in ADTS frames; None for all others."""
    if file.peek_at(4, 4) == b"ftyp":
        return "mov"
    start = file.peek_at(_id3_bytes(file), 2)
    is_adts = len(start) == 2 and start[0] == 0xFF and start[1] & 0xF6 == 0xF0  # MP3 differs in the layer bits
    return "aac" if is_adts else None


def is_cut_short(file: AudioFile, position: int, container: str, frames: int, declared_frames: int) -> bool:
    """Whether a file that was decoded without an error should have been longer.

    Parameters
    ----------
    position : byte at which the decoder stopped.
    container : libsndfile's name of the format, such as "FLAC".
    frames : number of frames that were decoded.
    declared_frames : number of frames according to libsndfile, which reads it from the header.
    """
    size = file.size()
    head = file.peek_at(0, 28)
    if head[:4] in (b"RIFF", b"RIFX", b"FORM"):
        declared = int.from_bytes(head[4:8], "little" if head[:4] == b"RIFF" else "big")
        return declared < _STREAMED_SIZE and declared + 8 > size + 1  # the last byte may be padding that was left out
    if head[:4] == b"RF64":
        declared = int.from_bytes(head[20:28], "little")
        return declared < 1 << 62 and declared + 8 > size + 1
    if container == "FLAC":
        return frames < declared_frames < 1 << 62  # libsndfile gives 2**63 - 1 where the header has no length
    if container == "OGG" and not _ends_with_ogg_end(file.peek_at(max(0, size - _OGG_PAGE_BYTES), _OGG_PAGE_BYTES)):
        return True
    if container == "MP3":
        first = file.peek_at(_id3_bytes(file), 64)
        if frames < declared_frames and any(mark in first for mark in (b"Xing", b"Info", b"VBRI")):
            return True
    # libsndfile stops long before the end of a variable-bit-rate MP3 without a frame count, and of chained OGG.
    return container in ("MP3", "OGG") and size - position > 0.1 * size


def _ends_with_ogg_end(tail: bytes) -> bool:
    """Whether the last page is whole and carries the flag for the end of the stream (RFC 3533, section 6)."""
    page = tail[max(0, tail.rfind(b"OggS")) :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return False
    return bool(page[5] & 4) and len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])


def _id3_bytes(file: AudioFile) -> int:
    """Length of the ID3v2 tag at the start of the file, 0 without one."""
    head = file.peek_at(0, 10)
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    return 10 + sum((byte & 127) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
