"""Feature tables: as Kaggle publishes them, as they are written here, and with every fault."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genre_core import datasets, features
from genre_core.audio import SEGMENT_SAMPLES
from genre_core.datasets import Dataset
from genre_core.errors import DatasetError, GenreLabError
from genre_core.features import paper

VERSION_0_1 = Path(__file__).parents[1] / "data" / "version_0_1"


def kaggle_table(segments: bool = True) -> pd.DataFrame:
    """A table as Kaggle publishes it, of two genres with two tracks each."""
    rng = np.random.default_rng(0)
    names = [f"{genre}.{track:05d}" for genre in ("blues", "rock") for track in range(2)]
    files = [f"{name}.{k}.wav" for name in names for k in range(3)] if segments else [f"{name}.wav" for name in names]
    frame = pd.DataFrame(rng.normal(size=(len(files), 58)), columns=list(paper.COLUMNS))
    frame["length"] = SEGMENT_SAMPLES if segments else 661_794
    frame.insert(0, "filename", files)
    frame["label"] = [file.split(".")[0] for file in files]
    return frame


def read(frame: pd.DataFrame) -> Dataset:
    return datasets.read_table(frame.to_csv(index=False).encode(), "table.csv")


def test_rows_of_a_kaggle_table_of_segments_belong_to_their_tracks() -> None:
    data = read(kaggle_table())
    assert data.n_tracks == 4
    assert data.track[:4].tolist() == ["blues/blues.00000"] * 3 + ["blues/blues.00001"]
    np.testing.assert_allclose(data.start_s[:3], np.arange(3) * SEGMENT_SAMPLES / paper.RATE)
    assert data.segment_samples == SEGMENT_SAMPLES


def test_a_kaggle_table_of_tracks_has_one_row_each() -> None:
    data = read(kaggle_table(segments=False))
    assert data.track.tolist() == ["blues/blues.00000", "blues/blues.00001", "rock/rock.00000", "rock/rock.00001"]
    assert data.segment_samples == 661_794


def test_the_published_table_of_tracks_is_read_whole(kaggle_30_sec: Path) -> None:
    data = datasets.load_dataset(str(kaggle_30_sec))
    assert data.values.shape == (1000, 58)
    assert data.n_tracks == 1000
    assert len(data.genres) == 10


def test_a_written_table_is_read_back_as_it_was(bundled: Dataset, tmp_path: Path) -> None:
    datasets.write_table(bundled, tmp_path / "out.parquet")
    again = datasets.load_dataset(str(tmp_path / "out.parquet"))
    for attribute in ("values", "genre", "track", "start_s"):
        np.testing.assert_array_equal(getattr(again, attribute), getattr(bundled, attribute))
    assert again.segment_samples == bundled.segment_samples


@pytest.mark.parametrize(
    ("name", "features"),
    [
        ("paper", "paper"),
        ("paper@instruments", "paper@accompaniment"),
        ("levelled-embedding", "leveled-embedding"),
        ("levelled-embedding-parts", "leveled-embedding"),
    ],
)
def test_a_table_of_version_0_1_is_read_under_the_current_name(name: str, features: str, tmp_path: Path) -> None:
    path = VERSION_0_1 / "tables" / f"{name}.parquet"
    data = datasets.load_dataset(str(path), features=features)
    assert data.features == features
    table = pq.read_table(path).to_pandas()
    np.testing.assert_array_equal(data.values, table[list(data.columns)].to_numpy(np.float64))
    if name.endswith("-parts"):
        assert data.subset is not None
        np.testing.assert_array_equal(data.subset, table["split"].to_numpy(dtype=object).astype(str))
        np.testing.assert_array_equal(data.artists, table["artist"].to_numpy(dtype=object).astype(str))
    datasets.write_table(data, tmp_path / "again.parquet")
    assert datasets.load_dataset(str(tmp_path / "again.parquet")).features == features


def test_the_bundled_table_is_gtzan_mini(bundled: Dataset) -> None:
    assert bundled.name == "bundled"
    assert bundled.n_tracks == 100
    assert bundled.values.shape == (997, 58)  # three tracks are shorter than ten segments
    assert (bundled.values[:, 0] == SEGMENT_SAMPLES).all()
    assert set(pd.Series(bundled.track).groupby(bundled.genre).nunique()) == {10}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: t.drop(columns=["tempo", "mfcc3_var"]), "tempo, mfcc3_var missing"),
        (lambda t: t.assign(bass=1.0, drum=2.0), "bass, drum unknown"),
        (lambda t: t.rename(columns={"tempo": "speed"}), "tempo missing; speed unknown"),
        (lambda t: t.assign(tempo=np.nan), "12 rows, in the columns tempo"),
        (lambda t: t.assign(rms_mean=np.inf), "rms_mean"),
        (lambda t: t.assign(rms_mean=1e300), "rms_mean"),
        (lambda t: t.assign(rms_mean="loud"), "not numbers in rms_mean"),
        (lambda t: t.assign(label="blues"), "only the genre 'blues'"),
        (lambda t: t.assign(label=[None, *t["label"][1:]]), "1 rows without a filename or a label"),
        (lambda t: t.assign(filename="blues"), "no segment number"),
        (lambda t: t.iloc[:0], "no rows"),
    ],
)
def test_a_spoiled_table_gets_a_message_that_names_the_fault(
    spoil: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        read(spoil(kaggle_table()))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00garbage\x00", b"PAR1 but not really", b'"open quote\n1,2'])
def test_a_file_that_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(DatasetError):
        datasets.read_table(content, "upload.csv")


def test_a_foreign_parquet_table_is_refused() -> None:
    buffer = io.BytesIO()
    kaggle_table().to_parquet(buffer)
    with pytest.raises(DatasetError, match="not written by Genre Lab"):
        datasets.read_table(buffer.getvalue(), "foreign.parquet")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: t.replace_schema_metadata({b"genre_lab": b"\xff"}), "not written by Genre Lab"),
        (
            lambda t: t.replace_schema_metadata({b"genre_lab": b"features=paper version=1 segment_samples=0"}),
            "not written",
        ),
        (lambda t: t.replace_schema_metadata({b"genre_lab": b"features=tea version=1 segment_samples=9999"}), "tea"),
        (lambda t: t.set_column(0, "genre", pa.array([None, *t["genre"].to_pylist()[1:]])), "1 rows without a genre"),
        (lambda t: pa.concat_tables([t] * 1100), "the limit is 1000000 rows"),
    ],
)
def test_a_spoiled_parquet_table_gets_a_message(
    spoil: Callable[[pa.Table], pa.Table], message: str, bundled: Dataset, tmp_path: Path
) -> None:
    datasets.write_table(bundled, tmp_path / "table.parquet")
    pq.write_table(spoil(pq.read_table(tmp_path / "table.parquet")), tmp_path / "spoiled.parquet")
    with pytest.raises(DatasetError, match=message):
        datasets.load_dataset(str(tmp_path / "spoiled.parquet"))


def test_a_table_of_another_version_is_refused(
    bundled: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets.write_table(bundled, tmp_path / "old.parquet")
    newer = replace(features.FEATURE_SETS["paper"], version=paper.VERSION + 1)
    monkeypatch.setitem(features.FEATURE_SETS, "paper", newer)
    with pytest.raises(DatasetError, match="Extract them again"):
        datasets.load_dataset(str(tmp_path / "old.parquet"))


@pytest.mark.parametrize("source", ["nowhere", "README.md", "~nobody_here/x", "x" * 300, "a\0b"])
def test_a_source_that_is_no_dataset_is_refused(source: str) -> None:
    with pytest.raises(GenreLabError):
        datasets.load_dataset(source)
