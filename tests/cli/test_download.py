"""`genre-lab download`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from genre_core.cli import main
from genre_core.datasets import downloads
from genre_core.datasets.downloads import downloading
from tests.command_line import Capture, answer
from tests.download_server import Server, dataset_of, running, zipped


@pytest.fixture
def server(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of the dataset demo, which the program knows."""
    with running() as server:
        server.content = zipped(demo_folder)
        monkeypatch.setitem(downloads.DATASETS, "demo", dataset_of(demo_folder, [server.url]))
        yield server


def test_the_datasets_are_listed(capsys: Capture) -> None:
    document = answer(capsys, "download")
    assert [(item["dataset"], item["tracks"], item["state"]) for item in document] == [
        ("gtzan-mini", 100, "absent"),
        ("gtzan", 1000, "absent"),
    ]
    assert document[1]["faults"] == {"jazz/jazz.00054": "The file is damaged, and is skipped."}
    assert main(["download"]) == 0
    output = capsys.readouterr().out
    assert "gtzan-mini" in output and "123 MB" in output and "absent" in output


def test_a_dataset_is_downloaded(capsys: Capture, server: Server, home: Path) -> None:
    [item] = answer(capsys, "download", "demo")
    assert item["state"] == "downloaded" and item["folder"] == str(home / "downloads" / "demo")
    assert main(["download", "demo"]) == 0
    assert capsys.readouterr().out == f"The demo: {item['folder']}\nFree. A. Author, 2020.\n"
    assert len(server.asked) == 1


def test_a_mirror_is_named(capsys: Capture, server: Server, demo_folder: Path, home: Path) -> None:
    with running() as mirror:
        mirror.content = server.content
        assert answer(capsys, "download", "demo", "--from", mirror.url)[0]["state"] == "downloaded"
        assert mirror.asked and not server.asked


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["demos"], "There is no dataset 'demos' to download; choose from"),
        (["--from", "x.zip"], "--from needs the name of the dataset"),
        (["demo", "--from", "x.zip"], "x.zip is no file; name the archive of The demo"),
        (["demo"], "The demo could not be downloaded (127.0.0.1 answered with the error 404)"),
    ],
)
def test_what_fails_is_one_line(capsys: Capture, server: Server, arguments: list[str], message: str) -> None:
    server.status = 404
    assert main(["download", *arguments, "--json"]) == 2
    assert message in json.loads(capsys.readouterr().out)["error"]
    assert main(["download", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_a_download_that_is_interrupted_is_continued(
    capsys: Capture, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(downloading, "unpack", interrupt)
        assert main(["download", "demo"]) == 130
    assert "Interrupted; the same command continues the download." in capsys.readouterr().err
    assert [item["state"] for item in answer(capsys, "download") if item["dataset"] == "demo"] == ["partial"]
    assert answer(capsys, "download", "demo")[0]["state"] == "downloaded"
    assert len(server.asked) == 1


def interrupt(*arguments: object, **keywords: object) -> None:
    raise KeyboardInterrupt
