"""The clips of a quiz: balanced, reproducible, at one level, and with the predictions of the test set."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from genre_core import audio, runs
from genre_core.audio import example_songs, synthesis
from genre_core.classroom import SEGMENT_COUNTS, ClipSource, Quiz, QuizConfig, make_quiz
from genre_core.classroom.clip_audio import leveled
from genre_core.classroom.clips import candidates
from genre_core.errors import DatasetError
from genre_core.evaluation import Evaluation
from genre_core.prediction import predict_file
from genre_core.runs import Run

SEGMENT_S = audio.SEGMENT_SECONDS


@pytest.fixture(scope="module", params=["paper-track", "paper-random", runs.DEFAULT_RUN])
def run(request: pytest.FixtureRequest) -> Run:
    return runs.load_run(request.param)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute of sound, which stands for every track."""
    path = tmp_path_factory.mktemp("song") / "song.wav"
    path.write_bytes(audio.wav_bytes(synthesis.song("shuffle").clip(seconds=30)))
    return path


def config(run: Run, **changes: Any) -> QuizConfig:
    return replace(QuizConfig(run.info.name, 4821, n_clips=20, n_segments=1), **changes)


def positions(quiz: Quiz) -> list[tuple[str, float]]:
    return [(clip.track, clip.start_s) for clip in quiz.clips]


def test_clips_are_balanced_by_genre_and_no_two_are_of_one_track(run: Run, song: Path) -> None:
    for n_clips in (5, 10, 20):
        quiz = make_quiz(config(run, n_clips=n_clips), run, lambda track: song)
        assert len({clip.track for clip in quiz.clips}) == len(quiz.clips) == n_clips
        counts = np.bincount([clip.true_genre for clip in quiz.clips], minlength=len(quiz.genres))
        assert counts.max() - counts.min() <= 1
        assert all(clip.track.startswith(f"{quiz.genres[clip.true_genre]}/") for clip in quiz.clips)


@pytest.mark.parametrize("n_segments", SEGMENT_COUNTS)
def test_a_clip_is_consecutive_test_segments_with_the_mean_of_their_probabilities(
    run: Run, song: Path, n_segments: int
) -> None:
    evaluation = run.evaluation()
    for clip in make_quiz(config(run, n_clips=10, n_segments=n_segments), run, lambda track: song).clips:
        inside = (evaluation.track == clip.track) & (evaluation.start_s > clip.start_s - 0.1)
        inside &= evaluation.start_s < clip.start_s + clip.length_s - 0.1
        assert inside.sum() == n_segments
        assert clip.length_s == pytest.approx(n_segments * SEGMENT_S)
        np.testing.assert_allclose(clip.probabilities, evaluation.probabilities[inside].mean(axis=0))
        assert soundfile.info(io.BytesIO(clip.wav)).duration == pytest.approx(clip.length_s, abs=0.05)


def test_with_folds_every_place_in_every_track_is_a_candidate() -> None:
    folded = Evaluation(
        genres=("blues", "jazz"),
        labels=np.repeat([0, 1], 20),
        track=np.repeat([f"{genre}/{i}" for genre in ("blues", "jazz") for i in (1, 2)], 10),
        start_s=np.tile(np.arange(10) * SEGMENT_S, 4),
        probabilities=np.linspace([0, 1], [1, 0], 40),
    )
    found = candidates(folded, 3, SEGMENT_S)
    assert len(found) == 4 * 8
    assert {candidate.track for candidate in found} == set(folded.track)
    np.testing.assert_allclose(found[0].probabilities, folded.probabilities[:3].mean(axis=0))


def test_segments_with_a_gap_between_them_are_no_candidate() -> None:
    gapped = Evaluation(
        genres=("blues", "jazz"),
        labels=np.zeros(4, dtype=np.int64),
        track=np.array(["blues/1", "blues/1", "blues/1", "blues/2"]),
        start_s=np.array([0, 2, 3, 4]) * SEGMENT_S,
        probabilities=np.full((4, 2), 0.5),
    )
    assert [candidate.start_s for candidate in candidates(gapped, 2, SEGMENT_S)] == [2 * SEGMENT_S]
    assert not candidates(gapped, 3, SEGMENT_S)
    assert not candidates(gapped.take(np.arange(1)), 3, SEGMENT_S)


def test_a_number_always_gives_the_same_clips(run: Run, song: Path) -> None:
    first, again = (make_quiz(config(run), run, lambda track: song) for _ in range(2))
    other = make_quiz(config(run, number=4822), run, lambda track: song)
    assert positions(first) == positions(again) != positions(other)


