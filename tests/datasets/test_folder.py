"""Extraction of a folder with one subfolder per genre: its cache, its progress, and files that can't be used."""

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from genre_core import audio, datasets, runs, storage
from genre_core.audio import Clip
from genre_core.datasets import Dataset
from genre_core.datasets import folder as folders
from genre_core.errors import DatasetError, RunError, StorageError
from genre_core.features import paper
from tests.hostile_files import sparse, wav_start

VERSION_0_1 = Path(__file__).parents[1] / "data" / "version_0_1"


def test_a_folder_gives_each_segment_its_genre_track_and_start(demo_folder: Path) -> None:
    data = datasets.read_folder(demo_folder, jobs=1)
    genres = sorted(place.name for place in demo_folder.iterdir())
    assert list(data.genres) == genres
    assert data.n_tracks == 3 * len(genres)
    assert len(data.values) == 4 * data.n_tracks  # 12 s hold four whole segments
    first = data.track == data.track[0]
    np.testing.assert_allclose(data.start_s[first], np.arange(first.sum()) * audio.SEGMENT_SECONDS)
    path = folders.find_track(demo_folder, data.track[0])
    assert path is not None
    np.testing.assert_array_equal(
        data.values[0], paper.clip_features(audio.load_audio(path).samples[: audio.SEGMENT_SAMPLES])
    )


