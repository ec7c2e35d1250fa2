"""The four networks against the published ones, and how their activations are put together for a clip."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from genre_core.audio import SEGMENT_SAMPLES, synthesis
from genre_core.errors import ModelError
from genre_core.features import FEATURE_SETS, embedding, musicnn
from genre_core.features.embedding import BANDS, FRAMES
from genre_core.features.musicnn import PARTS, SIZE

MUSICNN = FEATURE_SETS["musicnn"]
GOLDEN = Path(__file__).parents[1] / "data" / "musicnn.npz"
PARITY = 3e-2
"""Weights are stored as float16; the activations range from -2 to 5 (VGGs) and from 0 to 15."""
HOP = 33_075
"""1.5 s, two of which are a sample more than a segment."""


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    return synthesis.song("shuffle").clip(seconds=13.6).samples


@pytest.fixture(scope="module")
def patches() -> np.ndarray:
    """The first patches of each song, as in scripts/make_embedding.py."""
    mels = [embedding.log_mel(each.clip(seconds=9.0).samples) for each in synthesis.SONGS]
    return np.concatenate([frames[: 3 * FRAMES].reshape(-1, FRAMES, BANDS) for frames in mels])


def at(samples: np.ndarray, starts: list[int], length: int = SEGMENT_SAMPLES) -> np.ndarray:
    return np.array(list(musicnn.extract(samples, starts, length)))


# --- parity with the original ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS[1:], ids=lambda part: part.name)
def test_activations_equal_those_of_the_published_network(part: musicnn.Part, patches: np.ndarray) -> None:
    activations = embedding.Network(part.file).activations(patches)
    with np.load(GOLDEN, allow_pickle=False) as golden:
        assert activations.shape == golden[part.name].shape == (len(patches), part.size)
        assert np.abs(activations - golden[part.name]).max() < PARITY


def test_the_networks_stand_side_by_side(patches: np.ndarray) -> None:
    activations = musicnn.Networks().activations(patches[:2])
    assert activations.shape == (2, SIZE) == (2, 912)
    one_by_one = [embedding.Network(part.file).activations(patches[:2]) for part in PARTS]
    np.testing.assert_array_equal(activations, np.hstack(one_by_one))
    assert MUSICNN.columns[0] == "msd_musicnn_0"
    assert MUSICNN.columns[200] == "mtt_musicnn_0"
    assert MUSICNN.columns[400] == "msd_vgg_0"
    assert MUSICNN.columns[-1] == "mtt_vgg_255"


# --- segments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, each in FEATURE_SETS.items() if each.begins_with_leveled])
@pytest.mark.parametrize("hop", [HOP, SEGMENT_SAMPLES])
def test_the_first_columns_are_the_leveled_embedding(name: str, hop: int, song: np.ndarray) -> None:
    starts = range(0, len(song) - SEGMENT_SAMPLES + 1, hop)
    rows = np.array(list(FEATURE_SETS[name].extract(song, starts, SEGMENT_SAMPLES)))
    leveled = np.array(list(embedding.extract_leveled(song, starts, SEGMENT_SAMPLES)))
    np.testing.assert_array_equal(rows[:, : embedding.SIZE], leveled)


def test_segments_end_to_end_are_exact(song: np.ndarray) -> None:
    frames = embedding.log_mel(embedding.leveled(song))
    starts = [i * SEGMENT_SAMPLES for i in range(4)]
    cut = np.concatenate([embedding.segment_patches(frames, start, SEGMENT_SAMPLES) for start in starts])
    np.testing.assert_array_equal(MUSICNN.extract_segments(song), musicnn.Networks().activations(cut))


def test_the_embedding_with_the_vggs_leaves_out_one_network(song: np.ndarray) -> None:
    some = FEATURE_SETS["leveled-embedding+vgg"]
    starts = range(0, len(song) - SEGMENT_SAMPLES + 1, HOP)
    rows = np.array(list(some.extract(song, starts, SEGMENT_SAMPLES)))
    kept = musicnn.columns_of(musicnn.EMBEDDING_AND_VGGS)
    np.testing.assert_array_equal(rows, at(song, list(starts))[:, kept])
    assert some.columns == tuple(MUSICNN.columns[i] for i in kept)
    assert not any(column.startswith("mtt_musicnn") for column in some.columns)


def test_overlapping_segments_are_interpolated_between_exact_ones(song: np.ndarray) -> None:
    starts = list(range(0, len(song) - SEGMENT_SAMPLES + 1, HOP))
    rows = at(song, starts)
    alone = np.concatenate([at(song, [start]) for start in starts])
    assert len(starts) == 8
    own, others = slice(0, embedding.SIZE), slice(embedding.SIZE, SIZE)
    np.testing.assert_array_equal(rows[:, own], alone[:, own])
    exact = [0, 2, 4, 6, 7]
    np.testing.assert_array_equal(rows[exact], alone[exact])
    np.testing.assert_allclose(
        rows[[1, 3, 5], others], (rows[[0, 2, 4], others] + rows[[2, 4, 6], others]) / 2, atol=1e-3
    )
    # What is interpolated is nearer to its own activations than those of a neighbor are.
    errors = np.linalg.norm(rows[[1, 3, 5], others] - alone[[1, 3, 5], others], axis=1)
    assert (errors < np.linalg.norm(alone[[0, 2, 4], others] - alone[[1, 3, 5], others], axis=1)).all()


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ([0], [0]),
        ([0, 5], [0, 1]),
        ([0, 10, 20], [0, 1, 2]),
        ([0, 11, 22], [0, 1, 2]),
        ([0, 5, 10, 15, 20], [0, 2, 4]),
        ([0, 5, 10, 15], [0, 2, 3]),
        ([0, 7, 14, 21], [0, 1, 2, 3]),
        ([0, 3, 6, 9, 12, 15, 18], [0, 3, 6]),
    ],
)
def test_the_chosen_segments_leave_no_gap(starts: list[int], expected: list[int]) -> None:
    """In units of 1000 samples; segments are 10 long."""
    assert musicnn.end_to_end([1000 * start for start in starts], 10_000) == expected


def test_a_longer_segment_is_the_mean_of_its_patches(song: np.ndarray) -> None:
    frames = embedding.log_mel(embedding.leveled(song))
    whole = frames[: 4 * FRAMES].reshape(4, FRAMES, BANDS)
    np.testing.assert_allclose(
        at(song, [0], len(song))[0], musicnn.Networks().activations(whole).mean(axis=0), rtol=1e-5, atol=1e-5
    )


def test_level_and_silence(song: np.ndarray) -> None:
    np.testing.assert_allclose(at(song * np.float32(0.1), [0]), at(song, [0]), atol=5e-3)
    silence = at(np.zeros(2 * SEGMENT_SAMPLES, np.float32), [0, SEGMENT_SAMPLES])
    assert np.isfinite(silence).all()
    np.testing.assert_array_equal(silence[0], silence[1])
    assert at(song, []).shape == (0,)


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", musicnn.FILES)
def test_a_missing_or_damaged_file_gives_a_message(
    name: str, song: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "musicnn"
    shutil.copytree(embedding.FOLDER, folder)
    monkeypatch.setattr(embedding, "FOLDER", folder)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        at(song, [0])
