"""Small files that unfold to gigabytes or hours are refused or used within bounds of memory."""

import sys
from pathlib import Path

import pytest

from genre_core.reading import limits
from tests import hostile_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in /proc")

MOST_MB = 1500
COLLECTIONS = {
    "tables": hostile_files.hostile_tables(),
    "pictures": hostile_files.hostile_pictures(),
    "audio": hostile_files.hostile_audio(),
    "models": {f"{name}.skops": make for name, make in hostile_files.hostile_models().items()},
}
SLOW = (
    *("one-page.parquet", "accepted-large-pages.parquet", "long-name.parquet", "many-columns.parquet"),
    *("many-groups.parquet", "silent.opus", "silent-channels.flac", "unfolds.skops", "other.npz", "long-names.npz"),
)
"""To make; they are left to `make soak`, and what they are about is tested by others too."""


def written(collection: str, folder: Path, names: list[str]) -> list[Path]:
    paths = []
    for name in names:
        paths.append(folder / name)
        paths[-1].write_bytes(COLLECTIONS[collection][name]())
    return paths


def check(collection: str, folder: Path, names: list[str]) -> None:
    for reading in hostile_files.measured(written(collection, folder, names)):
        print(f"{reading.name:32} {reading.peak_mb:5.0f} MB  {reading.error or 'used'}")
        assert reading.is_sentence, reading
        assert reading.peak_mb < MOST_MB, reading
        assert len(reading.error) < 800
        assert not reading.error or reading.error.endswith("."), reading
        assert not reading.error or not reading.name.startswith("accepted"), reading
        assert reading.error or reading.name.startswith(("accepted", "tone")), reading


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_hostile_files_take_little_memory(collection: str, tmp_path: Path) -> None:
    check(collection, tmp_path, [name for name in COLLECTIONS[collection] if name not in SLOW])


@pytest.mark.soak
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_hostile_files_that_are_slow_to_make_take_little_memory(collection: str, tmp_path: Path) -> None:
    check(collection, tmp_path, [name for name in COLLECTIONS[collection] if name in SLOW])


def test_an_upload_may_be_as_large_as_content_in_memory() -> None:
    config = (hostile_files.PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert f"maxUploadSize = {limits.MOST_CONTENT_BYTES // 1_000_000}\n" in config