def test_a_second_run_computes_only_what_is_new(
    demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    music = tmp_path / "music"
    shutil.copytree(demo_folder, music)
    first = datasets.read_folder(music, jobs=1)
    moved = next(iter(music.glob("*/*.wav")))
    renamed = moved.rename(moved.with_name("another name.wav"))
    decoded: list[int] = []
    load = audio.load_audio

    def count(content: bytes, *, rate: int) -> Clip:
        decoded.append(1)
        return load(content, rate=rate)

    monkeypatch.setattr(audio, "load_audio", count)
    second = datasets.read_folder(music, jobs=1)
    assert not decoded
    assert f"{renamed.parent.name}/another name" in second.track
    np.testing.assert_array_equal(np.sort(first.values, axis=0), np.sort(second.values, axis=0))
    shutil.copy(renamed, music / renamed.parent.name / "copy.wav")
    (music / renamed.parent.name / "new.wav").write_bytes(audio.wav_bytes(load(renamed).between(0, 5)))
    datasets.read_folder(music, jobs=1)
    assert len(decoded) == 1


def test_features_of_a_stem_are_cached_apart_from_those_of_the_mix(demo_folder: Path, tmp_path: Path) -> None:
    mix, vocals = (datasets.read_folder(demo_folder, features=name, jobs=1) for name in ("paper", "paper@vocals"))
    np.testing.assert_array_equal(mix.track, vocals.track)
    assert np.abs(mix.values - vocals.values).max() > 1
    # Both are in the cache now, each under its own name.
    again = datasets.read_folder(demo_folder, features="paper@vocals", jobs=1)
    np.testing.assert_array_equal(again.values, vocals.values)
    datasets.write_table(vocals, tmp_path / "vocals.parquet")
    read = datasets.load_dataset(str(tmp_path / "vocals.parquet"))
    assert read.features == "paper@vocals"
    assert read.feature_set.stem == "vocals"
    with pytest.raises(RunError, match=r"'paper', but vocals.parquet has 'paper@vocals'"):
        runs.load_run(runs.PAPER_RUN).check_dataset(read)


@pytest.mark.parametrize(
    "features",
    [
        "paper",
        "paper@accompaniment",
        "leveled-embedding",
        "leveled-embedding@accompaniment",
        "leveled-embedding+lab",
    ],
)
def test_the_cache_of_version_0_1_is_used(features: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(content: bytes, *, rate: int) -> Clip:
        raise AssertionError("The features are in the cache; nothing needs to be decoded.")

    shutil.copytree(VERSION_0_1 / "cache", home / "cache")
    monkeypatch.setattr(audio, "load_audio", refuse)
    data = datasets.read_folder(VERSION_0_1 / "music", features=features, jobs=1)
    assert data.features == features
    assert data.skipped == {}
    assert data.values.shape == (12, *data.feature_set.shape)
    entries = {path.name: path for path in (home / "cache").glob(f"{_name_in_version_0_1(features)}-1*/*/*.npz")}
    assert len(entries) == 6
    for track, path in folders.list_tracks(VERSION_0_1 / "music").items():
        with np.load(entries[f"{hashlib.sha256(path.read_bytes()).hexdigest()}.npz"]) as entry:
            np.testing.assert_array_equal(data.values[data.track == track], entry["values"])


def _name_in_version_0_1(features: str) -> str:
    return features.replace("leveled", "levelled").replace("accompaniment", "instruments")


def test_the_tracks_of_a_folder_are_listed(demo_folder: Path) -> None:
    tracks = folders.list_tracks(demo_folder)
    assert len(tracks) == len(list(demo_folder.glob("*/*.wav")))
    for track, path in tracks.items():
        assert folders.find_track(demo_folder, track) == path


def test_a_damaged_cache_entry_is_computed_again(demo_folder: Path) -> None:
    first = datasets.read_folder(demo_folder, jobs=1)
    for entry in storage.cache_dir().rglob("*.npz"):
        entry.write_bytes(entry.read_bytes()[:100])
    np.testing.assert_array_equal(datasets.read_folder(demo_folder, jobs=1).values, first.values)
    for entry in storage.cache_dir().rglob("*.npz"):
        np.savez(entry, values=np.zeros((2, 3)), warning="of other features")
    np.testing.assert_array_equal(datasets.read_folder(demo_folder, jobs=1).values, first.values)


def test_broken_files_are_skipped_and_reported_and_other_files_ignored(demo_folder: Path, tmp_path: Path) -> None:
    music = tmp_path / "music"
    shutil.copytree(demo_folder, music)
    genre = next(music.iterdir())
    (genre / "broken.wav").write_bytes(b"RIFF, but no wave")
    (genre / "empty.mp3").touch()
    (genre / "cover.jpg").write_bytes(b"not music")
    (genre / ".hidden").write_bytes(b"not music")
    data = datasets.read_folder(music, jobs=1)
    assert set(data.skipped) == {f"{genre.name}/broken.wav", f"{genre.name}/empty.mp3"}
    assert "empty" in str(data.skipped[f"{genre.name}/empty.mp3"])
    assert len(data.values) == len(datasets.read_folder(demo_folder, jobs=1).values)


def test_a_file_of_30_gb_is_skipped_before_it_is_read(demo_folder: Path, tmp_path: Path) -> None:
    music = tmp_path / "music"
    shutil.copytree(demo_folder, music)
    genre = next(music.iterdir())
    sparse(genre / "endless.wav", 30_000_000_000, wav_start())
    sparse(genre / "nothing.mp3", 1_900_000_000)
    data = datasets.read_folder(music, jobs=1)
    assert "larger than 2 GB" in str(data.skipped[f"{genre.name}/endless.wav"])
    assert "isn't audio" in str(data.skipped[f"{genre.name}/nothing.mp3"])
    assert len(data.values) == len(datasets.read_folder(demo_folder, jobs=1).values)


def test_several_processes_give_what_one_gives(
    demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = datasets.read_folder(demo_folder, jobs=1)
    monkeypatch.setenv("GENRE_LAB_HOME", str(tmp_path / "other"))
    two = datasets.read_folder(demo_folder, jobs=2)
    # A process of joblib's has one BLAS thread, which sums in another order.
    np.testing.assert_allclose(one.values, two.values, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(one.track, two.track)


def test_progress_counts_files_and_may_stop_the_work(demo_folder: Path) -> None:
    class Stop(Exception):
        pass

    counts: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        counts.append((done, total))
        if done == 2:
            raise Stop

    with pytest.raises(Stop):
        datasets.read_folder(demo_folder, jobs=1, progress=progress)
    total = len(list(demo_folder.glob("*/*.wav")))
    assert counts == [(0, total), (1, total), (2, total)]


def test_a_full_disk_ends_the_extraction_with_a_message(demo_folder: Path, home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="GENRE_LAB_HOME"):
        datasets.read_folder(demo_folder, jobs=1)


def test_stopping_one_extraction_does_not_stop_another(
    demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 1:
            raise Stop

    with ThreadPoolExecutor() as pool:
        other = pool.submit(datasets.read_folder, demo_folder, jobs=2)
        stopped = pool.submit(datasets.read_folder, demo_folder, jobs=2, progress=stop)
        with pytest.raises(Stop):
            stopped.result()
        assert other.result().n_tracks == len(list(demo_folder.glob("*/*.wav")))


def test_a_truncated_file_is_used_with_a_warning_also_from_the_cache(demo_folder: Path, tmp_path: Path) -> None:
    music = tmp_path / "music"
    shutil.copytree(demo_folder, music)
    cut = next(iter(music.glob("*/*.wav")))
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size * 2 // 3])
    for _ in range(2):
        data = datasets.read_folder(music, jobs=1)
        assert list(data.warnings) == [f"{cut.parent.name}/{cut.name}"]
        assert "cut short" in data.warnings[f"{cut.parent.name}/{cut.name}"]
        assert f"{cut.parent.name}/{cut.stem}" in data.track


def test_names_that_are_not_utf_8_can_be_written(demo_folder: Path, tmp_path: Path) -> None:
    music = tmp_path / "music"
    shutil.copytree(demo_folder, music)
    track = next(iter(music.glob("*/*.wav")))
    renamed = track.rename(track.with_name(os.fsdecode(b"caf\xe9.wav")))
    data = datasets.read_folder(music, jobs=1)
    datasets.write_table(data, tmp_path / "out.parquet")
    name = f"{track.parent.name}/caf\ufffd"
    assert name in datasets.load_dataset(str(tmp_path / "out.parquet")).track
    assert folders.find_track(music, name) == renamed


def test_tracks_with_the_same_name_stay_apart(tmp_path: Path) -> None:
    files = [Path("blues/a.wav"), Path("blues/a.mp3"), Path("rock/a.wav")]
    assert folders.track_ids(files) == ["blues/a.wav", "blues/a.mp3", "rock/a"]


@pytest.mark.parametrize("track", ["blues/../secret", "../secret", "secret", "blues/", "/etc/passwd", "blues/none"])
def test_no_track_is_found_outside_its_genre_folder(track: str, tmp_path: Path) -> None:
    (tmp_path / "music" / "blues").mkdir(parents=True)
    (tmp_path / "music" / "secret.wav").touch()
    (tmp_path / "secret.wav").touch()
    assert folders.find_track(tmp_path / "music", track) is None


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "0 subfolders with files"),
        (["blues/a.wav"], "1 subfolders with files"),
        (["blues/a.txt", "rock/b.jpg"], "0 subfolders with files"),
    ],
)
def test_a_folder_without_two_genres_is_refused(names: list[str], message: str, tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    with pytest.raises(DatasetError, match=message):
        datasets.read_folder(tmp_path, jobs=1)


def test_a_folder_without_a_usable_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    for genre in ("blues", "rock"):
        (tmp_path / genre).mkdir()
        (tmp_path / genre / "a.wav").write_bytes(b"nothing")
    with pytest.raises(DatasetError, match=r"None of the 2 files.*blues/a.wav: "):
        datasets.read_folder(tmp_path, jobs=1)


def test_the_bundled_table_is_what_extraction_gives(gtzan_mini: Path, bundled: Dataset, tmp_path: Path) -> None:
    music = tmp_path / "music"
    for place in sorted(gtzan_mini.iterdir()):
        (music / place.name).mkdir(parents=True)
        track = sorted(place.iterdir())[3]
        (music / place.name / track.name).symlink_to(track)
    fresh = datasets.read_folder(music, jobs=1)
    rows = np.isin(bundled.track, fresh.track)
    deviation = bundled.values.std(axis=0)
    difference = np.abs(fresh.values - bundled.values[rows]) / np.where(deviation > 0, deviation, 1)
    np.testing.assert_array_equal(fresh.track, bundled.track[rows])
    assert difference.max() < 1e-4
