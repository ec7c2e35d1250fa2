"""The end of a class: all work of the visitors in one ZIP file, and its deletion; the operator's work stays."""

import zipfile
from pathlib import Path

from genre_core import runs, storage
from genre_core.classroom import closing, uploads
from genre_core.datasets import stored
from genre_core.visitors import Visitors
from tests.compare_page import add_run


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


def test_no_code_of_a_visitor_is_in_the_zip(home: Path, tmp_path: Path) -> None:
    a_class(home)
    codes = [visitor.code for visitor in Visitors().all()]
    closing.pack_class(tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        facts = archive.read("visitors.json").decode()
    assert len(codes) == 2 and not any(code in facts for code in codes)


def test_the_class_is_deleted_and_the_operators_work_stays(home: Path) -> None:
    one, _ = a_class(home)
    closing.delete_class()
    assert [info.name for info in runs.list_runs() if not runs.is_bundled(info)] == ["of-operator"]
    assert uploads.list_uploads(one) == [] and len(uploads.list_uploads("")) == 1
    assert stored.list_datasets() == [] and Visitors().all() == []
    assert closing.class_work().folders == {}
    left = [path for path in storage.home().rglob("*") if one in str(path)]
    assert left == []


def test_a_class_without_work_is_an_empty_zip(tmp_path: Path) -> None:
    closing.pack_class(tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        assert archive.namelist() == ["visitors.json"]
    closing.delete_class()
