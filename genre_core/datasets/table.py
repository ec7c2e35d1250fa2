"""Feature tables: Kaggle's CSV tables as published, and the Parquet tables of the command `extract`.

A Kaggle table has a `filename` such as `blues.00000.wav` (features_30_sec.csv: one row per track) or
`blues.00000.0.wav` (features_3_sec.csv: the first segment of the track), the features, and the genre as `label`.  A
Parquet table has the columns genre, track, start_s and the features, or the column `picture` with the bytes of a
picture; its metadata names the feature set.  Both may have the columns `artist`, and `split` with train, valid and
test.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genre_core import old_names, storage
from genre_core.audio import SEGMENT_SAMPLES
from genre_core.datasets.augmented import AugmentedCopies
from genre_core.datasets.dataset import Dataset
from genre_core.errors import DatasetError, GenreLabError
from genre_core.features import feature_set, paper
from genre_core.reading import limits
from genre_core.wording import listed

if TYPE_CHECKING:
    from genre_core.reading.tables import CsvTable, ParquetTable

_METADATA = b"genre_lab"
_COMPRESSION = 19  # tables are written once and read often
_LATEST_S = 1e6
_MOST_DIGITS = 6
"""Of the number of a segment."""
_LONGEST_SAMPLES = 10**9
"""Of a segment, as in the metadata of a Parquet table."""
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
    from genre_core.reading.tables import ParquetTable, open_table  # imports Arrow

    try:
        table = open_table(source)
        return _from_parquet(table, name) if isinstance(table, ParquetTable) else _from_kaggle(table, name)
    except OSError as error:
        raise DatasetError(f"{name} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise DatasetError(f"{name} can't be used, since {error}.") from error


def write_table(dataset: Dataset, path: Path) -> None:
    """Write a dataset as a Parquet table, which `read_table` reads.

    Raises StorageError if it can't be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

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


def _from_parquet(table: ParquetTable, name: str) -> Dataset:
    metadata = table.metadata.get(_METADATA, b"").decode(errors="replace")
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
    picture = _PICTURE if known.is_picture else ""
    optional = _check_columns(table, (*_ROW_COLUMNS, *(known.columns or (_PICTURE,))), name)
    picture_bytes = math.prod(known.shape) if picture else 0
    found = table.read(("start_s", *known.columns), ("genre", "track", *optional), picture, picture_bytes)
    _check_complete(found.texts, ("genre", "track"), name)
    start_s = found.numbers[:, 0]
    if not (np.abs(start_s) <= _LATEST_S).all():
        raise DatasetError(f"{name} has values in start_s that are no times of a track; correct or remove those rows.")
    values, track = found.numbers[:, 1:], found.texts["track"]
    if picture:
        values = found.pictures.reshape(-1, *known.shape)
    return Dataset(
        name=name,
        features=features,
        values=values,
        genre=found.texts["genre"],
        track=track,
        start_s=start_s,
        segment_samples=segment_samples,
        augmented=AugmentedCopies.of_mel_pictures(values, track) if features == "mel" else AugmentedCopies(),
        **_optional(found.texts, name),
    )


def _from_kaggle(table: CsvTable, name: str) -> Dataset:
    optional = _check_columns(table, ("filename", *paper.COLUMNS, "label"), name)
    found = table.read(paper.COLUMNS, ("filename", "label", *optional))
    _check_complete(found.texts, ("filename", "label"), name)
    genre, length = found.texts["label"], found.numbers[:, 0]
    stems = [re.sub(r"\.(wav|au)$", "", filename) for filename in found.texts["filename"].tolist()]
    segment_samples = int(np.median(length)) if np.isfinite(length).all() else SEGMENT_SAMPLES
    if not 0 < segment_samples <= _LONGEST_SAMPLES:
        raise DatasetError(f"{name} has lengths that are no numbers of samples; correct or remove those rows.")
    if segment_samples <= 2 * SEGMENT_SAMPLES:
        names, _, numbers = zip(*(stem.rpartition(".") for stem in stems), strict=True)
        if not all(
            base and number.isdecimal() and len(number) <= _MOST_DIGITS
            for base, number in zip(names, numbers, strict=True)
        ):
            raise DatasetError(
                f"The file names in {name} have no segment number; rows of 3 s need one, as in `blues.00000.0.wav`."
            )
        start_s = np.array([int(number) for number in numbers]) * (segment_samples / paper.RATE)
    else:
        names, start_s = tuple(stems), np.zeros(len(stems))
    return Dataset(
        name=name,
        features="paper",
        values=found.numbers,
        genre=genre,
        track=np.array([f"{g}/{n}" for g, n in zip(genre, names, strict=True)], dtype=str),
        start_s=start_s.astype(np.float64),
        segment_samples=segment_samples,
        **_optional(found.texts, name),
    )


def _check_columns(table: ParquetTable | CsvTable, expected: tuple[str, ...], name: str) -> list[str]:
    """Check the columns and the number of rows before they are read; returns the optional columns that are there."""
    missing = [column for column in expected if column not in table.names]
    unknown = sorted(set(table.names) - {*expected, *_OPTIONAL_COLUMNS}, key=table.names.index)
    faults = [f"{listed(missing)} missing"] if missing else []
    faults += [f"{listed(unknown)} unknown"] if unknown else []
    if faults:
        raise DatasetError(f"The columns of {name} are not those of a feature table: {'; '.join(faults)}.")
    most = limits.MOST_PICTURES if _PICTURE in table.names else limits.MOST_ROWS
    if table.rows > most:
        raise DatasetError(f"{name} has {table.rows} rows, and the limit is {most} rows; use a smaller table.")
    return [column for column in _OPTIONAL_COLUMNS if column in table.names]


def _check_complete(texts: dict[str, np.ndarray], columns: tuple[str, str], name: str) -> None:
    if not len(texts[columns[0]]):
        raise DatasetError(f"{name} has no rows; choose a table with segments.")
    incomplete = int(np.logical_or(*(texts[column] == "" for column in columns)).sum())
    if incomplete:
        raise DatasetError(f"{name} has {incomplete} rows without a {' or a '.join(columns)}; fill in or remove them.")


def _optional(texts: dict[str, np.ndarray], name: str) -> dict[str, Any]:
    """The artist and the subset of each row, where the table has them, as arguments of `Dataset`."""
    given = {column: texts[column] for column in _OPTIONAL_COLUMNS if column in texts}
    if "split" in given:
        given["subset"] = given.pop("split")
        wrong = sorted(set(given["subset"].tolist()) - set(_SUBSETS))
        if wrong:
            raise DatasetError(
                f"The column `split` of {name} may hold only train, valid and test, not {listed(wrong)}."
            )
    return given
