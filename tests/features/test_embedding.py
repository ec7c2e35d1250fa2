"""The embedding against the original network, and its properties on any clip."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import librosa
import numpy as np
import pytest

from genre_core import audio, datasets
from genre_core.audio import SEGMENT_SAMPLES, Clip, mixing, synthesis
from genre_core.errors import DatasetError, ModelError
from genre_core.features import FEATURE_SETS, embedding
from genre_core.features.embedding import BANDS, FRAMES, SIZE, TAGS

EMBEDDING = FEATURE_SETS["embedding"]
OWN_GOLDEN = Path(__file__).parents[1] / "data" / "embedding.npz"
PARITY = 1e-4
FROM_AUDIO = 1e-3
HALF_FLOAT = 5e-4
"""Largest change of a frame when its power is rounded to the next float16."""


def patches(clip: Clip, count: int) -> np.ndarray:
    """The first patches of a clip, end to end as in musicnn."""
    return embedding.log_mel(clip.samples)[: count * FRAMES].reshape(count, FRAMES, BANDS)


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    return synthesis.song("shuffle").clip(seconds=15.5).samples


# --- parity with the original ----------------------------------------------------------------------------------------


def test_outputs_equal_those_of_the_original_graph(musicnn_golden: Path) -> None:
    network = embedding.Network()
    with np.load(musicnn_golden, allow_pickle=False) as golden:
        tracks = sorted({name.split("/")[0] for name in golden})
        assert len(tracks) == 3
        for track in tracks:
            activations = network.activations(golden[f"{track}/mel"])
            assert np.abs(activations - golden[f"{track}/penultimate"]).max() < PARITY
            assert np.abs(embedding.tag_probabilities(activations) - golden[f"{track}/tags"]).max() < PARITY


def test_outputs_from_audio_equal_those_of_the_original(musicnn_golden: Path, gtzan_mini: Path) -> None:
    network = embedding.Network()
    with np.load(musicnn_golden, allow_pickle=False) as golden:
        for track in sorted({name.split("/")[0] for name in golden}):
            clip = audio.load_audio(gtzan_mini / track.split(".")[0] / f"{track}.wav", rate=EMBEDDING.rate)
            ours = patches(clip, len(golden[f"{track}/mel"]))
            assert np.abs(ours - golden[f"{track}/mel"]).max() < HALF_FLOAT
            activations = network.activations(ours)
            assert np.abs(activations - golden[f"{track}/penultimate"]).max() < FROM_AUDIO
            assert np.abs(embedding.tag_probabilities(activations) - golden[f"{track}/tags"]).max() < FROM_AUDIO


def test_outputs_on_synthetic_songs_equal_those_of_the_published_network() -> None:
    """The same without real music; scripts/make_embedding.py saved the outputs of the network with all its filters."""
    inputs = np.concatenate([patches(each.clip(seconds=9.0), 3) for each in synthesis.SONGS])
    activations = embedding.Network().activations(inputs)
    with np.load(OWN_GOLDEN, allow_pickle=False) as golden:
        assert np.abs(activations - golden["activations"]).max() < FROM_AUDIO
        assert np.abs(embedding.tag_probabilities(activations) - golden["tags"]).max() < FROM_AUDIO


def test_the_bundled_embedding_equals_that_of_the_audio(gtzan_mini: Path) -> None:
    table = datasets.load_dataset("bundled", features="embedding")
    for track in np.unique(table.track)[::25]:
        ours = EMBEDDING.extract_segments(audio.load_audio(gtzan_mini / f"{track}.wav", rate=EMBEDDING.rate).samples)
        np.testing.assert_allclose(ours, table.values[table.track == track], atol=FROM_AUDIO)


# --- segments --------------------------------------------------------------------------------------------------------


def test_each_segment_is_computed_from_its_start(song: np.ndarray) -> None:
    rows = EMBEDDING.extract_segments(song)
    assert rows.shape == (5, SIZE)
    frames = embedding.log_mel(song)
    first = [round(i * SEGMENT_SAMPLES / EMBEDDING.rate * 62.5) for i in range(5)]
    assert first == [0, 187, 375, 562, 750]
    expected = embedding.Network().activations(np.array([frames[start : start + FRAMES] for start in first]))
    np.testing.assert_array_equal(rows, expected)


def test_a_segment_alone_is_close_to_the_same_in_its_song(song: np.ndarray) -> None:
    """The frames at its ends differ, which reach beyond the segment, and frames may begin up to 8 ms later."""
    alone = EMBEDDING.extract_segments(song[2 * SEGMENT_SAMPLES : 3 * SEGMENT_SAMPLES])[0]
    within = EMBEDDING.extract_segments(song)
    distances = np.linalg.norm(within - alone, axis=1)
    assert distances.argmin() == 2
    assert distances[2] < 0.3 * np.median(distances)


def test_a_batch_gives_the_same_as_single_patches(rng: np.random.Generator) -> None:
    inputs = rng.uniform(0, 5, (7, FRAMES, BANDS)).astype(np.float32)
    network = embedding.Network()
    batch = network.activations(inputs)
    assert batch.shape == (7, SIZE)
    assert batch.dtype == np.float32
    np.testing.assert_array_equal(batch, [network.activations(patch[np.newaxis])[0] for patch in inputs])
    assert network.activations(inputs[:0]).shape == (0, SIZE)


def test_threads_do_not_interfere(song: np.ndarray) -> None:
    expected = EMBEDDING.extract_segments(song)
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(EMBEDDING.extract_segments, [song] * 8):
            np.testing.assert_array_equal(rows, expected)


def test_a_longer_segment_is_the_mean_of_its_patches(song: np.ndarray) -> None:
    (row,) = embedding.extract(song, [0], len(song))
    expected = embedding.Network().activations(patches(Clip(song, EMBEDDING.rate), 5)).mean(axis=0)
    np.testing.assert_allclose(row, expected, rtol=1e-6)


def test_a_short_segment_is_repeated(song: np.ndarray) -> None:
    short = song[: EMBEDDING.rate]
    (row,) = embedding.extract(short, [0], len(short))
    frames = embedding.log_mel(short)[:62]
    (expected,) = embedding.Network().activations(np.tile(frames, (4, 1))[np.newaxis, :FRAMES])
    np.testing.assert_array_equal(row, expected)
    assert EMBEDDING.extract_segments(short).shape == (0, SIZE)


def test_silence_gives_the_same_finite_numbers_for_each_segment() -> None:
    rows = EMBEDDING.extract_segments(np.zeros(3 * SEGMENT_SAMPLES, np.float32))
    assert np.isfinite(rows).all()
    np.testing.assert_array_equal(rows, rows[[0, 0, 0]])


def test_a_clip_far_over_full_scale_stays_finite(song: np.ndarray) -> None:
    loudest = song * np.float32(mixing.MAX_PEAK / np.abs(song).max())
    assert np.isfinite(EMBEDDING.extract_segments(loudest)).all()


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_resampling_in_two_steps_changes_little(rate: int) -> None:
    """A file is resampled to 22 050 Hz and from there to 16 kHz, compared with 16 kHz directly."""
    file = audio.wav_bytes(synthesis.song("furnace").clip(seconds=9.0, rate=rate))
    in_two_steps = patches(audio.load_audio(file, rate=EMBEDDING.rate), 3)
    power = librosa.feature.melspectrogram(
        y=audio.load_audio(file, rate=16_000).samples, sr=16_000, n_fft=512, hop_length=256, n_mels=BANDS
    )
    directly = np.log10(10_000 * power.T[: 3 * FRAMES] + 1).reshape(3, FRAMES, BANDS)
    network = embedding.Network()
    for one, other in zip(network.activations(in_two_steps), network.activations(directly), strict=True):
        assert np.corrcoef(one, other)[0, 1] > 0.999


# --- level -----------------------------------------------------------------------------------------------------------


def test_a_soft_song_has_the_leveled_embedding_of_a_loud_one(song: np.ndarray) -> None:
    leveled = FEATURE_SETS["leveled-embedding"]
    expected = leveled.extract_segments(song)
    np.testing.assert_allclose(leveled.extract_segments(song * np.float32(0.1)), expected, atol=FROM_AUDIO)
    rms = np.sqrt(np.mean(embedding.leveled(song) ** 2))
    assert rms == pytest.approx(embedding.TARGET_RMS, rel=1e-4)
    np.testing.assert_array_equal(expected, EMBEDDING.extract_segments(embedding.leveled(song)))


def test_silence_is_not_amplified() -> None:
    silence = np.zeros(SEGMENT_SAMPLES, np.float32)
    np.testing.assert_array_equal(embedding.leveled(silence), silence)
    assert embedding.leveled(silence[:0]).shape == (0,)


# --- tags ------------------------------------------------------------------------------------------------------------


def test_tags_are_probabilities_and_fit_the_music() -> None:
    assert len(TAGS) == len(set(TAGS)) == 50
    songs = {name: synthesis.song(name).clip(seconds=12).samples for name in ("furnace", "adagio")}
    rows = {name: EMBEDDING.extract_segments(samples) for name, samples in songs.items()}
    tags = {name: embedding.tag_probabilities(activations) for name, activations in rows.items()}
    for probabilities in tags.values():
        assert probabilities.shape == (4, 50)
        assert ((probabilities >= 0) & (probabilities <= 1)).all()
    metal, mellow = TAGS.index("metal"), TAGS.index("beautiful")
    assert tags["furnace"][:, metal].mean() > tags["adagio"][:, metal].mean()
    assert tags["furnace"][:, mellow].mean() < tags["adagio"][:, mellow].mean()
    np.testing.assert_allclose(embedding.tag_probabilities(rows["adagio"][0]), tags["adagio"][0])


# --- joined with other features --------------------------------------------------------------------------------------


def test_paper_and_embedding_are_concatenated(song: np.ndarray) -> None:
    both, paper = FEATURE_SETS["paper+embedding"], FEATURE_SETS["paper"]
    assert both.columns == paper.columns + EMBEDDING.columns
    assert both.shape == (258,)
    assert both.excluded_columns == ("length",)
    rows = both.extract_segments(song)
    np.testing.assert_array_equal(rows[:, :58], paper.extract_segments(song))
    np.testing.assert_array_equal(rows[:, 58:], EMBEDDING.extract_segments(song))


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def model_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model to damage."""
    folder = tmp_path / "musicnn"
    shutil.copytree(embedding.FOLDER, folder)
    monkeypatch.setattr(embedding, "FOLDER", folder)
    return folder


@pytest.mark.parametrize("name", embedding.FILES)
@pytest.mark.parametrize("content", [None, b"", b"no model"], ids=["missing", "empty", "text"])
def test_a_missing_or_damaged_file_gives_a_message(
    model_folder: Path, name: str, content: bytes | None, song: np.ndarray
) -> None:
    (model_folder / name).unlink() if content is None else (model_folder / name).write_bytes(content)
    with pytest.raises(ModelError, match="fetch the files of the project again"):
        embedding.tag_probabilities(EMBEDDING.extract_segments(song))


def test_a_flipped_bit_is_noticed(model_folder: Path, song: np.ndarray, demo_folder: Path) -> None:
    file = model_folder / embedding.NETWORK_FILE
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        EMBEDDING.extract_segments(song)
    with pytest.raises(DatasetError, match="damaged"):
        datasets.read_folder(demo_folder, features="embedding", jobs=1)
