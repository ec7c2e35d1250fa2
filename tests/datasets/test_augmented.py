"""Augmented copies: of the bundled dataset, of a folder, of pictures; and that they follow the rows of their tracks."""

import hashlib
import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core import audio, datasets, storage
from genre_core.audio import Clip
from genre_core.audio.augmentation import AUGMENTATIONS, augment, augmentation_seed
from genre_core.datasets import AugmentedCopies, Dataset
from genre_core.datasets.augmented import extraction_seconds
from genre_core.errors import ConfigError
from genre_core.features import FEATURE_SETS, feature_set, wide_mel
from genre_core.features.wide_mel_augmentation import augment_picture

MAX_BYTES = 8_000_000
"""Size of the stored copies of the bundled dataset."""
ALL_ROWS = np.arange(997)


def test_copies_are_taken_with_the_rows_of_the_dataset(bundled: Dataset) -> None:
    copies = AugmentedCopies.of_arrays({"room": bundled.values + 1})
    dataset = replace(bundled, augmented=copies).take(bundled.genre != "blues").take(np.array([700, 3]))
    np.testing.assert_array_equal(dataset.augmented.values("room", np.array([1, 0])), dataset.values[::-1] + 1)


def test_names_have_the_order_of_the_list_and_an_unknown_one_is_refused() -> None:
    assert datasets.in_order(["mp3", "room", "mp3"]) == ("room", "mp3")
    assert datasets.in_order("mp3") == ("mp3",)
    assert datasets.in_order(()) == ()
    with pytest.raises(ConfigError, match="no augmentation 'rooom'; choose from room, "):
        datasets.in_order(["rooom"])


def test_embeddings_and_mel_spectrograms_can_be_augmented() -> None:
    assert {name for name, features in FEATURE_SETS.items() if datasets.can_be_augmented(features)} == {
        "embedding",
        "leveled-embedding",
        "leveled-embedding+vgg",
        "musicnn",
        "mel",
        "wide-mel",
    }
    assert not datasets.can_be_augmented(feature_set("embedding@vocals"))


def test_more_copies_of_more_numbers_take_longer() -> None:
    embedding, musicnn = feature_set("embedding"), feature_set("musicnn")
    assert extraction_seconds(embedding, 200) == pytest.approx(2 * extraction_seconds(embedding, 100))
    assert extraction_seconds(musicnn, 100) > extraction_seconds(embedding, 100)


# --- the bundled dataset --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("features", ["embedding", "leveled-embedding", "musicnn"])
def test_the_bundled_copies_are_those_of_the_audio(features: str, gtzan_mini: Path) -> None:
    dataset = datasets.load_dataset("bundled", features=features)
    assert dataset.augmented.names == datasets.WITHOUT_AUDIO
    for name, track in zip(datasets.WITHOUT_AUDIO, np.unique(dataset.track)[::25], strict=True):
        path = gtzan_mini / f"{track}.wav"
        rows = np.flatnonzero(dataset.track == track)
        stored = dataset.augmented.values(name, rows)
        seed = augmentation_seed(hashlib.sha256(path.read_bytes()).hexdigest())
        clip = augment(audio.load_audio(path, rate=dataset.feature_set.rate), name, seed)
        # float16, and a network on another processor
        np.testing.assert_allclose(stored, dataset.feature_set.extract_segments(clip.samples), rtol=2e-3, atol=2e-3)
        assert np.abs(stored - dataset.values[rows]).max() > 0.1


def test_the_stored_copies_have_the_rows_of_the_dataset_and_are_small(bundled: Dataset) -> None:
    paths = [datasets.augmented_file(f, name) for f in datasets.AUGMENTED_FEATURES for name in datasets.WITHOUT_AUDIO]
    for path in paths:
        copies = datasets.read_table(path, path.name)
        np.testing.assert_array_equal(copies.track, bundled.track)
        np.testing.assert_array_equal(copies.start_s, bundled.start_s)
    assert sorted(paths) == sorted((storage.BUNDLED / "augmented").iterdir())
    assert sum(path.stat().st_size for path in paths) <= MAX_BYTES


def test_the_embedding_with_the_vggs_is_musicnn_without_mtt_musicnn() -> None:
    some, musicnn = (datasets.load_dataset("bundled", features=name) for name in ("leveled-embedding+vgg", "musicnn"))
    kept = [musicnn.feature_set.columns.index(column) for column in some.feature_set.columns]
    assert len(kept) == 712
    np.testing.assert_array_equal(some.values, musicnn.values[:, kept])
    np.testing.assert_array_equal(
        some.augmented.values("room", ALL_ROWS), musicnn.augmented.values("room", ALL_ROWS)[:, kept]
    )


