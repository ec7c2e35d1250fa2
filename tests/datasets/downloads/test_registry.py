"""The contract of every dataset that can be downloaded."""

import re
from pathlib import Path

import pytest

from genre_core.datasets import downloads, gtzan
from genre_core.datasets.downloads import DATASETS, Downloadable
from genre_core.errors import DatasetError
from genre_core.reading import limits


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=list(DATASETS))
def test_a_dataset_is_declared_in_full(dataset: Downloadable) -> None:
    assert DATASETS[dataset.name] is dataset
    assert all(re.fullmatch(r"https?://\S+", url) for url in (*dataset.sources, dataset.page))
    assert dataset.license.endswith(".") and dataset.citation.endswith(".")
    assert len(dataset.genres) == 10 and len(dataset.tracks) % 100 == 0
    assert set(dataset.tracks) <= set(gtzan.all_tracks())
    assert set(dataset.faults) <= set(dataset.tracks)
    is_whole = re.fullmatch("[0-9a-f]{32}", dataset.archive_md5)
    assert is_whole or all(re.fullmatch("[0-9a-f]{64}", digest) for digest in dataset.tracks.values())
    assert dataset.archive_bytes < limits.MOST_FILE_BYTES
    # 30 s at 22 050 Hz, 16 bits
    assert dataset.unpacked_bytes == pytest.approx(len(dataset.tracks) * 30 * 44_100, rel=0.01)


def test_the_checksums_are_those_of_the_files(gtzan_mini: Path, tmp_path: Path) -> None:
    dataset = DATASETS["gtzan-mini"]
    files = {f"{path.parent.name}/{path.stem}" for path in gtzan_mini.glob("*/*.wav")}
    assert files == set(dataset.tracks)


def test_datasets_are_found_by_name_and_by_track() -> None:
    assert downloads.find_dataset("gtzan").title == "GTZAN"
    with pytest.raises(DatasetError, match=r"no dataset 'gtzna' to download; choose from gtzan-mini, gtzan\."):
        downloads.find_dataset("gtzna")
    assert [dataset.name for dataset in downloads.with_track("blues/blues.00000")] == ["gtzan-mini", "gtzan"]
    assert [dataset.name for dataset in downloads.with_track("jazz/jazz.00054")] == ["gtzan"]
    assert downloads.with_track("mine/song") == []
