"""Feature tables: Kaggle's CSV tables as published, and the Parquet tables of the command `extract`.

A Kaggle table has a `filename` such as `blues.00000.wav` (features_30_sec.csv: one row per track) or
`blues.00000.0.wav` (features_3_sec.csv: the first segment of the track), the features, and the genre as `label`.  A
Parquet table has the columns genre, track, start_s and the features, or the column `picture` with the bytes of a
picture; its metadata names the feature set.  Both may have the columns `artist`, and `split` with train, valid and
test.
"""

import io
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from genre_core import old_names, storage
from genre_core.audio import SEGMENT_SAMPLES
from genre_core.datasets.augmented import AugmentedCopies
from genre_core.datasets.dataset import Dataset
from genre_core.errors import DatasetError, GenreLabError
from genre_core.features import FeatureSet, feature_set, paper
from genre_core.wording import listed

_METADATA = b"genre_lab"
_COMPRESSION = 19  # tables are written once and read often
_MAX_ROWS = 1_000_000
_MAX_PICTURES = 50_000  # rows: 2 GB of the largest pictures
_MAX_COLUMNS = 2_000
_ROW_COLUMNS = ("genre", "track", "start_s")
_OPTIONAL_COLUMNS = ("artist", "split")
_SUBSETS = ("train", "valid", "test", "")
_PICTURE = "picture"


def read_table(source: Path | bytes, name: str) -> Dataset:
    """Read a feature table.

    Parameters
    ----------
    source : a CSV or Parquet file, or its content.
    name : file name for messages.

    Raises
    ------
    DatasetError
        If it can't be read or is not a feature table; the message names the columns at fault.
    """
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise DatasetError(f"{name} can't be read: {error.strerror}.") from error
    if not content:
        raise DatasetError(f"{name} is empty (0 bytes); choose a CSV or Parquet file.")
    parquet = content.startswith(b"PAR1")
    try:
        if parquet:
            _check_size(pq.ParquetFile(io.BytesIO(content)), name)
        table = pq.read_table(io.BytesIO(content)) if parquet else pd.read_csv(io.BytesIO(content))
    except (ValueError, OSError, pa.ArrowException) as error:
        raise DatasetError(f"{name} can't be read as a table; choose a CSV or Parquet file.") from error
    return _from_parquet(table, name) if parquet else _from_kaggle(table, name)


def write_table(dataset: Dataset, path: Path) -> None:
    """Write a dataset as a Parquet table, which `read_table` reads.

    Raises StorageError if it can't be written.
    """
    frame = dataset.to_frame()
    if dataset.columns:
        frame = frame.astype(dict.fromkeys(dataset.columns, _smallest_type(dataset.values)))
    table = pa.Table.from_pandas(frame, preserve_index=False)
    features = dataset.feature_set
    metadata = f"features={features.name} version={features.version} segment_samples={dataset.segment_samples}"
    table = table.replace_schema_metadata({_METADATA: metadata})
    with storage.writing_file(path) as partial:
        pq.write_table(
            table,
            partial,
            compression="zstd",
            compression_level=_COMPRESSION,
            # Features hardly repeat, and statistics of hundreds of columns would be a tenth of a small table.
            use_dictionary=[name for name in (*_ROW_COLUMNS, *_OPTIONAL_COLUMNS) if name in frame],
            write_statistics=False,
        )


def _smallest_type(values: np.ndarray) -> type[np.floating]:
    """The smallest type that holds these numbers: the output of a network is float32, rounded tables are float16."""
    with np.errstate(over="ignore"):
        kinds = (kind for kind in (np.float16, np.float32) if (values == values.astype(kind)).all())
        return next(kinds, np.float64)


def _check_size(file: pq.ParquetFile, name: str) -> None:
    """Refuse a table that would not fit into memory, however small its file is."""
    rows, columns = file.metadata.num_rows, file.metadata.num_columns
    most = _MAX_PICTURES if _PICTURE in file.schema_arrow.names else _MAX_ROWS
    if rows > most or columns > _MAX_COLUMNS:
        raise DatasetError(
            f"{name} has {rows} rows and {columns} columns; the limit is {most} rows and {_MAX_COLUMNS} columns. Use a "
            "smaller table."
        )


