"""The predictions of a run for its test set, as a Parquet file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from genre_core import old_names
from genre_core.evaluation import Evaluation
from genre_core.reading import reporting_damage

if TYPE_CHECKING:
    import pyarrow as pa

PREDICTIONS_FILE = "predictions.parquet"
_MOST_CELLS = 50_000_000
"""Segments times columns, of which a table takes eight bytes each."""
TEXT_COLUMNS = ("track", "true_genre", "artist")
_MOST_CHARACTERS = 100_000_000
"""Of a column of texts, each as long as the longest."""
_SUM_TOLERANCE = 1e-3
"""Of the probabilities of a segment, which a network computes as float32."""


def write_predictions(folder: Path, evaluation: Evaluation) -> None:
    """Write the columns `track`, `start_s`, `true_genre`, `fold` and `artist` where the evaluation has them, and
    `p_GENRE` for each genre, one row per segment.
    """
    table = evaluation.to_frame().drop(columns="predicted_genre")
    table.to_parquet(folder / PREDICTIONS_FILE, compression="zstd")


def read_predictions(folder: Path, genres: tuple[str, ...], fold_sizes: Sequence[int] = ()) -> Evaluation:
    """Read the predictions of a run.

    Parameters
    ----------
    fold_sizes : number of segments that each fold tested; empty without folds.

    Raises
    ------
    DamagedFileError
        If the file is missing or damaged, or of other genres or folds.
    """
    path = folder / PREDICTIONS_FILE
    with reporting_damage(path):
        columns = _read_columns(path, genres)
        indices = {genre: i for i, genre in enumerate(genres)}
        unknown = set(columns["true_genre"].tolist()) - set(indices)
        if unknown:
            raise ValueError(f"it has the genre {min(unknown)!r}, which the run has not")
        probabilities = np.column_stack([columns[f"p_{genre}"] for genre in genres])
        if not (probabilities >= 0).all() or not (np.abs(probabilities.sum(axis=1) - 1) <= _SUM_TOLERANCE).all():
            raise ValueError("the probabilities of a segment do not sum to one")
        if not (columns["start_s"] >= 0).all() or not np.isfinite(columns["start_s"]).all():
            raise ValueError("the start of a segment is no time")
        return Evaluation(
            genres=genres,
            labels=np.array([indices[genre] for genre in columns["true_genre"].tolist()], dtype=np.int64),
            track=columns["track"],
            start_s=columns["start_s"],
            probabilities=probabilities,
            fold=_folds(columns.get("fold"), fold_sizes, len(probabilities)),
            artist=columns.get("artist"),
        )


def _read_columns(path: Path, genres: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The columns that predictions have, under their current names, as texts, int64 and float64 without gaps."""
    import pyarrow.parquet as pq

    names = pq.read_schema(path).names
    stored = {old_names.PREDICTION_COLUMNS.get(name, name): name for name in names}
    needed = ["track", "start_s", "true_genre", *(f"p_{genre}" for genre in genres)]
    if missing := [name for name in needed if name not in stored]:
        raise ValueError(f"it has no column {missing[0]!r}")
    wanted = [*needed, *(name for name in ("fold", "artist") if name in stored)]
    # Texts that repeat are stored once: read like this, they are not multiplied before their length is known.
    texts = [stored[name] for name in TEXT_COLUMNS if name in stored]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        if not 0 < file.metadata.num_rows * len(wanted) <= _MOST_CELLS:
            raise ValueError(f"it has {file.metadata.num_rows} segments")
        table = file.read(columns=[stored[name] for name in wanted])
    return {name: _column(name, table.column(stored[name])) for name in wanted}


def _column(name: str, column: pa.ChunkedArray) -> np.ndarray:
    import pyarrow as pa

    if column.null_count:
        raise ValueError(f"the column {name!r} has gaps")
    if name not in TEXT_COLUMNS:
        numbers = column.cast(pa.int64() if name == "fold" else pa.float64())
        return np.from_dlpack(numbers.combine_chunks())  # `to_numpy` would load pandas
    array = column.combine_chunks()
    texts = array.dictionary if pa.types.is_dictionary(array.type) else array
    longest = max(len(text) for text in texts.cast(pa.large_string()).to_pylist())
    if longest * len(array) > _MOST_CHARACTERS:
        raise ValueError(f"the column {name!r} has a text of {longest} characters")
    return np.array(array.cast(pa.large_string()).to_pylist(), dtype=str)


def _folds(column: np.ndarray | None, sizes: Sequence[int], segments: int) -> np.ndarray | None:
    """The fold of each segment; earlier versions wrote fold after fold, without a column for it."""
    if column is None:
        return np.repeat(np.arange(1, len(sizes) + 1), sizes) if sizes and sum(sizes) == segments else None
    if set(column.tolist()) != set(range(1, len(sizes) + 1)):
        raise ValueError(f"its folds are not numbered from 1 to {len(sizes)}")
    return column
