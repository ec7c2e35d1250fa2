"""A dataset is downloaded as a whole or not at all, and found by what plays tracks."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from genre_core import datasets, load_dataset, storage
from genre_core.datasets import downloads
from genre_core.datasets.downloads import downloading, folder_of, state_of
from genre_core.errors import DatasetError, DownloadError, StorageError
from tests.download_server import Server, dataset_of, running, tarred, zipped

TRACK = "metal/metal.00001"


@pytest.fixture
def server(demo_folder: Path) -> Iterator[Server]:
    with running() as server:
        server.content = zipped(demo_folder)
        yield server


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.wav")}


def test_a_dataset_is_downloaded_and_found(server: Server, demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo = dataset_of(demo_folder, [server.url])
    monkeypatch.setitem(downloads.DATASETS, "demo", demo)
    assert state_of(demo) == "absent"
    with pytest.raises(DatasetError, match=r"^demo is not downloaded yet; `genre-lab download demo` does that\.$"):
        load_dataset("demo")
    reports: list[tuple[int, int]] = []
    folder = downloads.download(demo, progress=lambda done, total: reports.append((done, total)))
    assert folder == folder_of(demo) and state_of(demo) == "downloaded"
    assert contents(folder) == contents(demo_folder)
    assert [path.name for path in folder.iterdir() if path.is_file()] == ["README.txt"]
    assert "A. Author, 2020." in (folder / "README.txt").read_text()
    assert datasets.audio_finder()(TRACK) == folder / f"{TRACK}.wav"
    assert not list(storage.downloads_dir().glob(".archives/*"))
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)
    assert reports[-1] == (len(server.content) + demo.unpacked_bytes,) * 2
    loaded = load_dataset("demo", features="mel", jobs=1)
    assert loaded.name == "demo" and loaded.n_tracks == len(demo.tracks) and not loaded.skipped
    downloads.download(demo)
    assert len(server.asked) == 1


def test_a_folder_of_that_name_is_still_a_folder(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    monkeypatch.chdir(demo_folder.parent)
    monkeypatch.setitem(downloads.DATASETS, demo_folder.name, dataset_of(demo_folder, [server.url]))
    assert load_dataset(demo_folder.name, features="mel", jobs=1).n_tracks == len(contents(demo_folder))


def test_an_archive_is_verified_as_a_whole(server: Server, demo_folder: Path) -> None:
    server.content = tarred(demo_folder)
    demo = dataset_of(demo_folder, [server.url], archive=server.content)
    assert contents(downloads.download(demo)) == contents(demo_folder)
    other = dataset_of(demo_folder, [server.url], archive=zipped(demo_folder), name="other")
    with pytest.raises(DownloadError, match="another checksum than that of The demo"):
        downloads.download(other)
    assert state_of(other) == "absent"


def test_a_dataset_with_other_bytes_is_not_there(server: Server, demo_folder: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    for name, content in contents(demo_folder).items():
        (changed / name).parent.mkdir(parents=True, exist_ok=True)
        (changed / name).write_bytes(content[:-1] + b"?" if name == f"{TRACK}.wav" else content)
    server.content = zipped(changed)
    demo = dataset_of(demo_folder, [server.url])
    with pytest.raises(DownloadError, match=f"{TRACK} has another content than in The demo") as raised:
        downloads.download(demo)
    assert str(raised.value).endswith(
        "fetch the archive from https://example.org/demo in another way and run `genre-lab download demo --from FILE`."
    )
    assert state_of(demo) == "absent" and datasets.audio_finder()(TRACK) is None
    assert [path.name for path in storage.downloads_dir().iterdir()] == [".archives"]


def test_the_next_address_is_tried(server: Server, demo_folder: Path) -> None:
    with running() as broken:
        broken.status = 404
        demo = dataset_of(demo_folder, [broken.url, server.url])
        assert contents(downloads.download(demo)) == contents(demo_folder)


def test_all_reasons_are_one_sentence(demo_folder: Path) -> None:
    with running() as first, running() as second:
        first.status, second.content_type = 404, "text/html"
        demo = dataset_of(demo_folder, [first.url, second.url])
        with pytest.raises(DownloadError) as raised:
            downloads.download(demo)
    assert str(raised.value).startswith(
        "The demo could not be downloaded (127.0.0.1 answered with the error 404; 127.0.0.1 sent a web page in place "
        "of the archive): try again later, or fetch"
    )
    assert "\n" not in str(raised.value)


def test_a_mirror_or_a_file_can_be_named(server: Server, demo_folder: Path, tmp_path: Path) -> None:
    demo = dataset_of(demo_folder, ["http://127.0.0.1:9/nowhere"])
    assert contents(downloads.download(demo, server.url)) == contents(demo_folder)
    file = tmp_path / "by hand.zip"
    file.write_bytes(server.content)
    other = dataset_of(demo_folder, [], name="other")
    assert contents(downloads.download(other, str(file))) == contents(demo_folder)
    assert file.exists()


def test_a_file_that_is_not_the_archive_is_one_sentence(demo_folder: Path, tmp_path: Path) -> None:
    demo = dataset_of(demo_folder, [])
    with pytest.raises(DownloadError, match=r"nothing\.zip is no file; name the archive of The demo"):
        downloads.download(demo, str(tmp_path / "nothing.zip"))
    file = tmp_path / "some.zip"
    file.write_bytes(zipped(demo_folder / "metal"))
    with pytest.raises(DownloadError, match=r"some\.zip can't be used: the archive lacks \d+ tracks: .*; https://"):
        downloads.download(demo, str(file))
    assert state_of(demo) == "absent" and file.exists()


def test_the_space_is_known_before(server: Server, demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo = dataset_of(demo_folder, [server.url])
    for free, enough in ((demo.needed_bytes - 1, False), (demo.needed_bytes, True)):
        monkeypatch.setattr(downloading.shutil, "disk_usage", lambda folder, free=free: SimpleNamespace(free=free))
        if enough:
            downloads.download(demo)
        else:
            with pytest.raises(StorageError, match=r"^The demo needs \d+ MB in .*, where \d+ MB are free; free"):
                downloads.download(demo)
            assert not server.asked


def test_a_dataset_is_downloaded_by_one_process_at_a_time(server: Server, demo_folder: Path) -> None:
    demo = dataset_of(demo_folder, [server.url])
    server.held = threading.Event()
    thread = threading.Thread(target=downloads.download, args=(demo,))
    thread.start()
    server.reached_middle.wait()
    try:
        with pytest.raises(StorageError, match="The demo is being downloaded already"):
            downloads.download(demo)
        assert datasets.audio_finder()(TRACK) is None
    finally:
        server.held.set()
        thread.join()
    assert contents(folder_of(demo)) == contents(demo_folder)


def test_a_download_that_was_stopped_goes_on(server: Server, demo_folder: Path) -> None:
    demo = dataset_of(demo_folder, [server.url])

    def stop_at(share: float) -> None:
        def progress(done: int, total: int) -> None:
            if done > share * total:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            downloads.download(demo, progress=progress)
        assert state_of(demo) == "partial"
        assert datasets.audio_finder()(TRACK) is None

    stop_at(0.1)
    stop_at(0.9)  # while it is unpacked
    assert contents(downloads.download(demo)) == contents(demo_folder)
    assert len(server.asked) == 2 and server.asked[1]


def test_audio_that_is_being_unpacked_is_not_found(home: Path, demo_folder: Path) -> None:
    with storage.writing_folder(storage.downloads_dir() / "demo") as partial:
        for name, content in contents(demo_folder).items():
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            (partial / name).write_bytes(content)
        assert datasets.audio_finder()(TRACK) is None
    assert datasets.audio_finder()(TRACK) is not None
