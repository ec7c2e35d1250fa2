"""Containers: the format of an audio file, and whether the file is cut short.

Only headers and page structure are read here; nothing is decoded.
"""

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from genre_core.errors import AudioError
from genre_core.reading.limits import MOST_FILE_BYTES, size_text

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

AudioSource = str | os.PathLike[str] | bytes
"""A path to a file, or the content of one."""

_STREAMED_SIZE = 0x7F00_0000
"""Writers that can't seek back leave a size of this or more (sox), 0xFFFFFFFF (ffmpeg) or 0 in the header."""
_OGG_PAGE_BYTES = 65_307
"""The longest possible page."""
_FRAME_COUNT_MARKS = (b"Xing", b"Info", b"VBRI")
"""One of these stands in the first frame of an MP3 if that holds the number of frames instead of audio."""
_MARK_BYTES = 64
"""The mark is among as many bytes of the frame."""
_LARGEST_RATIO = 320 // 8
"""The highest bit rate of an MP3 to the lowest."""
_REST = 0.1
"""Share of a file that may remain when its decoder has stopped: tags stand at the end of some."""


class AudioFile(io.BufferedReader):
    """A binary file for libsndfile: without a name, so that no extension is considered, and without seek errors."""

    name = ""
    hides_length = False
    """Whether libsndfile doesn't see how long an MP3 is: see `hide_length`."""
    _hidden_mark: int | None = None
    _is_at_end = False

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._is_at_end = whence == io.SEEK_END
        try:
            return super().seek(offset, whence)
        except (OSError, ValueError, OverflowError):  # libsndfile sees from tell() that nothing moved
            return super().tell()

    def tell(self) -> int:
        return super().tell() * (_LARGEST_RATIO if self.hides_length and self._is_at_end else 1)

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read for libsndfile: with `hide_length` the mark of the frame count is blank."""
        start = super().tell()
        count = super().readinto(buffer)
        if self._hidden_mark is not None:
            view = memoryview(buffer).cast("B")
            for position in range(max(self._hidden_mark, start), min(self._hidden_mark + 4, start + count)):
                view[position - start] = 0
        return count

    def hide_length(self) -> None:
        """Make libsndfile decode an MP3 to its end.

        It stops after the number of frames in the first one, or else after as many as the size and the first bit rate
        give: too early if the count is wrong (MP3s joined to one file) or if the bit rate changes.  So the count is
        hidden, and the file seems to be as large as it could be with another bit rate.
        """
        self._hidden_mark = _frame_count_mark(self)
        self.hides_length = True
        self.seek(0)

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

    Raises AudioError if the path doesn't exist, isn't a regular file or can't be read, or if the file is empty or too
    large.
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
    size = file.size()
    if not 0 < size <= MOST_FILE_BYTES:
        file.close()
        if not size:
            raise AudioError("The file is empty (0 bytes): copy or download it again.")
        raise AudioError(f"The file is larger than {size_text(MOST_FILE_BYTES)}: cut it into parts, or save it as MP3.")
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


def is_uncounted_mp3(file: AudioFile) -> bool:
    """Whether a file is an MP3 that does not say how many frames it has."""
    start = file.peek_at(_id3_bytes(file), 2)
    is_mp3 = len(start) == 2 and start[0] == 0xFF and start[1] & 0xE6 == 0xE2  # MPEG 1, 2 or 2.5, layer III
    return is_mp3 and _frame_count_mark(file) is None


def has_rest(file: AudioFile, position: int) -> bool:
    """Whether a decoder that stopped at `position`, in bytes, has left out much of the file."""
    size = file.size()
    return size - position > _REST * size


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
    if container == "MP3" and frames < declared_frames and not file.hides_length:
        return True
    # libsndfile stops at the end of the first part of chained OGG.
    return container in ("MP3", "OGG") and has_rest(file, position)


def _ends_with_ogg_end(tail: bytes) -> bool:
    """Whether the last page is whole and carries the flag for the end of the stream (RFC 3533, section 6)."""
    page = tail[max(0, tail.rfind(b"OggS")) :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return False
    return bool(page[5] & 4) and len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])


def _frame_count_mark(file: AudioFile) -> int | None:
    """Position in bytes of the mark of an MP3's frame count, None without one."""
    start = _id3_bytes(file)
    first = file.peek_at(start, _MARK_BYTES)
    return next((start + first.index(mark) for mark in _FRAME_COUNT_MARKS if mark in first), None)


def _id3_bytes(file: AudioFile) -> int:
    """Length of the ID3v2 tag at the start of the file, 0 without one."""
    head = file.peek_at(0, 10)
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    return 10 + sum((byte & 127) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
