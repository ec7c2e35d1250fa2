"""Gathered datasets: created, named, shared, opened to the class by a code, and deleted; damaged ones harm no other."""

import stat
from pathlib import Path

import pytest

from genre_core.datasets.gathered import store
from genre_core.errors import ConfigError, DatasetError
from genre_core.visitors import OPERATOR, Visitor
from tests.gathered_songs import ANN, BEN, gathered


def test_datasets_are_listed_changed_and_deleted() -> None:
    first = store.create_dataset(" Our \n music ", ["rock", "jazz"], ANN)
    assert (first.title, first.genres, first.owner) == ("Our music", ("rock", "jazz"), ANN)
    second = store.create_dataset("Other", (), "")
    store.rename_dataset(first.name, "New")
    store.share_dataset(first.name, True)
    store.add_genre(first.name, "pop")
    changed = store.dataset_facts(first.name)
    assert (changed.title, changed.shared, changed.genres) == ("New", True, ("rock", "jazz", "pop"))
    assert {facts.name for facts in store.list_datasets()} == {first.name, second.name}
    assert store.owners() == {first.name: ANN, second.name: ""}
    store.delete_dataset(first.name)
    assert store.list_datasets() == [second]
    for name in (first.name, "gathered-../..", ""):
        with pytest.raises(DatasetError, match="no dataset"):
            store.dataset_facts(name)


def test_no_other_account_of_the_computer_lists_the_datasets(home: Path) -> None:
    (home / "gathered").mkdir(parents=True)  # by hand, or an earlier version
    store.create_dataset("Ours", ["rock"], ANN)
    assert stat.S_IMODE((home / "gathered").stat().st_mode) == 0o700


@pytest.mark.parametrize("genre", ["", " ", "a/b", "x" * 41, "Rock"])
def test_genres_that_cant_be_used_are_refused(genre: str) -> None:
    facts = store.create_dataset("Ours", ["rock"])
    with pytest.raises(DatasetError):
        store.add_genre(facts.name, genre)
    assert store.dataset_facts(facts.name) == facts


def test_titles_genres_and_datasets_are_limited() -> None:
    for title in ("", "\n", "x" * 101):
        with pytest.raises(DatasetError, match="no title"):
            store.create_dataset(title)
    with pytest.raises(DatasetError, match="at most 20 genres"):
        store.create_dataset("Ours", [f"g{i}" for i in range(21)])
    for _ in range(20):
        store.create_dataset("Ours", (), ANN)
    with pytest.raises(DatasetError, match="At most 20"):
        store.create_dataset("Ours", (), ANN)
    store.create_dataset("Ours", (), BEN)


def test_who_knows_the_code_may_add_songs_until_it_is_closed() -> None:
    facts = store.create_dataset("Ours", ["rock"], ANN)
    assert store.may_add(facts, Visitor(ANN)) and store.may_add(facts, OPERATOR)
    assert not store.may_add(facts, Visitor(BEN)) and not store.may_add(facts, Visitor(BEN), "")
    code = store.open_to_class(facts.name)
    assert store.open_to_class(facts.name) == code
    opened = store.with_code(f" {code[:3].lower()}-{code[3:]}")
    assert opened.name == facts.name
    assert store.may_add(opened, Visitor(BEN), code) and not store.may_add(opened, Visitor(BEN), "AAAAAA")
    store.close(facts.name)
    with pytest.raises(ConfigError, match="No dataset has the code"):
        store.with_code(code)
    assert not store.may_add(store.dataset_facts(facts.name), Visitor(BEN), code)
    with pytest.raises(ConfigError, match="No dataset has the code"):
        store.with_code("")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "x"}', '{"title": "", "genres": []}', "\0" * 100])
def test_a_damaged_dataset_is_in_no_list_and_can_be_deleted(home: Path, text: str) -> None:
    damaged, whole = gathered({"rock": 1}), store.create_dataset("Whole", (), BEN)
    (home / "gathered" / damaged.name / "dataset.json").write_text(text)
    assert store.list_datasets() == [whole]
    assert store.owners() == {damaged.name: None, whole.name: BEN}
    with pytest.raises(DatasetError, match="Delete the dataset"):
        store.dataset_facts(damaged.name)
    store.delete_dataset(damaged.name)
    assert store.owners() == {whole.name: BEN}
