"""Predictions of songs: segments, calibration, silence, warnings and refusals."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from genre_core import audio, runs
from genre_core.audio import SEGMENT_SAMPLES, SEGMENT_SECONDS, Clip, synthesis
from genre_core.errors import AudioError, ConfigError
from genre_core.features import embedding
from genre_core.prediction import (
    SegmentPrediction,
    SongPrediction,
    predict,
    predict_file,
    predict_song,
    reference,
)
from genre_core.runs import Run


@pytest.fixture(scope="module")
def run() -> Run:
    return runs.load_run(runs.PAPER_RUN)


def test_a_prediction_covers_the_song_segment_by_segment(run: Run) -> None:
    prediction = predict_song(synthesis.song("adagio").clip(seconds=20), run, hop_s=3.0).prediction
    assert prediction.duration_s == pytest.approx(20)
    assert len(prediction.segments) == 6
    assert prediction.segments[0].start_s == 0
    assert prediction.segments[3].end_s == pytest.approx(4 * SEGMENT_SECONDS)
    everything: list[SongPrediction | SegmentPrediction] = [prediction, *prediction.segments]
    for one in everything:
        assert set(one.probabilities) == set(run.info.genres)
        assert sum(one.probabilities.values()) == pytest.approx(1, abs=1e-5)
        assert one.genre == max(one.probabilities, key=one.probabilities.__getitem__)
    assert (
        prediction.runner_up == sorted(prediction.probabilities, key=lambda genre: -prediction.probabilities[genre])[1]
    )
    assert prediction.warnings == []


@pytest.mark.parametrize("hop_s", [0.5, 1.5, 3.0, 5.0])
def test_segments_start_a_hop_apart(run: Run, hop_s: float) -> None:
    prediction = predict_song(synthesis.song("shuffle").clip(seconds=14), run, hop_s=hop_s).prediction
    starts = [segment.start_s for segment in prediction.segments]
    np.testing.assert_allclose(np.diff(starts), hop_s, atol=1e-3)
    assert 14 - hop_s < prediction.segments[-1].end_s <= 14


@pytest.mark.parametrize("hop_s", [0.4, 31.0, float("nan")])
def test_a_hop_out_of_range_is_refused(run: Run, hop_s: float) -> None:
    with pytest.raises(ConfigError, match=r"0.5 to 30 s"):
        predict_song(synthesis.song("shuffle").clip(seconds=14), run, hop_s=hop_s)


def test_a_long_song_is_predicted_to_its_end(run: Run) -> None:
    minute = synthesis.song("adagio").clip(seconds=60).samples
    prediction = predict_song(Clip(np.tile(minute, 15), 22_050), run, hop_s=12.0).prediction
    assert prediction.segments[-1].end_s > 890
    assert prediction.changes == []


def test_tags_are_ranked_and_of_four_kinds(run: Run) -> None:
    tags = predict_song(synthesis.song("adagio").clip(seconds=12), run).prediction.tags
    assert [tag.score for tag in tags] == sorted((tag.score for tag in tags), reverse=True)
    assert {tag.tag for tag in tags} == set(embedding.TAGS)
    assert {tag.kind for tag in tags} == set(get_args(embedding.TagKind))
    # Slow strings in a hall: without a voice, and no rock.
    place = [tag.tag for tag in tags].index
    assert max(place("instrumental"), place("ambient")) < min(place("female vocalists"), place("rock"))


def test_the_most_similar_track_is_the_track_itself(gtzan_mini: Path, run: Run) -> None:
    known = reference.bundled().tracks
    paths = [path for path in sorted(gtzan_mini.glob("*/*.wav")) if f"{path.parent.name}/{path.stem}" in known]
    for path in paths[::30]:
        similar = predict_file(str(path), run).prediction.similar
        assert similar[0].track == f"{path.parent.name}/{path.stem}"
        assert similar[0].similarity > 0.99
        assert [one.similarity for one in similar] == sorted((one.similarity for one in similar), reverse=True)


@pytest.mark.parametrize("n", [1, 3, 10])
def test_confidence_is_calibrated_for_any_number_of_segments(n: int) -> None:
    run = runs.load_run(runs.DEFAULT_RUN)
    evaluation = run.evaluation()
    calibrated, plain, correct = [], [], []
    for track in sorted(set(evaluation.track.tolist())):
        rows = np.flatnonzero(evaluation.track == track)
        for piece in np.array_split(rows, max(len(rows) // n, 1)):
            shares = evaluation.probabilities[piece].mean(axis=0)
            calibrated.append(run.calibrated(shares, n).max())
            plain.append(shares.max())
            correct.append(shares.argmax() == evaluation.labels[piece[0]])
    assert abs(np.mean(calibrated) - np.mean(correct)) < 0.06
    if n == 10:
        assert abs(np.mean(calibrated) - np.mean(correct)) < abs(np.mean(plain) - np.mean(correct))


def test_calibration_raises_the_confidence_with_the_number_of_segments() -> None:
    run = runs.load_run(runs.DEFAULT_RUN)
    shares = np.full(10, 0.3 / 9)
    shares[3] = 0.7
    confidences = [run.calibrated(shares, n).max() for n in (1, 2, 5, 10, 100)]
    assert confidences[0] == pytest.approx(0.7)
    assert confidences[:4] == sorted(confidences[:4])
    assert confidences[4] == pytest.approx(confidences[3])


def test_a_run_with_data_leakage_gets_no_higher_confidence() -> None:
    shares = np.full(10, 0.2 / 9)
    shares[3] = 0.8
    assert runs.load_run(runs.PAPER_RUN).calibrated(shares, 10).max() <= 0.8 + 1e-9


@pytest.mark.parametrize("given", ["path", "bytes", "clip"])
def test_predict_takes_a_path_bytes_or_a_clip_and_a_run_or_its_name(run: Run, tmp_path: Path, given: str) -> None:
    clip = synthesis.song("adagio").clip(seconds=12)
    (tmp_path / "song.wav").write_bytes(audio.wav_bytes(clip))
    sources: dict[str, audio.AudioSource | Clip] = {
        "path": tmp_path / "song.wav",
        "bytes": audio.wav_bytes(clip),
        "clip": clip,
    }
    expected = predict_song(clip, run, hop_s=3.0).prediction
    for model in (run, runs.PAPER_RUN):
        prediction = predict(sources[given], model, hop_s=3.0)
        assert prediction.genre == expected.genre
        assert prediction.probabilities == pytest.approx(expected.probabilities, abs=1e-3)


def test_predict_uses_the_default_run() -> None:
    clip = synthesis.song("adagio").clip(seconds=12)
    assert predict(clip) == predict_song(clip, runs.load_run(runs.DEFAULT_RUN)).prediction


def test_training_tracks_are_predicted_correctly(gtzan_mini: Path, run: Run) -> None:
    paths = sorted(gtzan_mini.glob("*/*.wav"))[::5]
    correct = sum(predict_file(str(path), run).prediction.genre == path.parent.name for path in paths)
    assert correct >= 0.9 * len(paths)


def test_segments_get_the_probabilities_of_the_training_table(gtzan_mini: Path, run: Run) -> None:
    evaluation = run.evaluation()
    for row in range(0, len(evaluation.labels), 60):
        genre, name = evaluation.track[row].split("/")
        clip = audio.load_audio(gtzan_mini / genre / f"{name}.wav")
        predicted = predict_song(clip, run, hop_s=3.0)
        probabilities = run.probabilities(predicted.values)[round(evaluation.start_s[row] / SEGMENT_SECONDS)]
        np.testing.assert_allclose(probabilities, evaluation.probabilities[row], atol=1e-3)


def test_a_silent_segment_does_not_count_and_gives_no_nan(run: Run) -> None:
    song = synthesis.song("furnace").clip(seconds=9).samples
    quiet = song.copy()
    quiet[SEGMENT_SAMPLES : 2 * SEGMENT_SAMPLES] = 0
    predicted = predict_song(Clip(quiet, 22_050), run, hop_s=3.0)
    prediction = predicted.prediction
    assert [segment.silent for segment in prediction.segments] == [False, True] + [False] * (
        len(prediction.segments) - 2
    )
    assert np.isfinite([*prediction.probabilities.values()]).all()
    counted = run.probabilities(predicted.values)[prediction.is_counted]
    np.testing.assert_allclose(
        [*prediction.probabilities.values()], run.calibrated(counted.mean(axis=0), predicted.n_effective)
    )
    assert prediction.warnings == ["1 segment is silent and not used."]


def test_a_song_that_the_run_was_trained_on_has_a_warning(gtzan_mini: Path, run: Run) -> None:
    path = sorted((gtzan_mini / "jazz").iterdir())[3]
    (warning,) = predict_file(str(path), run, hop_s=3.0).prediction.warnings
    assert warning.startswith("The training set of the run contains this recording")


def test_sound_only_after_the_last_segment_is_refused(run: Run) -> None:
    samples = np.zeros(SEGMENT_SAMPLES + 1000, np.float32)
    samples[-500:] = 0.5
    with pytest.raises(AudioError, match="All segments of this file are silent"):
        predict_song(Clip(samples, 22_050), run)


def test_warnings_of_the_file_are_kept(run: Run) -> None:
    content = audio.wav_bytes(synthesis.song("shuffle").clip(seconds=12))
    prediction = predict_file(content[: len(content) * 2 // 3], run, hop_s=3.0).prediction
    assert len(prediction.segments) == 2
    assert any("cut short" in warning for warning in prediction.warnings)


def test_a_clip_at_another_rate_is_refused_with_the_remedy(run: Run) -> None:
    with pytest.raises(ConfigError, match=r"not 44100 Hz; load the file with load_audio\(source, rate=22050\)"):
        predict(Clip(np.ones(200_000, np.float32), 44_100), run)


def test_a_file_shorter_than_a_segment_of_the_run_is_refused(run: Run) -> None:
    whole_tracks = replace(run, info=replace(run.info, segment_samples=661_794))
    with pytest.raises(AudioError, match="needs segments of 30 s, and this file has only 12 s"):
        predict_song(synthesis.song("adagio").clip(seconds=12), whole_tracks)
    assert len(predict_song(synthesis.song("adagio").clip(seconds=29.5), whole_tracks).prediction.segments) == 1


def test_silence_does_not_count_as_duration(run: Run) -> None:
    silence = np.zeros(60 * 22_050, np.float32)
    piece = synthesis.song("shuffle").clip(seconds=6).samples
    alone = predict_song(Clip(piece, 22_050), run).prediction.reliability
    late = predict_song(Clip(np.concatenate([silence, piece]), 22_050), run).prediction.reliability
    assert any("s are not silent" in reason for reason in alone.reasons)
    assert any("s are not silent" in reason for reason in late.reasons)
