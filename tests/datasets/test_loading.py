"""Datasets from the bundle, from tables with optional columns, and from files of pictures."""

import io
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genre_core import audio, datasets
from genre_core.datasets import Dataset
from genre_core.errors import ConfigError, DatasetError
from genre_core.features import FEATURE_SETS, mel, scalogram, wide_mel


@pytest.mark.parametrize("features", datasets.BUNDLED_FEATURES)
def test_the_bundled_dataset_can_be_loaded_in_each_feature_set(features: str, bundled: Dataset) -> None:
    data = datasets.load_dataset("bundled", features=features)
    assert data.features == features
    assert data.values.shape == (997, *FEATURE_SETS[features].shape)
    for name in ("genre", "track", "start_s"):
        np.testing.assert_array_equal(getattr(data, name), getattr(bundled, name))


def test_two_kinds_of_pictures_become_two_channels() -> None:
    both = datasets.load_dataset("bundled", features="mel+scalogram").values
    for channel, features in enumerate(("mel", "scalogram")):
        np.testing.assert_array_equal(
            both[..., channel], datasets.load_dataset("bundled", features=features).values[..., 0]
        )


@pytest.mark.parametrize(("features", "module"), [("mel", mel), ("scalogram", scalogram)])
def test_the_bundled_pictures_are_those_of_the_audio(
    features: str, module: ModuleType, gtzan_mini: Path, bundled: Dataset
) -> None:
    pictures = datasets.load_dataset("bundled", features=features)
    for track in np.unique(bundled.track)[::25]:
        clip = audio.load_audio(gtzan_mini / f"{track}.wav", rate=module.RATE)
        ours = FEATURE_SETS[features].extract_segments(clip.samples).astype(int)
        assert np.abs(ours - pictures.values[pictures.track == track]).mean() < 0.5


def test_pictures_go_to_a_table_and_back(tmp_path: Path, demo_folder: Path) -> None:
    data = datasets.read_folder(demo_folder, features="mel", jobs=1)
    datasets.write_table(data, tmp_path / "mel.parquet")
    back = datasets.load_dataset(str(tmp_path / "mel.parquet"))
    assert back.features == "mel"
    np.testing.assert_array_equal(back.values, data.values)
    with pytest.raises(DatasetError, match="holds the feature set 'mel'; 'paper' can only be extracted"):
        datasets.load_dataset(str(tmp_path / "mel.parquet"), features="paper")


def test_unavailable_features_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no feature set 'tea'"):
        datasets.load_dataset("bundled", features="tea")
    with pytest.raises(DatasetError, match="bundled dataset has no features 'wide-mel'"):
        datasets.load_dataset("bundled", features="wide-mel")


# --- optional columns of a table ------------------------------------------------------------------------------------


def test_a_table_keeps_its_artists_and_its_split(tmp_path: Path, bundled: Dataset) -> None:
    subset = np.where(np.arange(997) % 2, "train", "test")
    named = replace(bundled, artist=bundled.track, subset=subset)
    datasets.write_table(named, tmp_path / "named.parquet")
    back = datasets.load_dataset(str(tmp_path / "named.parquet"))
    np.testing.assert_array_equal(back.artists, bundled.track)
    np.testing.assert_array_equal(back.subset, subset)


def test_a_split_column_with_other_values_is_refused(tmp_path: Path, bundled: Dataset) -> None:
    datasets.write_table(replace(bundled, subset=np.full(997, "exam")), tmp_path / "odd.parquet")
    with pytest.raises(DatasetError, match="only train, valid and test, not exam"):
        datasets.load_dataset(str(tmp_path / "odd.parquet"))


# --- files of pictures ----------------------------------------------------------------------------------------------


def written(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def claiming(shape: tuple[int, ...]) -> bytes:
    """A file whose array X declares a shape, and has no content."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("X.npy", header.getvalue())
    return file.getvalue()


SONGS = np.random.default_rng(0).integers(0, 255, (2, wide_mel.BANDS, wide_mel.TRACK_COLUMNS), dtype=np.uint8)
NAMES = np.array(["blues.00000", "jazz.00001"])


def test_a_file_of_pictures_has_ten_segments_per_track() -> None:
    data = datasets.read_dataset(written(X=SONGS, names=NAMES), "pictures.npz")
    assert data.features == "wide-mel"
    assert data.values.shape == (20, *wide_mel.SHAPE)
    assert data.genres == ("blues", "jazz")
    assert list(data.track[[0, 19]]) == ["blues/blues.00000", "jazz/jazz.00001"]
    np.testing.assert_array_equal(data.values[0, ..., 0], SONGS[0, :, : wide_mel.WINDOW])
    np.testing.assert_array_equal(data.values[19, ..., 0], SONGS[1, :, -wide_mel.WINDOW :])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no pictures",
        written(X=SONGS),
        written(X=SONGS[:, :, :100], names=NAMES),
        written(X=SONGS.astype(float), names=NAMES),
        written(X=SONGS, names=NAMES[:1]),
        written(X=np.array([{}], dtype=object), names=NAMES),
        written(X=SONGS, names=NAMES[:, None]),
        written(X=SONGS, names=np.array("blues.00000")),
        written(X=SONGS[:0], names=NAMES[:0]),
        claiming((2**40, 128, 387)),
        written(X=SONGS, names=NAMES)[:20_000],
    ],
    ids=[
        *("empty", "text", "nameless", "short", "floats", "one name", "pickle"),
        *("list of names in a table", "a name alone", "no songs", "more than memory holds", "cut short"),
    ],
)
def test_a_file_with_other_content_is_refused(content: bytes) -> None:
    with pytest.raises(DatasetError, match=r"pictures\.npz"):
        datasets.read_dataset(content, "pictures.npz")


def test_a_small_file_that_unpacks_to_gigabytes_is_refused(bundled: Dataset) -> None:
    file = io.BytesIO()
    np.savez_compressed(file, X=np.zeros((5000, 128, 387), np.uint8), names=np.repeat(NAMES, 2500))
    with pytest.raises(DatasetError, match=r"since it takes more than 600 MB of memory"):
        datasets.read_dataset(file.getvalue(), "bomb.npz")
    mel_data = datasets.load_dataset("bundled", features="mel")
    same = pa.array([mel_data.values[0].tobytes()] * 50_001)
    columns = {name: np.repeat(getattr(bundled, name)[:1], 50_001) for name in ("genre", "track", "start_s")}
    table = io.BytesIO()
    written_by_us = {b"genre_lab": f"features=mel version={FEATURE_SETS['mel'].version} segment_samples=66149"}
    pq.write_table(pa.table({**columns, "picture": same}).replace_schema_metadata(written_by_us), table)
    assert len(table.getvalue()) < 1_000_000
    with pytest.raises(DatasetError, match="the limit is 50000 rows"):
        datasets.read_dataset(table.getvalue(), "bomb.parquet")


def test_a_dataset_is_sent_to_a_worker_while_another_thread_caches_something_on_it(bundled: Dataset) -> None:
    dataset = replace(bundled)
    state = dataset.__getstate__()  # what pickle goes through while it writes
    assert dataset.fingerprint and "fingerprint" not in state
    assert pickle.loads(pickle.dumps(dataset)).fingerprint == dataset.fingerprint
