from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core import audio, demo, runs
from genre_core.audio import SEGMENT_SAMPLES, SEGMENT_SECONDS, Clip
from genre_core.datasets import Dataset
from genre_core.errors import AudioError
from genre_core.prediction import judge, judge_file
from genre_core.runs import Run
from genre_core.splits import make_split


@pytest.fixture(scope="module")
def run() -> Run:
    return runs.load_run(runs.DEFAULT)


def test_a_verdict_covers_the_song_segment_by_segment(run: Run) -> None:
    clip = demo.song("adagio").clip(seconds=20)
    verdict = judge(clip, run)
    assert verdict.duration_s == pytest.approx(20)
    assert len(verdict.segments) == 6
    assert verdict.segments[0].start_s == 0
    assert verdict.segments[3].end_s == pytest.approx(4 * SEGMENT_SECONDS)
    for answer in (verdict, *verdict.segments):
        assert set(answer.probabilities) == set(run.info.genres)
        assert sum(answer.probabilities.values()) == pytest.approx(1, abs=1e-5)
        assert answer.genre == max(answer.probabilities, key=lambda genre: answer.probabilities[genre])
    mean = np.mean([[*segment.probabilities.values()] for segment in verdict.segments], axis=0)
    np.testing.assert_allclose([*verdict.probabilities.values()], mean)
    assert verdict.warnings == []


def test_tracks_that_it_was_trained_on_are_recognised(gtzan_mini: Path, run: Run) -> None:
    paths = sorted(gtzan_mini.glob("*/*.wav"))[::5]
    right = sum(judge_file(str(path), run)[1].genre == path.parent.name for path in paths)
    assert right >= 0.9 * len(paths)


def test_the_answer_is_that_of_the_training_table(gtzan_mini: Path, run: Run) -> None:
    evaluation = run.evaluation()
    for row in range(0, len(evaluation.labels), 60):
        genre, name = evaluation.track[row].split("/")
        clip = audio.load(gtzan_mini / genre / f"{name}.wav")
        segment = judge(clip, run).segments[round(evaluation.start_s[row] / SEGMENT_SECONDS)]
        np.testing.assert_allclose([*segment.probabilities.values()], evaluation.probabilities[row], atol=1e-3)


def test_a_silent_segment_has_no_say_and_gives_no_nan(run: Run) -> None:
    song = demo.song("furnace").clip(seconds=9).samples
    quiet = song.copy()
    quiet[SEGMENT_SAMPLES : 2 * SEGMENT_SAMPLES] = 0
    verdict = judge(Clip(quiet, 22_050), run)
    assert [segment.silent for segment in verdict.segments] == [False, True] + [False] * (len(verdict.segments) - 2)
    assert np.isfinite([*verdict.probabilities.values()]).all()
    heard = [[*s.probabilities.values()] for s in verdict.segments if not s.silent]
    np.testing.assert_allclose([*verdict.probabilities.values()], np.mean(heard, axis=0))
    assert verdict.warnings == ["1 segment had no say in the verdict, being silent."]


def test_a_song_that_the_run_was_trained_on_is_said_so(gtzan_mini: Path, run: Run, bundled: Dataset) -> None:
    path = sorted((gtzan_mini / "jazz").iterdir())[3]
    train = make_split(bundled, run.info.split).single.train
    seen = int(np.sum(bundled.track[train] == f"jazz/{path.stem}"))
    _, verdict = judge_file(str(path), run)
    assert f"This run was trained on {seen} of its {len(verdict.segments)} segments" in verdict.warnings[0]


def test_sound_that_is_only_in_the_tail_is_refused(run: Run) -> None:
    samples = np.zeros(SEGMENT_SAMPLES + 1000, np.float32)
    samples[-500:] = 0.5
    with pytest.raises(AudioError, match="no sound in any whole segment"):
        judge(Clip(samples, 22_050), run)


def test_warnings_of_the_file_are_passed_on(run: Run) -> None:
    content = audio.wav_bytes(demo.song("shuffle").clip(seconds=12))
    _, verdict = judge_file(content[: len(content) * 2 // 3], run)
    assert len(verdict.segments) == 2
    assert any("cut short" in warning for warning in verdict.warnings)


def test_a_clip_at_another_rate_is_a_mistake_of_the_caller(run: Run) -> None:
    with pytest.raises(ValueError, match="22050 Hz"):
        judge(Clip(np.ones(200_000, np.float32), 44_100), run)


def test_a_file_shorter_than_what_the_run_judges_is_refused(run: Run) -> None:
    whole_tracks = replace(run, info=replace(run.info, segment_samples=661_794))
    with pytest.raises(AudioError, match="judges pieces of 30 s and this file has only 12 s"):
        judge(demo.song("adagio").clip(seconds=12), whole_tracks)
    assert len(judge(demo.song("adagio").clip(seconds=29.5), whole_tracks).segments) == 1
