"""Archives are opened only if what they unfold to is bounded."""

import zipfile
from pathlib import Path

import pytest

from genre_core import storage
from genre_core.reading import limits
from genre_core.reading.archives import check_model_archive, open_archive
from tests.hostile_files import hostile_models


def archive(path: Path, method: int = zipfile.ZIP_DEFLATED, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return path


def test_an_archive_is_read_as_zipfile_reads_it(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", a=b"x" * 10_000_000, b=b"y")
    for source in (path, path.read_bytes()):
        with open_archive(source) as file:
            assert file.namelist() == ["a", "b"]
            assert file.read("a") == b"x" * 10_000_000
            assert file.read("b") == b"y"


def test_an_archive_that_unfolds_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "a.zip", a=b"x" * 600, b=b"y" * 600)
    with pytest.raises(ValueError, match=r"it unpacks to more than 0\.001 MB"):
        open_archive(path, 1000)
    open_archive(path, 1200).close()
    monkeypatch.setattr(limits, "MOST_ARCHIVE_FILES", 1)
    with pytest.raises(ValueError, match="more than 1 files"):
        open_archive(path)


def test_a_file_unfolds_to_no_more_than_the_list_says(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", a=b"x" * 100_000)
    lying = path.read_bytes().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with open_archive(lying, 1000) as file, pytest.raises(zipfile.BadZipFile):
        file.read("a")


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 1000])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="it is no ZIP archive, or damaged"):
        open_archive(content)


def test_other_methods_of_compression_are_refused(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        with pytest.raises(ValueError, match="another method than deflate"):
            open_archive(archive(tmp_path / "a.zip", method, a=b"x"))


def test_models_that_ship_are_within_the_limits() -> None:
    models = sorted(storage.bundled_runs_dir().glob("*/model.skops"))
    assert models
    for model in models:
        check_model_archive(model)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("names-an-array-often", "it unpacks to more than 300 MB"),
        ("document", "its document is larger than 8 MB"),
        ("deep", "no archive of a model"),
        ("no-document", "no archive of a model"),
    ],
)
def test_a_model_that_unfolds_to_too_much_is_refused(name: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    path.write_bytes(hostile_models()[name]())
    with pytest.raises(ValueError, match=message):
        check_model_archive(path)
