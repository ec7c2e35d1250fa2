"""JSON files, read as a type.

A type is a dataclass or one of bool, int, float, str, Any, a Literal, a union, tuple[X, ...], list[X] and dict[str, X]
of such types.  Numbers are finite and not beyond what a float holds exactly, and texts are valid Unicode, so that they
can be calculated with, shown and stored everywhere.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints, overload

from genre_core.reading.damage import reporting_damage

MOST_BYTES = 1_000_000
_LARGEST = 2**53
"""Integers beyond it are not exact as floats."""
_NAMES: dict[Any, str] = {bool: "true or false", int: "an integer", float: "a number", str: "a text", NoneType: "null"}

T = TypeVar("T")


@overload
def read_json(path: Path, kind: type[T], *, most_bytes: int = MOST_BYTES) -> T: ...
@overload
def read_json(path: Path, kind: Any, *, most_bytes: int = MOST_BYTES) -> Any: ...
def read_json(path: Path, kind: Any, *, most_bytes: int = MOST_BYTES) -> Any:
    """Read a JSON file as a type.

    Parameters
    ----------
    most_bytes : size of the largest file that is read.

    Raises
    ------
    DamagedFileError
        If it is missing, too large, no JSON, or not of that type.
    """
    with reporting_damage(path):
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
        if len(content) > most_bytes:
            raise ValueError(f"it is larger than {most_bytes / 1e6:g} MB")
        try:
            document = json.loads(content.decode("utf-8"))
        except ValueError as error:
            raise ValueError("it is no JSON") from error
        return as_type(kind, document)


@overload
def as_type(kind: type[T], value: Any, name: str = "") -> T: ...
@overload
def as_type(kind: Any, value: Any, name: str = "") -> Any: ...
def as_type(kind: Any, value: Any, name: str = "") -> Any:
    """Check what was read from JSON, and convert it to a type.

    Parameters
    ----------
    value : what was read; parts of it may already be objects of their dataclass.
    name : where it stands in the file, for messages.

    Raises
    ------
    ValueError
        With the name of the part that is not of its type.
    GenreLabError
        Of a dataclass that refuses a value.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if is_dataclass(kind):
        return value if isinstance(value, cast(type, kind)) else _object(cast(type, kind), value, name)
    if origin in (UnionType, Union):
        return _any_of(arguments, value, name)
    if origin is Literal:
        if value not in arguments:
            raise _wrong(name, f"one of {', '.join(map(str, arguments))}")
        return value
    if origin in (tuple, list):
        if not isinstance(value, (list, tuple)):
            raise _wrong(name, "a list")
        return origin(as_type(arguments[0], item, f"{name}[{i}]") for i, item in enumerate(value))
    if origin is dict:
        checked = ((as_type(str, key, name), item) for key, item in _items(value, name))
        return {key: as_type(arguments[1], item, _part(name, key)) for key, item in checked}
    return _plain(kind, value, name)


def _plain(kind: Any, value: Any, name: str) -> Any:
    """A number, a text, a truth value or null."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (is_number if kind is float else isinstance(value, kind) and (is_number or kind is not int)):
        raise _wrong(name, _NAMES[kind])
    if is_number and not (math.isfinite(value) if isinstance(value, float) else abs(value) <= _LARGEST):
        raise _wrong(name, "a finite number" if isinstance(value, float) else f"at most {_LARGEST}")
    if isinstance(value, str) and ("\0" in value or not _is_unicode(value)):
        raise _wrong(name, "valid Unicode text")
    return value


def _object(kind: type, value: Any, name: str) -> Any:
    """A dataclass from its fields; those with a default may be missing."""
    given, known = dict(_items(value, name)), _fields(kind)
    if unknown := set(given) - set(known):
        raise ValueError(f"{_part(name, min(unknown)[:40])} is unknown")
    if missing := {key for key, (_, required) in known.items() if required} - set(given):
        raise ValueError(f"{_part(name, min(missing))} is missing")
    return kind(**{key: as_type(known[key][0], item, _part(name, key)) for key, item in given.items()})


@cache
def _fields(kind: type) -> dict[str, tuple[Any, bool]]:
    """The type of each field of a dataclass, and whether it must be given."""
    types = get_type_hints(kind)
    return {
        item.name: (types[item.name], item.default is MISSING and item.default_factory is MISSING)
        for item in fields(cast(Any, kind))
    }


def _any_of(kinds: tuple[Any, ...], value: Any, name: str) -> Any:
    """A value of the first of these types that takes it."""
    if value is None and NoneType in kinds:
        return None
    *others, last = [kind for kind in kinds if kind is not NoneType]
    for kind in others:
        try:
            return as_type(kind, value, name)
        except ValueError:
            continue
    return as_type(last, value, name)


def _items(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        raise _wrong(name, "an object")
    return iter(value.items())


def _is_unicode(text: str) -> bool:
    """Whether a text has no half of a surrogate pair, which JSON can spell and no encoding can write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _part(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key


def _wrong(name: str, expected: str) -> ValueError:
    return ValueError(f"{name or 'its content'} is not {expected}")
