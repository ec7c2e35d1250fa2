"""Stored datasets: what was uploaded is found again, shared, renamed and deleted, and no name becomes a path."""

from pathlib import Path

import numpy as np
import pytest

from genre_core import datasets
from genre_core.datasets import Dataset, stored
from genre_core.errors import DatasetError, StorageError
from tests.feature_table import make_dataset

ANN, BEN = "a" * 32, "b" * 32


@pytest.fixture
def table(tmp_path: Path, rng: np.random.Generator) -> bytes:
    return table_of(make_dataset(rng.normal(size=(8, 2)), ["blues"] * 4 + ["rock"] * 4), tmp_path)


def table_of(dataset: Dataset, folder: Path) -> bytes:
    datasets.write_table(dataset, folder / "table.parquet")
    return (folder / "table.parquet").read_bytes()


def added(content: bytes, file_name: str, owner: str = "") -> str:
    """Store a dataset; returns its name."""
    before = {facts.name for facts in stored.list_datasets()}
    stored.add_dataset(content, file_name, owner)
    (name,) = {facts.name for facts in stored.list_datasets()} - before
    return name


def test_an_added_dataset_is_listed_and_opened_as_it_was(table: bytes) -> None:
    dataset = stored.add_dataset(table, "mine.parquet", owner=ANN)
    (facts,) = stored.list_datasets()
    assert facts == stored.dataset_facts(facts.name)
    assert (facts.title, facts.owner, facts.shared, facts.n_bytes) == ("mine.parquet", ANN, False, len(table))
    opened = stored.open_dataset(facts.name)
    assert opened.name == dataset.name == "mine.parquet"
    assert opened.fingerprint == dataset.fingerprint
    np.testing.assert_array_equal(opened.values, dataset.values)


def test_a_file_is_stored_as_it_came(table: bytes, home: Path) -> None:
    name = added(table, "mine.parquet")
    assert (home / "datasets" / name / "content").read_bytes() == table


def test_the_same_file_is_stored_once_for_each_owner(table: bytes) -> None:
    first, again, _ = (stored.add_dataset(table, "mine.parquet", owner=owner) for owner in (ANN, ANN, BEN))
    assert again.fingerprint == first.fingerprint
    assert sorted(facts.owner for facts in stored.list_datasets()) == [ANN, BEN]


def test_a_file_that_cannot_be_used_is_not_stored(home: Path) -> None:
    with pytest.raises(DatasetError, match=r"mine\.csv"):
        stored.add_dataset(b"a,b\n1,2\n", "mine.csv")
    assert not (home / "datasets").exists()


def test_title_and_sharing_can_be_changed(table: bytes) -> None:
    name = added(table, "mine.parquet", owner=ANN)
    stored.rename_dataset(name, " My music ")
    stored.share_dataset(name, True)
    facts = stored.dataset_facts(name)
    assert (facts.title, facts.owner, facts.shared) == ("My music", ANN, True)
    assert stored.open_dataset(name).name == "My music"
    stored.share_dataset(name, False)
    assert not stored.dataset_facts(name).shared


@pytest.mark.parametrize("title", ["", "  ", "x" * 101, "bundled"])
def test_a_title_that_is_none_is_refused(table: bytes, title: str) -> None:
    name = added(table, "mine.parquet")
    with pytest.raises(DatasetError, match="is no title for a dataset"):
        stored.rename_dataset(name, title)
    assert stored.dataset_facts(name).title == "mine.parquet"


def test_a_deleted_dataset_is_gone(table: bytes, home: Path) -> None:
    name, kept = (added(table, f"{name}.parquet") for name in ("mine", "kept"))
    stored.delete_dataset(name)
    assert [facts.name for facts in stored.list_datasets()] == [kept]
    for use in (stored.open_dataset, stored.delete_dataset, stored.dataset_facts):
        with pytest.raises(DatasetError, match="There is no dataset"):
            use(name)


@pytest.mark.parametrize("name", ["", ".", "..", "../runs", "/etc", "dataset-", "dataset-../../../etc/pass", "bundled"])
def test_a_name_is_no_path(table: bytes, home: Path, name: str) -> None:
    stored.add_dataset(table, "mine.parquet")
    (home / "runs").mkdir()
    for use in (stored.open_dataset, stored.delete_dataset, stored.dataset_facts):
        with pytest.raises(DatasetError, match="There is no dataset"):
            use(name)
    with pytest.raises(DatasetError):
        stored.share_dataset(name, True)
    assert (home / "runs").is_dir() and len(stored.list_datasets()) == 1


@pytest.mark.parametrize("file_name", ["../../evil.parquet", "a\0b.parquet", "\ud800.parquet", "ä" * 300 + ".parquet"])
def test_a_file_name_is_no_path(table: bytes, home: Path, file_name: str) -> None:
    facts = stored.dataset_facts(added(table, file_name))
    assert stored.list_datasets() == [facts]
    assert [path.name for path in home.iterdir()] == ["datasets"]
    assert sorted(path.name for path in (home / "datasets" / facts.name).iterdir()) == ["content", "dataset.json"]
    assert stored.open_dataset(facts.name).n_tracks == 8


def test_limits_of_number_and_bytes_are_one_sentence(table: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    stored.add_dataset(table, "first.parquet", owner=ANN)
    monkeypatch.setattr(stored, "most_upload_bytes", lambda owner: 2 * len(table) - 1)
    with pytest.raises(DatasetError, match=r"'second.parquet' was not stored: your datasets may have .* together"):
        stored.add_dataset(table, "second.parquet", owner=ANN)
    monkeypatch.setattr(stored, "most_upload_bytes", lambda owner: 2 * len(table))
    stored.add_dataset(table, "second.parquet", owner=ANN)
    monkeypatch.setattr(stored, "MOST_DATASETS", 2)
    with pytest.raises(DatasetError, match="at most 2 datasets are kept"):
        stored.add_dataset(table, "third.parquet", owner=ANN)
    stored.add_dataset(table, "theirs.parquet", owner=BEN)
    stored.add_dataset(table, "first.parquet", owner=ANN)  # it is there already


def test_a_damaged_dataset_is_not_listed_and_can_be_deleted(table: bytes, home: Path) -> None:
    name, whole = (added(table, f"{name}.parquet") for name in ("mine", "whole"))
    (home / "datasets" / name / "dataset.json").write_text("[", encoding="utf-8")
    assert [facts.name for facts in stored.list_datasets()] == [whole]
    with pytest.raises(DatasetError, match="damaged"):
        stored.open_dataset(name)
    stored.delete_dataset(name)
    assert not (home / "datasets" / name).exists()


def test_a_disk_that_cannot_be_written_to_is_one_sentence(table: bytes, home: Path) -> None:
    home.mkdir()
    (home / "datasets").write_text("a file")
    with pytest.raises(StorageError, match="Can't write"):
        stored.add_dataset(table, "mine.parquet")
