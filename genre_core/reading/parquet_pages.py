"""The pages of a Parquet file, looked at before they are unpacked.

A column is stored in pages, each of which says how many bytes it unfolds to: up to two gigabytes, from a few thousand
times fewer.  Arrow reserves and fills what a page says, whatever the metadata at the end of the file claim, so every
page is asked first.  Their headers are structs in Thrift's compact protocol
(https://github.com/apache/parquet-format, `PageHeader`; https://github.com/apache/thrift, thrift-compact-protocol).
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

MOST_PAGE_BYTES = 64_000_000
"""Unpacked; usual are 1 MB, and 1024 pictures where these are larger."""
_MOST_PAGES = 100_000
_MOST_HEADER_BYTES = 16_384
"""With the smallest and the largest text of the page."""
_USUAL_HEADER_BYTES = 256
_MOST_DEPTH = 4

_SIZE, _STORED_SIZE, _PAGE, _PAGE_2 = 2, 3, 5, 8
"""Fields of a page header, and the encoding's in the structs of data pages."""
_ENCODING = {_PAGE: 2, _PAGE_2: 4}
_DELTAS_OF_TEXTS = {6, 7}
"""DELTA_LENGTH_BYTE_ARRAY, which Arrow doesn't read as texts that are stored once, and DELTA_BYTE_ARRAY, which stores
only in what a text differs from the one before, and so unfolds without bounds within a page."""


def largest_pages(file: pa.NativeFile, metadata: pq.FileMetaData, columns: Sequence[int]) -> list[int]:
    """The bytes that the largest page of each of these columns unfolds to.

    Parameters
    ----------
    columns : numbers of leaf columns.

    Raises
    ------
    ValueError
        If a page is damaged, or unfolds to more than MOST_PAGE_BYTES or in an unbounded way.
    """
    largest, pages = [0] * len(columns), 0
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for place, number in enumerate(columns):
            column = row_group.column(number)
            starts = [column.data_page_offset]
            if column.has_dictionary_page and column.dictionary_page_offset:
                starts.append(column.dictionary_page_offset)
            at = min(starts)
            end = at + column.total_compressed_size
            while at < end:
                header, length = _read_header(file, at)
                size, stored = header.get(_SIZE), header.get(_STORED_SIZE)
                pages += 1
                if type(size) is not int or type(stored) is not int or min(size, stored) < 0:
                    raise ValueError("a page of it is damaged")
                if size > MOST_PAGE_BYTES or pages > _MOST_PAGES:
                    raise ValueError(f"it has more than {_MOST_PAGES} pages, or one of more than 64 MB")
                if _DELTAS_OF_TEXTS & _encodings(header):
                    raise ValueError("it has texts in a delta encoding, which is not read; write it with a dictionary")
                largest[place] = max(largest[place], size)
                at += length + stored
    return largest


def _encodings(header: dict[int, Any]) -> set[int]:
    data_pages = ((header.get(kind), field) for kind, field in _ENCODING.items())
    found = [page.get(field) for page, field in data_pages if isinstance(page, dict)]
    return {encoding for encoding in found if isinstance(encoding, int)}


def _read_header(file: pa.NativeFile, at: int) -> tuple[dict[int, Any], int]:
    """The fields of a page header by their numbers, and its length in bytes."""
    for most in (_USUAL_HEADER_BYTES, _MOST_HEADER_BYTES):
        file.seek(at)
        try:
            return _read_struct(file.read(most), 0)
        except IndexError:
            continue  # the header is longer, or the file ends in it
    raise ValueError("a page of it is damaged")


def _read_struct(data: bytes, at: int, depth: int = 1) -> tuple[dict[int, Any], int]:
    """The fields of a struct by their numbers, None for texts, and where it ends.  IndexError if `data` ends in it."""
    fields: dict[int, Any] = {}
    number = 0
    while head := data[at]:
        at, delta, kind = at + 1, head >> 4, head & 15
        if delta:
            number += delta
        else:
            number, at = _read_integer(data, at)
        if kind in (1, 2):
            fields[number] = kind == 1
        elif kind in (4, 5, 6):
            fields[number], at = _read_integer(data, at)
        elif kind == 8:
            length, at = _read_varint(data, at)
            fields[number], at = None, at + length
        elif kind == 12 and depth < _MOST_DEPTH:
            fields[number], at = _read_struct(data, at, depth + 1)
        else:
            raise ValueError("a page of it is damaged")
    return fields, at + 1


def _read_integer(data: bytes, at: int) -> tuple[int, int]:
    value, at = _read_varint(data, at)
    return (value >> 1) ^ -(value & 1), at


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
