"""The synthetic songs: format, styles that differ, and reproducibility."""

from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest
import soundfile

from genre_core import audio
from genre_core.audio import synthesis
from genre_core.errors import GenreLabError

NAMES = [each.name for each in (*synthesis.SONGS, synthesis.TROUBADOUR)]


def onsets_a_second(clip: audio.Clip) -> float:
    return len(librosa.onset.onset_detect(y=clip.samples, sr=clip.rate)) / clip.duration_s


def centroid_hz(clip: audio.Clip) -> float:
    return float(librosa.feature.spectral_centroid(y=clip.samples, sr=clip.rate).mean())


def crest_db(clip: audio.Clip) -> float:
    return float(20 * np.log10(np.abs(clip.samples).max() / clip.samples.std()))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("seconds", "rate"), [(1.0, 22_050), (17.3, 16_000), (30.0, 22_050), (3.0, 48_000)])
def test_length_peak_and_format(name: str, seconds: float, rate: int) -> None:
    clip = synthesis.song(name).clip(seconds=seconds, rate=rate)
    assert clip.samples.dtype == np.float32
    assert clip.rate == clip.source_rate == rate
    assert len(clip.samples) == round(seconds * rate)
    assert np.isfinite(clip.samples).all()
    assert np.abs(clip.samples).max() == pytest.approx(10 ** (-1 / 20), abs=1e-6)
    assert abs(clip.samples.mean()) < 5e-3
    assert np.sum(np.abs(clip.samples) > 0.99 * synthesis.PEAK) < 0.01 * len(clip.samples)  # not clipped


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_song_and_another_seed_a_different_one(name: str) -> None:
    one, same, other = (synthesis.song(name).clip(seconds=4, seed=seed).samples for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.5


@pytest.mark.parametrize("seed", range(3))
def test_the_styles_differ_as_their_genres_do(seed: int) -> None:
    clips = {song.name: song.clip(seconds=12, seed=seed) for song in synthesis.SONGS}
    adagio, floorfiller, furnace, shuffle = (clips[name] for name in ("adagio", "floorfiller", "furnace", "shuffle"))
    assert onsets_a_second(adagio) < 2 < onsets_a_second(shuffle)
    assert centroid_hz(adagio) < 1_500 < centroid_hz(shuffle) < centroid_hz(furnace) < centroid_hz(floorfiller)
    assert crest_db(furnace) < 8 < min(crest_db(adagio), crest_db(floorfiller), crest_db(shuffle))


def test_floorfiller_has_the_tempo_of_disco() -> None:
    clip = synthesis.song("floorfiller").clip(seed=3)
    tempo = librosa.feature.tempo(y=clip.samples, sr=clip.rate)[0]
    assert 110 < tempo < 132


def test_turncoat_changes_its_style_when_announced() -> None:
    song = synthesis.song("turncoat")
    clip = song.clip(seed=2)
    assert song.changes_at_s == 15
    assert crest_db(clip.between(15, 30)) < 8 < crest_db(clip.between(0, 15))
    loudness = librosa.feature.rms(y=clip.samples, frame_length=2048, hop_length=512)[0]
    jump_s = (np.argmax(np.convolve(np.log(loudness + 1e-3), [1] * 40 + [-1] * 40, "valid")) + 40) * 512 / clip.rate
    assert jump_s == pytest.approx(15, abs=0.3)
    shorter = song.clip(seed=2, seconds=10)
    assert centroid_hz(shorter) < 1_500


@pytest.mark.parametrize("seed", range(3))
def test_the_voice_has_the_pitch_and_pauses_of_a_singer(seed: int) -> None:
    voice = synthesis.sing(seconds=10, seed=seed)
    hz, voiced, _ = librosa.pyin(voice.samples, fmin=65, fmax=1000, sr=voice.rate)
    assert 0.4 < voiced.mean() < 0.98
    assert 100 < np.nanmedian(hz) < 600
    glides = np.abs(np.diff(12 * np.log2(hz[voiced & np.isfinite(hz)])))
    assert np.median(glides) > 0.03  # vibrato
    loudness = librosa.feature.rms(y=voice.samples)[0]
    assert (loudness < 0.05 * loudness.max()).mean() > 0.03


def test_songs_are_found_by_name() -> None:
    assert [synthesis.song(name) for name in NAMES] == [*synthesis.SONGS, synthesis.TROUBADOUR]
    assert len({each.style for each in synthesis.SONGS}) == len(synthesis.SONGS)
    with pytest.raises(GenreLabError, match="choose from adagio, floorfiller"):
        synthesis.song("polka")


@pytest.mark.parametrize("arguments", [{"seconds": 0.5}, {"seed": -1}, {"rate": 8_000}])
def test_arguments_out_of_range_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="A synthetic song needs"):
        synthesis.song("adagio").clip(**arguments)


def test_genre_folders(tmp_path: Path) -> None:
    synthesis.write_genre_folders(tmp_path / "all", tracks=2, seconds=4)
    names = sorted(path.relative_to(tmp_path / "all").as_posix() for path in tmp_path.glob("all/*/*"))
    assert names == [
        f"{style}/{style}.{track:05d}.wav" for style in ("blues", "classical", "disco", "metal") for track in (0, 1)
    ]
    path = tmp_path / "all" / "metal" / "metal.00001.wav"
    assert soundfile.info(path).subtype == "PCM_16"
    expected = synthesis.song("furnace").clip(seconds=4, seed=1).samples
    np.testing.assert_allclose(audio.load_audio(path).samples, expected, atol=1 / 32_768)

    synthesis.write_genre_folders(tmp_path / "some", tracks=1, seconds=4, styles=["blues"])
    assert [path.name for path in (tmp_path / "some").iterdir()] == ["blues"]
    with pytest.raises(GenreLabError, match="'polka'"):
        synthesis.write_genre_folders(tmp_path / "none", styles=["polka"])
