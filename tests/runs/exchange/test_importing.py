"""Export and import: a run comes back as it was, and nothing else comes in."""

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genre_core import runs, storage
from genre_core.errors import ConfigError, RunError
from genre_core.runs import load_run
from genre_core.runs.exchange import export_run, import_run
from tests.compare_page import add_run
from tests.hostile_files import hostile_models


def _with(archive: Path, entries: Mapping[str, bytes | None]) -> bytes:
    """An archive with other content of some entries; None leaves one out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name in old.namelist():
            if name not in entries:
                written.writestr(name, old.read(name))
        for name, content in entries.items():
            if content is not None:
                written.writestr(name, content)
    return stream.getvalue()


def document(archive: Path, **changes: Any) -> bytes:
    """The run.json of an archive with changes."""
    with zipfile.ZipFile(archive) as file:
        return json.dumps(json.loads(file.read("run/run.json")) | changes).encode()


@pytest.mark.parametrize("name", ["three-networks", "lab-cnn", "paper-track", "two-networks"])
def test_a_run_comes_back_as_it_was(name: str, archive_of: Callable[[str], Path]) -> None:
    original, imported = load_run(name), load_run(import_run(archive_of(name)).name)
    assert imported.info.name == f"{name}-2"
    assert imported.info.scores == original.info.scores
    assert imported.info.config == original.info.config
    np.testing.assert_array_equal(imported.evaluation().probabilities, original.evaluation().probabilities)
    values = (
        np.random.default_rng(0)
        .integers(0, 255, (2, *original.feature_set.shape))
        .astype(np.uint8 if original.feature_set.is_picture else np.float64)
    )
    np.testing.assert_array_equal(imported.probabilities(values), original.probabilities(values))


def test_the_network_in_keras_format_is_exported_and_not_imported(network: Path) -> None:
    assert "run/model.keras" in zipfile.ZipFile(network).namelist()
    folder = load_run(import_run(network).name).folder
    assert "model.keras" not in [path.name for path in folder.iterdir()]
    again = folder.with_name("again.zip")
    export_run(load_run(folder), again, report="")
    assert import_run(again).name == "paper-track-2-2"


def test_owner_and_sharing_are_not_exported_and_the_importer_owns_the_run(home: Path, tmp_path: Path) -> None:
    add_run(home, "private", owner="ada", shared=True, title="Titled")
    archive = tmp_path / "private.zip"
    export_run(load_run("private"), archive, report="")
    exported = json.loads(zipfile.ZipFile(archive).read("run/run.json"))
    assert (exported["owner"], exported["shared"], exported["title"]) == ("", False, "Titled")
    assert import_run(archive).owner == ""
    info = import_run(archive.read_bytes(), owner="grace")
    assert (info.name, info.owner, info.shared, info.title) == ("private-3", "grace", False, "Titled")


def test_a_forged_owner_is_not_believed(network: Path) -> None:
    info = import_run(_with(network, {"run/run.json": document(network, owner="ada", shared=True)}), owner="grace")
    assert (info.owner, info.shared) == ("grace", False)


def test_a_name_can_be_given_and_gets_a_number_if_it_exists(network: Path) -> None:
    assert [import_run(network, "mine").name for _ in range(3)] == ["mine", "mine-2", "mine-3"]
    for name in ("../x", "a/b", "", ".hidden", "x" * 101, "a\0b", "trailing "):
        with pytest.raises(ConfigError, match="name of a run"):
            import_run(network, name)


def test_the_former_name_is_not_believed_if_it_can_t_be_one(network: Path) -> None:
    for former in (b'{"run": "../../x"}', b'{"run": 1}', b"[]", b"\xff"):
        assert import_run(_with(network, {"predict.json": former})).name.startswith("imported-run")


def test_an_archive_of_the_unpacked_folder_is_read_too(network: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(network) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(f"folder/{name}", old.read(name))
    assert import_run(stream.getvalue()).name == "paper-track-2"


def test_nothing_but_the_run_is_taken(network: Path, tmp_path: Path) -> None:
    content = _with(network, {"predict.py": b"raise SystemExit", "run/extra.txt": b"x", "run/sub/run.json": b"{}"})
    folder = runs.run_folder(import_run(content).name)
    assert {path.name for path in folder.iterdir()} <= {
        "run.json",
        "history.json",
        "predictions.parquet",
        "scaler.npz",
        "training.npy",
        "domain.npz",
        "model.tflite",
    }


def _linked(archive: Path) -> bytes:
    stream = io.BytesIO(archive.read_bytes())
    with zipfile.ZipFile(stream, "a") as file:
        entry = zipfile.ZipInfo("run/link")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        file.writestr(entry, "/etc/passwd")
    return stream.getvalue()


def _cut(archive: Path) -> bytes:
    return archive.read_bytes()[:-1000]


REFUSED: dict[str, Callable[[Path], bytes]] = {
    "no archive": lambda archive: b"PK no archive",
    "empty": lambda archive: b"",
    "cut": _cut,
    "a link": _linked,
    "a name that leads out": lambda archive: _with(archive, {"../run/run.json": b"{}"}),
    "an absolute name": lambda archive: _with(archive, {"/run/run.json": b"{}"}),
    "two runs": lambda archive: _with(archive, {"other/run/run.json": b"{}"}),
    "no run": lambda archive: _with(archive, {"run/run.json": None}),
    "a missing file": lambda archive: _with(archive, {"run/scaler.npz": None}),
    "another model": lambda archive: _with(archive, {"run/model.tflite": b"no model"}),
    "a run.json that is none": lambda archive: _with(archive, {"run/run.json": b"[1]"}),
    "a newer format": lambda archive: _with(archive, {"run/run.json": document(archive, format=99)}),
    "unknown features": lambda archive: _with(archive, {"run/run.json": document(archive, features="none")}),
    "a bomb": lambda archive: _with(archive, {"bomb": b"\0" * 400_000_000}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_intact_run_is_refused_and_leaves_nothing(name: str, network: Path, home: Path) -> None:
    with pytest.raises(RunError, match=r"^This file can't be imported as a run \([^\n]+\); export the run again\.$"):
        import_run(REFUSED[name](network))
    assert not list((home / "runs").glob("*"))


@pytest.mark.parametrize("seed", range(10))
def test_changed_bytes_are_refused_or_do_no_harm(seed: int, network: Path) -> None:
    rng = np.random.default_rng(seed)
    content = bytearray(network.read_bytes())
    end = len(content) if seed % 2 else 3000  # anywhere, or in the list of files at the end
    for place in rng.integers(len(content) - end, len(content), 10):
        content[place] = rng.integers(256)
    with suppress(RunError):
        load_run(import_run(bytes(content)).name)


def _with_model(archive: Path, file: str, content: bytes) -> bytes:
    """An archive with another model, whose checksum is right."""
    checksums = json.loads(zipfile.ZipFile(archive).read("run/run.json"))["checksums"]
    checksums[file] = hashlib.sha256(content).hexdigest()
    return _with(archive, {f"run/{file}": content, "run/run.json": document(archive, checksums=checksums)})


@pytest.mark.parametrize("name", hostile_models())
def test_a_hostile_model_with_a_right_checksum_is_refused(name: str, archive_of: Callable[[str], Path]) -> None:
    with pytest.raises(RunError, match="can't be imported"):
        import_run(_with_model(archive_of("two-networks"), "model.skops", hostile_models()[name]()))


def test_a_network_of_other_features_with_a_right_checksum_is_refused(network: Path) -> None:
    other = (storage.bundled_runs_dir() / "lab-cnn" / "model.tflite").read_bytes()
    with pytest.raises(RunError, match="model of paper-track can't be read"):
        import_run(_with_model(network, "model.tflite", other))
