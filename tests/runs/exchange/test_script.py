"""predict.py of an exported run, in a process without other packages, says what the app says."""

import csv
import json
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genre_core import datasets, load_run, predict, storage
from genre_core.audio import synthesis, wav_bytes
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.models.config import CnnConfig
from genre_core.runs.exchange import export_run
from genre_core.training import Trainer
from tests import exported_process

SONG = storage.BUNDLED / "songs" / "classical-to-metal.ogg"


def unpacked(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
    return folder


def script(folder: Path, *arguments: str, status: int = 0) -> list[dict[str, Any]]:
    """What predict.py of an unpacked archive prints with --json."""
    process = [sys.executable, "-I", "-S", exported_process.__file__ or "", sysconfig.get_path("purelib")]
    done = subprocess.run(
        [*process, str(folder / "predict.py"), *arguments, "--json"], capture_output=True, text=True, cwd=folder.parent
    )
    assert done.returncode == status, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def assert_same(folder: Path, run: str | Path, song: Path, *options: str, hop_s: float = 1.5) -> None:
    (answer,) = script(folder, str(song), *options)
    expected = predict(song, run=run, hop_s=hop_s)
    assert answer["genre"] == expected.genre
    for genre, share in expected.probabilities.items():
        assert answer["probabilities"][genre] == pytest.approx(share, abs=1e-5)


@pytest.mark.parametrize("name", ["three-networks", "lab-cnn"])
def test_bundled_runs_predict_what_the_app_predicts(
    name: str, archive_of: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = unpacked(archive_of(name), tmp_path / "run")
    assert_same(folder, name, SONG)
    assert_same(folder, name, SONG, "--hop", "4", hop_s=4.0)


def test_a_cnn_of_one_s_own_predicts_stereo_with_silence_as_the_app_does(trainer: Trainer, tmp_path: Path) -> None:
    dataset = datasets.load_dataset("bundled", features="mel")
    config = CnnConfig(filters=4, epochs=1)
    run = trainer.start(dataset, config, SplitConfig("track"), out=tmp_path / "own").result()
    export_run(run, tmp_path / "own.zip", report="")
    song = tmp_path / "song.wav"
    clip = synthesis.song("shuffle").clip(seconds=14)
    samples = clip.samples.copy()
    samples[: 5 * clip.rate] = 0
    song.write_bytes(wav_bytes(type(clip)(samples, clip.rate)))
    assert_same(unpacked(tmp_path / "own.zip", tmp_path / "run"), run.folder, song)


def test_a_run_on_the_58_features_predicts_from_a_table_and_refers_audio_to_genre_lab(
    archive_of: Callable[[str], Path], bundled: Dataset, tmp_path: Path
) -> None:
    folder = unpacked(archive_of("paper-track"), tmp_path / "run")
    run, values = load_run("paper-track"), bundled.values[:5]
    table = tmp_path / "table.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["filename", *run.feature_set.columns])
        writer.writerows([f"track {i}", *row] for i, row in enumerate(values.tolist()))
    answers = script(folder, str(table))
    assert [answer["row"] for answer in answers] == [f"track {i}" for i in range(5)]
    found = [[answer["probabilities"][genre] for genre in run.info.genres] for answer in answers]
    np.testing.assert_allclose(found, run.probabilities(values), atol=1e-5)
    (answer,) = script(folder, str(SONG), status=2)
    assert "need Genre Lab" in answer["error"]


@pytest.mark.parametrize(
    ("content", "message"),
    [("tempo\n1\n", "no column 'length'"), ("", "no column"), (None, "empty or has gaps"), ("x", "no numbers")],
)
def test_a_table_that_can_t_be_used_is_one_sentence(
    content: str | None, message: str, archive_of: Callable[[str], Path], tmp_path: Path
) -> None:
    columns = load_run("paper-track").feature_set.columns
    header = ",".join(columns) + "\n"
    row = ",".join(["x"] * len(columns)) + "\n"
    table = tmp_path / "table.csv"
    table.write_text({None: header, "x": header + row}.get(content, content or ""))
    (answer,) = script(unpacked(archive_of("paper-track"), tmp_path / "run"), str(table), status=2)
    assert message in answer["error"]


def test_a_scikit_learn_model_says_what_it_needs(archive_of: Callable[[str], Path], tmp_path: Path) -> None:
    folder = unpacked(archive_of("two-networks"), tmp_path / "run")
    process = [sys.executable, "-I", "-S", exported_process.__file__ or "", sysconfig.get_path("purelib")]
    done = subprocess.run([*process, str(folder / "predict.py"), str(SONG)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "needs scikit-learn and skops: pip install scikit-learn skops" in done.stderr
    # With them it predicts: here by the script itself, in the environment of the project.
    process = [sys.executable, str(folder / "predict.py"), str(SONG), "--json"]
    (answer,) = json.loads(subprocess.run(process, capture_output=True, text=True).stdout)
    for genre, share in predict(SONG, run="two-networks").probabilities.items():
        assert answer["probabilities"][genre] == pytest.approx(share, abs=1e-5)


def test_the_readme_says_what_it_is_on_which_split_and_the_licenses(archive_of: Callable[[str], Path]) -> None:
    def readme(name: str) -> str:
        return zipfile.ZipFile(archive_of(name)).read("README.md").decode()

    default = readme("three-networks")
    assert "82.7" in default and "5-fold cross-validation by artist" in default and "ISC license" in default
    assert "pip install numpy soundfile soxr ai-edge-litert\n" in default
    assert "(data leakage)" in readme("paper-random") and "(data leakage)" not in readme("paper-track")
    assert "feature table" in readme("paper-track") and "filters of MSD_musicnn" in readme("lab-cnn")