def test_the_leveled_embedding_is_the_first_part_of_musicnn() -> None:
    leveled, musicnn = (datasets.load_dataset("bundled", features=name) for name in ("leveled-embedding", "musicnn"))
    np.testing.assert_array_equal(leveled.values, musicnn.values[:, :200])
    np.testing.assert_array_equal(
        leveled.augmented.values("room", ALL_ROWS), musicnn.augmented.values("room", ALL_ROWS)[:, :200]
    )


# --- a folder -------------------------------------------------------------------------------------------------------


@pytest.fixture
def music(demo_folder: Path, tmp_path: Path) -> Path:
    """Two genres with a track each."""
    for path in sorted(demo_folder.glob("*/*.wav"))[::3][:2]:
        (tmp_path / "music" / path.parent.name).mkdir(parents=True)
        shutil.copy(path, tmp_path / "music" / path.parent.name)
    return tmp_path / "music"


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one for each file that is decoded."""
    counts: list[int] = []
    load = audio.load_audio

    def count(content: bytes, *, rate: int) -> Clip:
        counts.append(1)
        return load(content, rate=rate)

    monkeypatch.setattr(audio, "load_audio", count)
    return counts


def test_copies_of_a_folder_are_extracted_and_cached(music: Path, decoded: list[int]) -> None:
    clean = datasets.read_folder(music, features="mel", jobs=1)
    assert clean.augmented.names == ()
    decoded.clear()
    dataset = datasets.read_folder(music, features="mel", augmentations=("telephone", "room"), jobs=1)
    assert len(decoded) == 2  # once a file, for both augmentations
    assert dataset.augmented.names == ("room", "telephone")
    assert dataset.folder == music
    np.testing.assert_array_equal(dataset.values, clean.values)
    rows = np.arange(len(dataset.values))
    room, telephone = (dataset.augmented.values(name, rows) for name in ("room", "telephone"))
    assert room.shape == telephone.shape == clean.values.shape
    assert not np.array_equal(room, clean.values)
    assert telephone[:, -8:].mean() < clean.values[:, -8:].mean()  # nothing above 3.4 kHz
    moved = next(music.glob("*/*.wav"))
    moved.rename(moved.with_name("another name.wav"))
    decoded.clear()
    again = datasets.load_dataset(music, features="mel", augmentations=("room",), jobs=1)
    assert not decoded
    np.testing.assert_array_equal(again.augmented.values("room", rows), room)


def test_what_cannot_be_augmented_is_refused_before_files_are_read(music: Path, decoded: list[int]) -> None:
    with pytest.raises(ConfigError, match="can't be made of the feature set 'paper'"):
        datasets.read_folder(music, features="paper", augmentations=("room",), jobs=1)
    with pytest.raises(ConfigError, match="no augmentation 'tea'"):
        datasets.read_folder(music, features="mel", augmentations=("tea",), jobs=1)
    assert not decoded


# --- pictures -------------------------------------------------------------------------------------------------------


def test_copies_of_pictures_are_windows_of_the_augmented_track() -> None:
    rng = np.random.default_rng(0)
    songs = rng.integers(0, 255, (2, wide_mel.BANDS, wide_mel.TRACK_COLUMNS), dtype=np.uint8)
    file = io.BytesIO()
    np.savez(file, X=songs, names=np.array(["blues.00000", "jazz.00001"]))
    dataset = datasets.read_dataset(file.getvalue(), "pictures.npz").take(np.arange(19, -1, -1))
    assert dataset.augmented.names == datasets.WITHOUT_AUDIO
    for name in dataset.augmented.names:
        last, first = dataset.augmented.values(name, np.array([0, 19]))
        in_a_track = [augment_picture(song, name, augmentation_seed(track)) for song, track in
                      zip(songs, ("blues.00000", "jazz.00001"), strict=True)]  # fmt: skip
        np.testing.assert_array_equal(first[..., 0], in_a_track[0][:, : wide_mel.WINDOW])
        np.testing.assert_array_equal(last[..., 0], in_a_track[1][:, -wide_mel.WINDOW :])


def test_every_augmentation_without_audio_is_in_the_list() -> None:
    assert datasets.in_order(datasets.WITHOUT_AUDIO) == datasets.WITHOUT_AUDIO
    assert set(datasets.WITHOUT_AUDIO) < set(AUGMENTATIONS)
