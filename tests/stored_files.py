"""Files as Genre Lab stores them, changed at random: what fuzzing writes."""

import hashlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from genre_core import storage

_VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2**31,
        2**63,
        10**400,
        -(10**400),
        0.5,
        -0.5,
        1e-320,
        1e308,
        float("nan"),
        float("inf"),
    ),
    *("", "x", "\ud800", "a\0b", "../..", "=1+1", "<b>*x*</b>", "\u202e", "x" * 10_000, "paper", "random", "blues"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00+00:00", "2026-01-01"),
    *([], {}, [[]], [None], ["blues"], ["blues"] * 10, [0.5] * 10, {"a": 1}, {"low": 1, "high": 0}, {"accuracy": "x"}),
]
_CELLS = [None, "x", "", -1, 1e308, np.nan, np.inf, True, b"\xff", "y" * 10_000]
_BRACKETS = ("[", '{"a":', '[{"a":[')


def copy_run(home: Path, name: str, like: str) -> Path:
    """The folder of a new run of the user's, a copy of a bundled one."""
    folder = home / "runs" / name
    shutil.copytree(storage.bundled_runs_dir() / like, folder)
    return folder


def replace_file(run: Path, name: str, content: bytes) -> None:
    """Write a file of a run, and its checksum as if it had always been so."""
    (run / name).write_bytes(content)
    document = json.loads((run / "run.json").read_text(encoding="utf-8"))
    document["checksums"][name] = hashlib.sha256(content).hexdigest()
    (run / "run.json").write_text(json.dumps(document), encoding="utf-8")


def changed_json(content: bytes, rng: np.random.Generator) -> bytes:
    """A JSON file with one to three of its values replaced, removed or added; one of ten is no JSON at all."""
    if rng.random() < 0.1:
        return changed_bytes(content, rng) if rng.random() < 0.5 else (_pick(_BRACKETS, rng) * 50_000).encode()
    document = json.loads(content)
    for _ in range(rng.integers(1, 4)):
        document = _changed(document, rng)
    return json.dumps(document).encode()


def changed_bytes(content: bytes, rng: np.random.Generator) -> bytes:
    """A file with a few of its bytes changed, mostly near its ends where the structure is, or cut off."""
    changed = bytearray(content)
    near = min(len(content), 2000)
    for _ in range(rng.integers(1, 6)):
        place = _pick([rng.integers(near), len(content) - 1 - rng.integers(near), rng.integers(len(content))], rng)
        changed[int(place)] = int(rng.integers(256))
    return bytes(changed[: rng.integers(len(content))] if rng.random() < 0.2 else changed)


def changed_arrays(content: bytes, rng: np.random.Generator) -> bytes:
    """A .npz file with one of its arrays replaced or removed, or with other bytes."""
    if rng.random() < 0.2:
        return changed_bytes(content, rng)
    with np.load(io.BytesIO(content)) as file:
        arrays = dict(file)
    name = _pick(sorted(arrays), rng)
    changed = _changed_array(arrays.pop(name), rng)
    stream = io.BytesIO()
    save = np.savez_compressed if rng.random() < 0.1 else np.savez
    save(stream, **arrays if changed is None else arrays | {name: changed})
    return stream.getvalue()


def changed_array(content: bytes, rng: np.random.Generator) -> bytes:
    """A .npy file with another array, or with other bytes."""
    changed = _changed_array(np.load(io.BytesIO(content)), rng)
    if changed is None:
        return changed_bytes(content, rng)
    stream = io.BytesIO()
    np.save(stream, changed)
    return stream.getvalue()


def changed_table(content: bytes, rng: np.random.Generator) -> bytes:
    """A Parquet file with a column replaced or removed, other rows, or other bytes."""
    if rng.random() < 0.2:
        return changed_bytes(content, rng)
    frame = pd.read_parquet(io.BytesIO(content))
    column = _pick(sorted(frame), rng)
    changes: list[Callable[[], pd.DataFrame]] = [
        lambda: frame.drop(columns=column),
        lambda: frame.iloc[: rng.integers(len(frame))],
        lambda: pd.concat([frame, frame]),
        lambda: frame.assign(
            **{column: _pick([None, "x", "", -1, 1e308, np.nan, np.inf, True, b"\xff", "y" * 10_000], rng)}
        ),
        lambda: frame.assign(**{column: [[1], [2, 3]] * (len(frame) // 2) + [[4]] * (len(frame) % 2)}),
        lambda: frame.rename(columns={column: _pick(sorted(frame), rng)[::-1]}),
    ]
    stream = io.BytesIO()
    _pick(changes, rng)().to_parquet(stream)
    return stream.getvalue()


def _changed(document: Any, rng: np.random.Generator) -> Any:
    """The document with one change, at any depth."""
    if isinstance(document, dict) and document and rng.random() < 0.9:
        key = _pick(sorted(document), rng)
        if rng.random() < 0.1:
            return {name: value for name, value in document.items() if name != key}
        if rng.random() < 0.05:
            return document | {_pick(["x", "\ud800", key.upper()], rng): _pick(_VALUES, rng)}
        return document | {key: _changed(document[key], rng)}
    if isinstance(document, list) and document and rng.random() < 0.7:
        place = int(rng.integers(len(document)))
        return [*document[:place], _changed(document[place], rng), *document[place + 1 :]]
    return _pick(_VALUES, rng)


def _changed_array(array: np.ndarray, rng: np.random.Generator) -> np.ndarray | None:
    """Another array; None for no array at all."""
    if array.dtype.kind == "U":
        texts = array.tolist()
        texts[int(rng.integers(len(texts)))] = str(_pick(_VALUES, rng))[:5000]
        return np.array(texts) if rng.random() < 0.8 else np.array(texts)[: rng.integers(len(texts))]
    kind = rng.integers(7)
    if kind == 0:
        return None
    if kind == 1:
        return array[..., np.newaxis]
    if kind == 2:
        return array[:0] if array.ndim else np.zeros(3, array.dtype)
    if kind == 3:
        return array.astype(_pick(["U5", "complex64", "int8", "bool", ">f8"], rng))
    if kind == 4:
        return np.zeros(tuple(rng.integers(1, 5, size=array.ndim)), array.dtype)
    changed = array.astype(np.float64)
    changed[rng.random(array.shape) < 0.2] = _pick([np.nan, np.inf, -np.inf, 0.0, -1.0, 1e300, 1e-300], rng)
    return changed.astype(array.dtype) if kind == 5 and array.dtype.kind == "f" else changed


def _pick(options: Any, rng: np.random.Generator) -> Any:
    return options[int(rng.integers(len(options)))]
