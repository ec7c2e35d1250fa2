"""The end of a class: all work of the visitors in one ZIP file, and its deletion; the operator's work stays."""

import zipfile
from pathlib import Path

import pytest

from genre_core import runs, storage
from genre_core.classroom import closing, uploads
from genre_core.datasets import stored
from genre_core.datasets.gathered import incoming, songs, store
from genre_core.errors import ConfigError
from genre_core.visitors import Visitors
from tests.compare_page import add_run
from tests.gathered_songs import gathered, song


def a_class(home: Path) -> tuple[str, str]:
    """Two visitors with a run and a song each; and a run and a song of the operator."""
    visitors = Visitors()
    one, two = (visitors.meet(visitors.new_id()).id for _ in range(2))
    for owner, name in ((one, "first"), (two, "second"), ("", "of-operator")):
        add_run(home, name, owner=owner)
        uploads.add(owner, "../../song.wav", name.encode())
    return one, two


def test_the_zip_holds_all_work_of_the_visitors_and_none_of_the_operator(home: Path, tmp_path: Path) -> None:
    a_class(home)
    closing.pack_class(tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        songs = {archive.read(name) for name in names if name.endswith("/content")}
    assert songs == {b"first", b"second"}
    packed = {name.split("/")[2] for name in names if "/runs/" in name}
    assert packed == {"first", "second"}
    assert {name.split("/")[0] for name in names} == {"visitor-1", "visitor-2", "visitors.json"}
    assert not any(".." in name or name.startswith("/") for name in names)


def test_gathered_datasets_are_packed_as_genre_folders_and_deleted(home: Path, tmp_path: Path) -> None:
    one, two = a_class(home)
    theirs, others = gathered({"rock": 2, "jazz": 1}, owner=two), gathered({"pop": 1}, owner="")
    songs.add_song(others.name, "pop", "of one.wav", song(999), by=one)
    incoming.begin(one, theirs.name, "rock", "unfinished.wav", 9, "")
    incoming.begin("", others.name, "pop", "unfinished.wav", 9, "")
    damaged = home / "gathered" / "gathered-0123456789abcdef"
    damaged.mkdir()
    packed = closing.pack_class(tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        (place,) = {name.split("/datasets/")[0] for name in archive.namelist() if theirs.name in name}
        names = {name.partition(f"{theirs.name}/")[2] for name in archive.namelist() if theirs.name in name}
        assert not any(others.name in name for name in archive.namelist())
    assert place.startswith("visitor-")
    assert names == {"songs.csv", "rock/rock 0/0.wav", "rock/rock 1/1.wav", "jazz/jazz 0/0.wav"}
    closing.delete_class(packed)
    assert [facts.name for facts in store.list_datasets()] == [others.name]
    assert len(songs.list_songs(others.name)) == 2
    assert incoming.folders_of_visitors() == {} and not damaged.exists()


def test_no_code_of_a_visitor_is_in_the_zip(home: Path, tmp_path: Path) -> None:
    a_class(home)
    codes = [visitor.code for visitor in Visitors().all()]
    closing.pack_class(tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        facts = archive.read("visitors.json").decode()
    assert len(codes) == 2 and not any(code in facts for code in codes)


def test_the_class_is_deleted_and_the_operators_work_stays(home: Path, tmp_path: Path) -> None:
    one, _ = a_class(home)
    packed = closing.pack_class(tmp_path / "class.zip")
    closing.delete_class(packed)
    assert [info.name for info in runs.list_runs() if not runs.is_bundled(info)] == ["of-operator"]
    assert uploads.list_uploads(one) == [] and len(uploads.list_uploads("")) == 1
    assert stored.list_datasets() == [] and Visitors().all() == []
    assert closing.class_work() == {}
    left = [path for path in storage.home().rglob("*") if one in str(path)]
    assert left == []


def test_a_class_without_work_is_an_empty_zip(tmp_path: Path) -> None:
    packed = closing.pack_class(tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        assert archive.namelist() == ["visitors.json"]
    closing.delete_class(packed)


def test_what_was_made_after_the_zip_is_not_deleted(home: Path, tmp_path: Path) -> None:
    one, _ = a_class(home)
    packed = closing.pack_class(tmp_path / "class.zip")
    add_run(home, "late", owner=one)
    with pytest.raises(ConfigError, match="made more since"):
        closing.delete_class(packed)
    assert {"first", "second", "late"} <= {info.name for info in runs.list_runs()}


def test_what_is_damaged_and_what_nobody_owns_any_more_is_packed_and_deleted(home: Path, tmp_path: Path) -> None:
    one, _ = a_class(home)
    (home / "visitors" / f"{one}.json").write_text("{", encoding="utf-8")
    damaged = stored.dataset_folder("dataset-0123456789abcdef")
    damaged.mkdir(parents=True)
    (damaged / "content").write_bytes(b"x")
    packed = closing.pack_class(tmp_path / "class.zip")
    assert {name.split("/")[0] for name in packed} == {"visitor-1", "others"}
    closing.delete_class(packed)
    assert not damaged.exists() and not list((home / "uploads").glob("[!o]*"))


def test_the_zip_is_for_the_operators_account_alone_and_has_no_secret_test_set(home: Path, tmp_path: Path) -> None:
    folder = home / "challenges" / "ACDEFG"
    folder.mkdir(parents=True)
    for name in ("test_set.npz", "challenge.json"):
        (folder / name).write_bytes(b"x")
    closing.pack_class(tmp_path / "class.zip")
    assert (tmp_path / "class.zip").stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        assert set(archive.namelist()) == {"challenges/ACDEFG/challenge.json", "visitors.json"}
        (folder / "results.json").write_text("{}", encoding="utf-8")
    closing.pack_class(tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        assert "challenges/ACDEFG/test_set.npz" in archive.namelist()


def test_a_song_that_is_removed_while_the_zip_is_made_is_left_out(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_class(home)
    files = closing._files
    monkeypatch.setattr(closing, "_files", lambda folder: [*files(folder), folder / "removed"])
    closing.pack_class(tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        assert not any(name.endswith("removed") for name in archive.namelist())
