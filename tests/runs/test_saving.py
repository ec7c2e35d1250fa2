"""Saving, annotating and deleting runs."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core import runs
from genre_core.errors import RunError, StorageError


def test_a_saved_run_is_the_same_when_it_is_loaded(tmp_path: Path) -> None:
    run = runs.load_run("paper-track")
    folder = tmp_path / "saved"
    info = replace(run.info, name="saved", title="Saved")
    saved = runs.save_run(
        folder,
        info,
        model_folder=run.folder,
        history=run.history(),
        evaluation=run.evaluation(),
        scaling=run.scaling,
        training_signatures=run.training_signatures,
    )
    assert saved.info == runs.load_run(folder).info == info
    assert saved.history() == run.history()
    np.testing.assert_array_equal(saved.evaluation().probabilities, run.evaluation().probabilities)
    np.testing.assert_array_equal(saved.training_signatures, run.training_signatures)
    with pytest.raises(StorageError, match="already exists"):
        runs.save_run(
            folder,
            info,
            model_folder=run.folder,
            history=[],
            evaluation=run.evaluation(),
            scaling=run.scaling,
            training_signatures=run.training_signatures,
        )


def saved_again(run: runs.Run, folder: Path) -> runs.Run:
    """A copy of a run, saved in a folder by the name `saved`."""
    return runs.save_run(
        folder / "saved",
        replace(run.info, name="saved"),
        model_folder=run.folder,
        history=[],
        evaluation=run.evaluation(),
        scaling=run.scaling,
        training_signatures=run.training_signatures,
        domain=run.domain,
    )


def test_the_domain_is_saved_with_its_checksum(tmp_path: Path) -> None:
    run = runs.load_run("paper-track")
    assert run.domain
    saved = saved_again(run, tmp_path)
    assert saved.domain and saved.domain.limit == run.domain.limit
    (tmp_path / "saved" / "domain.npz").write_bytes(b"changed")
    with pytest.raises(RunError, match=r"damaged \(domain.npz"):
        runs.load_run(tmp_path / "saved")


def test_the_numbers_of_a_linear_model_are_saved_with_their_checksum(tmp_path: Path) -> None:
    run = runs.load_run(runs.DEFAULT_RUN)
    saved = saved_again(run, tmp_path)
    assert (saved.folder / "linear.npz").read_bytes() == (run.folder / "linear.npz").read_bytes()
    (saved.folder / "linear.npz").write_bytes(b"changed")
    with pytest.raises(RunError, match=r"damaged \(linear.npz"):
        runs.load_run(saved.folder)


def test_a_file_that_came_without_a_checksum_is_not_trusted(copied: Path) -> None:
    shutil.copyfile(runs.load_run(runs.DEFAULT_RUN).folder / "linear.npz", copied / "linear.npz")
    with pytest.raises(RunError, match=r"damaged \(linear.npz"):
        runs.load_run("copied")


def test_a_run_gets_a_title_and_a_note_and_is_deleted(copied: Path) -> None:
    runs.annotate_run("copied", title=" Mine ", note="for <class>")
    info = runs.load_run("copied").info
    assert (info.title, info.note) == ("Mine", "for <class>")
    assert [info.title for info in runs.list_runs() if info.name == "copied"] == ["Mine"]
    runs.delete_run("copied")
    assert not copied.exists()
    assert "copied" not in [info.name for info in runs.list_runs()]
    assert list(copied.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["paper-random", "nowhere", "../runs/copied", "", ".", ".."])
def test_only_own_runs_are_annotated_and_deleted(copied: Path, name: str) -> None:
    with pytest.raises(RunError):
        runs.delete_run(name)
    with pytest.raises(RunError):
        runs.annotate_run(name, title="", note="")
    assert copied.exists()


def test_new_names_are_unique() -> None:
    names = {runs.new_run_name("mlp", "track") for _ in range(50)}
    assert len(names) == 50
    assert all(name.startswith("mlp-track-") for name in names)