def test_unplayable_tracks_are_skipped_and_change_no_other_clip(run: Run, song: Path, tmp_path: Path) -> None:
    complete = make_quiz(config(run, n_clips=10), run, lambda track: song)
    short, silent, fake = (tmp_path / f"{name}.wav" for name in ("short", "silent", "fake"))
    soundfile.write(short, np.full(22_050, 0.1), 22_050)
    soundfile.write(silent, np.r_[np.zeros(31 * 22_050), 0.5], 22_050)
    fake.write_text("not audio", encoding="utf-8")
    bad = dict(zip([clip.track for clip in complete.clips], (None, short, silent, fake), strict=False))
    quiz = make_quiz(config(run, n_clips=10), run, lambda track: bad.get(track, song))
    assert len(quiz.clips) == 10
    assert not set(bad) & {clip.track for clip in quiz.clips}
    assert set(positions(complete)[4:]) <= set(positions(quiz))


def test_with_few_playable_tracks_a_quiz_is_shorter_and_with_none_the_error_names_the_remedy(
    run: Run, song: Path
) -> None:
    some = sorted(set(run.evaluation().track))[:3]
    quiz = make_quiz(config(run), run, lambda track: song if track in some else None)
    assert sorted(clip.track for clip in quiz.clips) == some
    with pytest.raises(DatasetError, match="enter the folder of its audio"):
        make_quiz(config(run), run, lambda track: None)


def test_clips_of_real_tracks_are_cut_at_the_test_segments(gtzan_mini: Path) -> None:
    run = runs.load_run("paper-track")
    quiz = make_quiz(config(run, n_clips=5), run, lambda track: gtzan_mini / f"{track}.wav")
    for clip in quiz.clips:
        whole, rate = soundfile.read(gtzan_mini / f"{clip.track}.wav")
        start = round(clip.start_s * rate)
        played, _ = soundfile.read(io.BytesIO(clip.wav))
        without_fades = slice(500, -500)
        original = whole[start : start + len(played)]
        assert np.corrcoef(original[without_fades], played[without_fades])[0, 1] > 0.999


def test_the_probabilities_of_a_synthetic_clip_are_the_prediction_of_the_run(run: Run) -> None:
    quiz = make_quiz(config(run, n_clips=5, n_segments=2, source="synthetic"), run, lambda track: None)
    assert {quiz.genres[clip.true_genre] for clip in quiz.clips} == {"blues", "classical", "disco", "metal"}
    assert len({clip.wav for clip in quiz.clips}) == 5
    clip = quiz.clips[0]
    prediction = predict_file(clip.wav, run).prediction
    assert prediction.duration_s == pytest.approx(2 * SEGMENT_S, abs=0.05)
    np.testing.assert_allclose(clip.probabilities, list(prediction.probabilities.values()))


def test_clips_of_example_songs_do_not_overlap_and_have_the_genres_in_turn() -> None:
    run = runs.load_run("paper-track")
    quiz = make_quiz(config(run, n_segments=2, source="examples"), run, lambda track: None)
    assert len(quiz.clips) == 20
    by_song: dict[str, list[float]] = {}
    for clip in quiz.clips:
        song = example_songs.song(clip.track)
        assert song.genre == quiz.genres[clip.true_genre]
        by_song.setdefault(clip.track, []).append(clip.start_s)
    assert set(by_song) == {song.name for song in example_songs.SONGS if song.genre in quiz.genres}
    for name, starts in by_song.items():
        assert np.diff(sorted(starts)).min(initial=np.inf) > 2 * SEGMENT_S - 0.01
        assert max(starts) + 2 * SEGMENT_S < audio.load_audio(example_songs.song(name).path).duration_s + 0.01
    prediction = predict_file(quiz.clips[0].wav, run).prediction
    np.testing.assert_allclose(quiz.clips[0].probabilities, list(prediction.probabilities.values()))
    short = config(run, n_clips=5, n_segments=2, source="examples")
    genres = [clip.true_genre for clip in make_quiz(short, run, lambda track: None).clips]
    assert len(set(genres)) == 4  # all that the songs have
    assert positions(make_quiz(short, run, lambda track: None)) != positions(
        make_quiz(replace(short, number=4822), run, lambda track: None)
    )


@pytest.mark.parametrize("source", ["examples", "synthetic"])
def test_clips_of_songs_need_a_run_with_their_genres(run: Run, source: ClipSource) -> None:
    other = replace(run, info=replace(run.info, genres=("polka", "ska")))
    with pytest.raises(DatasetError, match="choose another run"):
        make_quiz(config(run, source=source), other, lambda track: None)


def test_all_clips_have_the_same_level(rng: np.random.Generator) -> None:
    for gain in (1e-3, 0.1, 0.9):
        samples = (gain * rng.uniform(-1, 1, 66_150)).astype(np.float32)
        level = np.sqrt(np.mean(leveled(audio.Clip(samples, 22_050)).samples ** 2))
        assert 20 * np.log10(level) == pytest.approx(-23, abs=0.1)
    spike = np.zeros(66_150, np.float32)
    spike[30_000] = 1e-3
    assert np.abs(leveled(audio.Clip(spike, 22_050)).samples).max() == pytest.approx(10 ** (-1 / 20))
