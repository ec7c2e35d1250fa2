"""Archives are opened only if what they unfold to is bounded."""

import gzip
import io
import os
import stat
import tarfile
import zipfile
from functools import partial
from pathlib import Path

import pytest

from genre_core import storage
from genre_core.reading import limits
from genre_core.reading.archives import check_model_archive, open_archive, read_files
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


def tar(*entries: tuple[str, bytes | None, bytes], headers: bytes = b"") -> bytes:
    """A .tar.gz archive of files and other entries: name, content (None: none) and type."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content, kind in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.size, entry.linkname = kind, len(content or b""), "elsewhere"
            archive.addfile(entry, io.BytesIO(content or b""))
    return gzip.compress(headers + buffer.getvalue())


def pax_header(size: int) -> bytes:
    """The header of a tar archive's entry that claims to be a list of settings of this size."""
    entry = tarfile.TarInfo("pax")
    entry.type, entry.size = tarfile.XHDTYPE, size
    return entry.tobuf()


def read_all(path: Path, most_bytes: int = 1_000_000) -> dict[str, bytes]:
    contents = {}
    for name, stream in read_files(path, most_bytes=most_bytes):
        contents[name] = b"".join(iter(partial(stream.read, 100_000), b""))
    return contents


FILES = {"a/b": b"x" * 200_000, "c": b""}


def test_files_are_read_from_both_kinds_of_archives(tmp_path: Path) -> None:
    zipped = archive(tmp_path / "a.zip", zipfile.ZIP_DEFLATED, **FILES)
    with zipfile.ZipFile(zipped, "a") as file:
        file.mkdir("folder")
    assert read_all(zipped) == FILES
    (tmp_path / "a.tar.gz").write_bytes(
        tar(*((name, content, tarfile.REGTYPE) for name, content in FILES.items()), ("folder", None, tarfile.DIRTYPE))
    )
    assert read_all(tmp_path / "a.tar.gz") == FILES


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, b"S"])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(tar(("a", None, kind)))
    with pytest.raises(ValueError, match="it holds a link or a device"):
        read_all(path)


def test_a_link_in_a_zip_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    entry = zipfile.ZipInfo("a")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(entry, "/etc/passwd")
    with pytest.raises(ValueError, match="it holds a link"):
        read_all(path)


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/passwd", "..\\a", "C:\\a", "C:a", "\\\\server\\a"])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").write_bytes(tar((name, b"x", tarfile.REGTYPE)))
    for path in (tmp_path / "a", archive(tmp_path / "a.zip", zipfile.ZIP_DEFLATED, **{name: b"x"})):
        with pytest.raises(ValueError, match="a name in it leads out of the folder"):
            read_all(path)


def test_a_tar_archive_that_unfolds_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(tar(("a", bytes(3_000_000), tarfile.REGTYPE)))
    assert len(read_all(path, 4_000_000)["a"]) == 3_000_000
    with pytest.raises(ValueError, match="it unpacks to more than 1 MB"):
        read_all(path)
    with pytest.raises(ValueError, match="it unpacks to more than 1 MB"):
        list(read_files(path, most_bytes=1_000_000))  # without reading the content


def test_a_tar_archive_with_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ARCHIVE_FILES", 2)
    path = tmp_path / "a"
    path.write_bytes(tar(*((str(number), b"", tarfile.REGTYPE) for number in range(3))))
    with pytest.raises(ValueError, match="it has more than 2 files"):
        read_all(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(pax_header(8_000_000_000)), "a header in it is too large"),
        (gzip.compress(pax_header(1) * 3000), "it is damaged"),
        (gzip.compress(b"no archive" * 100), "it is damaged"),
        (tar(("a", b"x" * 5000, tarfile.REGTYPE))[:-20], "it is damaged"),
        (tar(("a", os.urandom(5000), tarfile.REGTYPE))[:3000], "it is damaged"),
        (b"\x1f\x8b", "it is damaged"),
        (b"PK", "it is no ZIP archive, or damaged"),
        (b"", "it is no ZIP or .tar.gz archive"),
        (b"RIFF", "it is no ZIP or .tar.gz archive"),
    ],
    ids=(
        "large header",
        "many headers",
        "no tar",
        "cut",
        "cut, random",
        "begin of gzip",
        "begin of ZIP",
        "empty",
        "WAV",
    ),
)
def test_damaged_archives_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_all(path)


def test_a_damaged_file_in_a_zip_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", zipfile.ZIP_STORED, a=b"x" * 5000)
    path.write_bytes(path.read_bytes().replace(b"x" * 5000, b"y" * 5000))
    with pytest.raises(ValueError, match="it is damaged"):
        read_all(path)
