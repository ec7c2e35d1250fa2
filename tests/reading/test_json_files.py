"""JSON is read as a type, or refused with the name of what is wrong."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from genre_core.errors import ConfigError, DamagedFileError
from genre_core.reading import as_type, read_json


@dataclass(frozen=True)
class Inner:
    share: float
    number: int | None = None

    def __post_init__(self) -> None:
        if self.share > 1:
            raise ConfigError("A share is at most 1.")


@dataclass(frozen=True)
class Outer:
    name: str
    kind: Literal["a", "b"]
    parts: tuple[Inner, ...]
    by_name: dict[str, list[bool]]


DOCUMENT: dict[str, Any] = {"name": "x", "kind": "a", "parts": [{"share": 1}], "by_name": {"y": [True]}}


def test_a_document_becomes_objects() -> None:
    expected = Outer("x", "a", (Inner(1),), {"y": [True]})
    assert as_type(Outer, DOCUMENT) == expected
    assert as_type(Outer, DOCUMENT | {"parts": (Inner(1),)}) == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": 1}, "name is not a text"),
        ({"name": "\ud800"}, "name is not valid Unicode text"),
        ({"name": "\0"}, "name is not valid Unicode text"),
        ({"kind": "c"}, "kind is not one of a, b"),
        ({"parts": {}}, "parts is not a list"),
        ({"parts": [1]}, r"parts\[0\] is not an object"),
        ({"parts": [{}]}, r"parts\[0\]\.share is missing"),
        ({"parts": [{"share": True}]}, r"parts\[0\]\.share is not a number"),
        ({"parts": [{"share": float("nan")}]}, r"parts\[0\]\.share is not a finite number"),
        ({"parts": [{"share": 10**400}]}, r"parts\[0\]\.share is not at most"),
        ({"parts": [{"share": 1, "number": 0.5}]}, r"parts\[0\]\.number is not an integer"),
        ({"by_name": {"y": [0]}}, r"by_name\.y\[0\] is not true or false"),
        ({"more": 1}, "more is unknown"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        as_type(Outer, DOCUMENT | change)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is no JSON"),
        (b"\xff", "it is no JSON"),
        (b"[" * 200_000, "it is nested too deeply"),
        (b"1" * 5000, "it is no JSON"),
        (b" " * 2_000_000, "it is larger than 1 MB"),
        (b'{"share": 2}', "A share is at most 1"),
        (b"[]", "its content is not an object"),
    ],
)
def test_a_damaged_file_is_named_with_the_reason(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=rf"^facts\.json is damaged: {message}\.$"):
        read_json(path, Inner)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("pipe.json", "missing.json", "."):
        with pytest.raises(DamagedFileError, match="there is no such file"):
            read_json(tmp_path / name, Inner)
