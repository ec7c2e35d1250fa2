"""A gathered dataset becomes a Dataset like any other, and its runs find their audio again."""

from pathlib import Path

import numpy as np
import pytest

from genre_core import audio
from genre_core.datasets import audio_finder, doctor, read_folder
from genre_core.datasets.gathered import songs, store
from genre_core.datasets.gathered.extraction import extract
from genre_core.datasets.splits import SplitConfig
from genre_core.errors import DatasetError
from genre_core.models.config import make_config
from genre_core.runs import load_run
from genre_core.runs.exchange import export_run, import_run
from genre_core.training import Trainer
from tests.gathered_songs import gathered, song


def test_it_has_the_features_of_the_same_files_in_folders_and_caches_them(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read_folder(demo_folder, jobs=1)
    name = store.create_dataset("Ours", [place.name for place in demo_folder.iterdir()]).name
    for path in demo_folder.glob("*/*"):
        songs.add_song(name, path.parent.name, path.name, path.read_bytes(), artist=path.stem)
    monkeypatch.setattr(audio, "load_audio", None)  # all are cached by content
    dataset = extract(name, jobs=1)
    assert (dataset.name, dataset.gathered, dataset.folder) == ("Ours", name, None)
    assert dataset.track.tolist() == expected.track.tolist()
    assert np.array_equal(dataset.values, expected.values)
    assert dataset.artist is not None and dataset.artist[0] == Path(dataset.track[0]).name


def test_songs_that_cant_be_used_are_skipped_with_the_reason() -> None:
    name = gathered({"rock": 2, "jazz": 1}).name
    songs.add_song(name, "jazz", "short.wav", song(900, 1.0))
    dataset = extract(name, jobs=1)
    assert dataset.n_tracks == 3 and list(dataset.skipped) == ["jazz/short.wav"]
    diagnosis = doctor.examine(dataset, gathered=True)
    assert diagnosis.n_with_audio == 3 and not set(diagnosis.unchecked) & {"clipping", "bandwidth", "sample-rate"}
    with pytest.raises(DatasetError, match="at least two genres"):
        store.remove_genre(name, "jazz")
        extract(name, jobs=1)


def test_a_run_with_an_artist_split_finds_its_audio_again(trainer: Trainer, tmp_path: Path) -> None:
    facts = gathered({"rock": 4, "jazz": 4})
    gathered({"rock": 4, "jazz": 4})  # another one with tracks of the same names
    dataset = extract(facts.name, jobs=1)
    run = trainer.start(dataset, make_config("knn"), SplitConfig("artist")).result()
    info = load_run(run.info.name).info
    assert (info.gathered, info.dataset, info.counts.shared_tracks) == (facts.name, "Ours", 0)
    track = str(run.evaluation().track[0])
    assert audio_finder(info.gathered)(track) == songs.song_path(facts.name, songs.tracks(facts.name)[track].id)
    assert audio_finder()(track) is None
    export_run(run, tmp_path / "run.zip", report="")
    assert import_run(tmp_path / "run.zip", "again").gathered == ""  # nobody names a dataset of another server
    store.delete_dataset(facts.name)
    assert audio_finder(info.gathered)(track) is None