def _from_parquet(table: pa.Table, name: str) -> Dataset:
    metadata = (table.schema.metadata or {}).get(_METADATA, b"").decode(errors="replace")
    match = re.fullmatch(r"features=(\S+) version=(\d{1,9}) segment_samples=([1-9]\d{1,8})", metadata)
    if match is None:
        raise DatasetError(f"{name} was not written by Genre Lab; write a table with `genre-lab extract`.")
    features, version, segment_samples = old_names.current_feature_set(match[1]), int(match[2]), int(match[3])
    try:
        known = feature_set(features)
    except GenreLabError as error:
        raise DatasetError(f"{name}: {error}") from error
    if version != known.version:
        raise DatasetError(
            f"{name} holds version {version} of the features {features!r}; the current version is {known.version}. "
            "Extract them again."
        )
    frame = table.to_pandas()
    _check_columns(frame, (*_ROW_COLUMNS, *(known.columns or (_PICTURE,))), name)
    _check_complete(frame, ("genre", "track"), name)
    values = _pictures(frame, known, name) if known.is_picture else _numbers(frame, known.columns, name)
    track = _strings(frame["track"])
    return Dataset(
        name=name,
        features=features,
        values=values,
        genre=_strings(frame["genre"]),
        track=track,
        start_s=_numbers(frame, ("start_s",), name)[:, 0],
        segment_samples=segment_samples,
        augmented=AugmentedCopies.of_mel_pictures(values, track) if features == "mel" else AugmentedCopies(),
        **_optional(frame, name),
    )


def _from_kaggle(frame: pd.DataFrame, name: str) -> Dataset:
    _check_columns(frame, ("filename", *paper.COLUMNS, "label"), name)
    _check_complete(frame, ("filename", "label"), name)
    values = _numbers(frame, paper.COLUMNS, name)
    genre = _strings(frame["label"])
    stems = [re.sub(r"\.(wav|au)$", "", filename) for filename in _strings(frame["filename"])]
    length = values[:, 0]
    segment_samples = int(np.median(length)) if len(length) and np.isfinite(length).all() else SEGMENT_SAMPLES
    if segment_samples <= 2 * SEGMENT_SAMPLES:
        names, _, numbers = zip(*(stem.rpartition(".") for stem in stems), strict=True) if stems else ((), (), ())
        if not all(base and number.isdecimal() for base, number in zip(names, numbers, strict=True)):
            raise DatasetError(
                f"The file names in {name} have no segment number; rows of 3 s need one, as in `blues.00000.0.wav`."
            )
        start_s = np.array([int(number) for number in numbers]) * (segment_samples / paper.RATE)
    else:
        names, start_s = tuple(stems), np.zeros(len(stems))
    return Dataset(
        name=name,
        features="paper",
        values=values,
        genre=genre,
        track=np.array([f"{g}/{n}" for g, n in zip(genre, names, strict=True)], dtype=str),
        start_s=start_s.astype(np.float64),
        segment_samples=segment_samples,
        **_optional(frame, name),
    )


def _check_columns(frame: pd.DataFrame, expected: tuple[str, ...], name: str) -> None:
    missing = [column for column in expected if column not in frame.columns]
    unknown = [str(column) for column in frame.columns if column not in (*expected, *_OPTIONAL_COLUMNS)]
    faults = [f"{listed(missing)} missing"] if missing else []
    faults += [f"{listed(unknown)} unknown"] if unknown else []
    if faults:
        raise DatasetError(f"The columns of {name} are not those of a feature table: {'; '.join(faults)}.")


def _check_complete(frame: pd.DataFrame, columns: tuple[str, str], name: str) -> None:
    incomplete = int(frame[list(columns)].isna().any(axis=1).sum())
    if incomplete:
        raise DatasetError(f"{name} has {incomplete} rows without a {' or a '.join(columns)}; fill in or remove them.")


def _numbers(frame: pd.DataFrame, columns: tuple[str, ...], name: str) -> np.ndarray:
    """The columns as float64, shape (rows, columns)."""
    selected = frame[list(columns)]
    if frame.empty:
        raise DatasetError(f"{name} has no rows; choose a table with segments.")
    wrong = [column for column in columns if not pd.api.types.is_numeric_dtype(selected[column])]
    if wrong:
        raise DatasetError(f"{name} has values that are not numbers in {listed(wrong)}; correct or remove those rows.")
    return selected.to_numpy(dtype=np.float64, na_value=np.nan)


def _pictures(frame: pd.DataFrame, features: FeatureSet, name: str) -> np.ndarray:
    """The pictures, uint8, shape (rows, *features.shape)."""
    contents = frame[_PICTURE].tolist()
    size = math.prod(features.shape)
    if not all(isinstance(content, bytes) and len(content) == size for content in contents):
        raise DatasetError(f"{name} has rows with an incomplete picture; extract the features again.")
    return np.frombuffer(b"".join(contents), dtype=np.uint8).reshape(-1, *features.shape)


def _optional(frame: pd.DataFrame, name: str) -> dict[str, Any]:
    """The artist and the subset of each row, where the table has them, as arguments of `Dataset`."""
    given = {column: _strings(frame[column].fillna("")) for column in _OPTIONAL_COLUMNS if column in frame}
    if "split" in given:
        given["subset"] = given.pop("split")
        wrong = sorted(set(given["subset"].tolist()) - set(_SUBSETS))
        if wrong:
            raise DatasetError(
                f"The column `split` of {name} may hold only train, valid and test, not {listed(wrong)}."
            )
    return given


def _strings(column: pd.Series) -> np.ndarray:
    # Through object: pandas 3 gives Arrow strings, which scikit-learn can't index.
    return column.to_numpy(dtype=object).astype(str)
