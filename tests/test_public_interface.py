"""The six names of the package: their examples, their cost and their types."""

import doctest
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import genre_core
from genre_core import extract_features, figures, load_audio, predict
from genre_core.audio import Clip, synthesis, wav_bytes
from genre_core.datasets import Dataset
from genre_core.errors import ConfigError

NAMES = ("extract_features", "load_audio", "load_dataset", "load_run", "predict", "train")


@pytest.fixture
def song(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clip:
    """A synthetic song of 30 s, which is also the file song.wav of the working folder."""
    clip = synthesis.song("adagio").clip()
    monkeypatch.chdir(tmp_path)
    Path("song.wav").write_bytes(wav_bytes(clip))
    return clip


@pytest.mark.usefixtures("song")
@pytest.mark.parametrize("name", ["", *NAMES])
def test_the_examples_give_what_they_show(name: str) -> None:
    documented = getattr(genre_core, name) if name else genre_core
    examples = doctest.DocTestFinder(recurse=False).find(documented, name or "genre_core", globs={})
    assert any(example.examples for example in examples), f"{name} has no example"
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for example in examples:
        runner.run(example)
    assert runner.summarize().failed == 0


def test_the_public_face_is_these_names() -> None:
    assert set(genre_core.__all__) == set(NAMES) <= set(dir(genre_core))
    assert not hasattr(genre_core, "judge")


def test_importing_the_package_costs_next_to_nothing() -> None:
    code = (
        "import sys, time; began = time.process_time(); before = set(sys.modules); import genre_core; "
        "took = time.process_time() - began; print(took, *sorted(set(sys.modules) - before))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stdout.split()
        for _ in range(5)
    ]
    assert min(float(took) for took, *_ in runs) < 0.05
    assert {name.partition(".")[0] for name in runs[0][1:]} - sys.stdlib_module_names == {"genre_core"}


@pytest.mark.usefixtures("song")
def test_a_prediction_its_table_and_its_timeline_are_one_line_each() -> None:
    prediction = genre_core.predict("song.wav")
    frame = prediction.to_frame()
    figure = figures.predict.timeline(prediction)
    assert len(frame) == len(prediction.segments)
    assert prediction.genre in {trace.name for trace in figure.data}


@pytest.mark.usefixtures("song")
def test_features_of_a_file_its_bytes_and_its_clip_are_the_same() -> None:
    from_file = extract_features("song.wav").values
    assert from_file.shape == (10, 58)
    for source in (Path("song.wav").read_bytes(), load_audio("song.wav")):
        np.testing.assert_array_equal(extract_features(source).values, from_file)


def test_pictures_are_a_column_of_arrays(song: Clip) -> None:
    features = extract_features(song, "mel")
    frame = features.to_frame()
    assert list(frame) == ["start_s", "picture"]
    np.testing.assert_array_equal(frame["picture"][3], features.values[3])
    assert frame["start_s"][3] == pytest.approx(9, abs=0.01)


def test_a_clip_at_another_rate_is_refused_with_the_remedy(song: Clip) -> None:
    with pytest.raises(ConfigError, match=r"load_audio\(source, rate=22050\)"):
        extract_features(Clip(song.samples, 44_100))


def test_a_run_is_named_or_given(song: Clip) -> None:
    run = genre_core.load_run("paper-track")
    assert predict(song, run).probabilities == predict(song, "paper-track").probabilities


def test_paths_are_text_or_path_objects(song: Clip, demo_folder: Path, tmp_path: Path) -> None:
    dataset = genre_core.load_dataset(demo_folder, jobs=1)
    assert dataset.n_tracks == genre_core.load_dataset(str(demo_folder), jobs=1).n_tracks
    run = genre_core.train(demo_folder, "knn", split="track", neighbors=1, out=str(tmp_path / "run"))
    assert run.folder == tmp_path / "run"
    assert genre_core.load_run(tmp_path / "run").info == genre_core.load_run(str(tmp_path / "run")).info
    assert predict(Path("song.wav"), tmp_path / "run").probabilities == predict(song, run).probabilities


@pytest.mark.parametrize("features", ["mel", "embedding"])
def test_features_other_than_those_of_the_dataset_are_refused(bundled: Dataset, features: str) -> None:
    with pytest.raises(ConfigError, match=f"feature set 'paper', not '{features}'"):
        genre_core.train(bundled, "knn", features=features)
