"""A quiz: which clips it takes, that it is the same for all, and that its results are right."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.stats import binomtest

from genre_core import audio, runs
from genre_core.audio import synthesis
from genre_core.classroom import quiz
from genre_core.classroom.quiz import Answer, Quiz, QuizClip, QuizConfig, Result, make_quiz
from genre_core.errors import ConfigError, DatasetError
from genre_core.evaluation import Evaluation
from genre_core.figures import quiz as figures
from genre_core.prediction import predict_file
from genre_core.runs import Run

SEGMENT_S = audio.SEGMENT_SECONDS


@pytest.fixture(scope="module", params=["paper-track", "paper-random", runs.DEFAULT])
def run(request) -> Run:
    return runs.load_run(request.param)


@pytest.fixture(scope="module")
def song(tmp_path_factory) -> Path:
    """Half a minute of sound, which stands for every track."""
    path = tmp_path_factory.mktemp("song") / "song.wav"
    path.write_bytes(audio.wav_bytes(synthesis.song("shuffle").clip(seconds=30)))
    return path


def config(run: Run, **changes) -> QuizConfig:
    return replace(QuizConfig(run.info.name, 4821, clips=20, segments=1), **changes)


def places(game: Quiz) -> list[tuple[str, float]]:
    return [(clip.track, clip.start_s) for clip in game.clips]


def test_clips_are_balanced_and_each_is_of_another_track(run, song):
    for clips in (5, 10, 20):
        game = make_quiz(config(run, clips=clips), run, lambda track: song)
        assert len({clip.track for clip in game.clips}) == len(game.clips) == clips
        counts = np.bincount([clip.genre for clip in game.clips], minlength=len(game.genres))
        assert counts.max() - counts.min() <= 1
        assert all(clip.track.startswith(f"{game.genres[clip.genre]}/") for clip in game.clips)


@pytest.mark.parametrize("segments", quiz.SEGMENTS)
def test_clips_are_test_segments_in_a_row_with_the_answer_that_the_run_gave_them(run, song, segments):
    evaluation = run.evaluation()
    for clip in make_quiz(config(run, clips=10, segments=segments), run, lambda track: song).clips:
        inside = (evaluation.track == clip.track) & (evaluation.start_s > clip.start_s - 0.1)
        inside &= evaluation.start_s < clip.start_s + clip.length_s - 0.1
        assert inside.sum() == segments
        assert clip.length_s == pytest.approx(segments * SEGMENT_S)
        np.testing.assert_allclose(clip.probabilities, evaluation.probabilities[inside].mean(axis=0))
        assert soundfile.info(io.BytesIO(clip.wav)).duration == pytest.approx(clip.length_s, abs=0.05)


def test_with_folds_every_segment_can_be_asked_and_no_answer_is_of_a_model_that_knew_it():
    folded = Evaluation(
        genres=("blues", "jazz"),
        labels=np.repeat([0, 1], 20),
        track=np.repeat([f"{genre}/{i}" for genre in ("blues", "jazz") for i in (1, 2)], 10),
        start_s=np.tile(np.arange(10) * SEGMENT_S, 4),
        probabilities=np.linspace([0, 1], [1, 0], 40),
    )
    found = quiz._places(folded, 3, SEGMENT_S)
    assert len(found) == 4 * 8
    assert {place.track for place in found} == set(folded.track)
    np.testing.assert_allclose(found[0].probabilities, folded.probabilities[:3].mean(axis=0))


def test_segments_with_a_gap_between_them_are_no_clip():
    gapped = Evaluation(
        genres=("blues", "jazz"),
        labels=np.zeros(4, dtype=np.int64),
        track=np.array(["blues/1", "blues/1", "blues/1", "blues/2"]),
        start_s=np.array([0, 2, 3, 4]) * SEGMENT_S,
        probabilities=np.full((4, 2), 0.5),
    )
    assert [place.start_s for place in quiz._places(gapped, 2, SEGMENT_S)] == [2 * SEGMENT_S]
    assert not quiz._places(gapped, 3, SEGMENT_S)
    assert not quiz._places(gapped.take(np.arange(1)), 3, SEGMENT_S)


def test_a_number_is_one_quiz(run, song):
    first, again = (make_quiz(config(run), run, lambda track: song) for _ in range(2))
    other = make_quiz(config(run, number=4822), run, lambda track: song)
    assert places(first) == places(again) != places(other)


def test_what_cannot_be_played_is_passed_over_and_changes_no_other_clip(run, song, tmp_path):
    whole = make_quiz(config(run, clips=10), run, lambda track: song)
    short, silent, fake = (tmp_path / f"{name}.wav" for name in ("short", "silent", "fake"))
    soundfile.write(short, np.full(22_050, 0.1), 22_050)
    soundfile.write(silent, np.r_[np.zeros(31 * 22_050), 0.5], 22_050)
    fake.write_text("not audio")
    bad = dict(zip([clip.track for clip in whole.clips], (None, short, silent, fake), strict=False))
    game = make_quiz(config(run, clips=10), run, lambda track: bad.get(track, song))
    assert len(game.clips) == 10
    assert not set(bad) & {clip.track for clip in game.clips}
    assert set(places(whole)[4:]) <= set(places(game))


def test_with_few_tracks_at_hand_it_is_shorter_and_with_none_it_says_what_to_do(run, song):
    some = sorted(set(run.evaluation().track))[:3]
    game = make_quiz(config(run), run, lambda track: song if track in some else None)
    assert sorted(clip.track for clip in game.clips) == some
    with pytest.raises(DatasetError, match="name the folder of its audio"):
        make_quiz(config(run), run, lambda track: None)


def test_real_tracks_are_cut_where_they_were_tested(gtzan_mini):
    run = runs.load_run("paper-track")
    game = make_quiz(config(run, clips=5), run, lambda track: gtzan_mini / f"{track}.wav")
    for clip in game.clips:
        whole, rate = soundfile.read(gtzan_mini / f"{clip.track}.wav")
        start = round(clip.start_s * rate)
        played, _ = soundfile.read(io.BytesIO(clip.wav))
        same = np.corrcoef(whole[start : start + len(played)][500:-500], played[500:-500])[0, 1]  # but for the fades
        assert same > 0.999


def test_synthetic_clips_are_what_the_run_judges(run):
    game = make_quiz(config(run, clips=5, segments=2, synthetic=True), run, lambda track: None)
    assert {game.genres[clip.genre] for clip in game.clips} == {"blues", "classical", "disco", "metal"}
    assert len({clip.wav for clip in game.clips}) == 5
    clip = game.clips[0]
    prediction = predict_file(clip.wav, run).prediction
    assert prediction.duration_s == pytest.approx(2 * SEGMENT_S, abs=0.05)
    np.testing.assert_allclose(clip.probabilities, list(prediction.probabilities.values()))


def test_synthetic_clips_need_a_run_that_knows_their_genres(run):
    other = replace(run, info=replace(run.info, genres=("polka", "ska")))
    with pytest.raises(DatasetError, match="choose another run"):
        make_quiz(config(run, synthetic=True), other, lambda track: None)


def test_all_clips_are_equally_loud(rng):
    for gain in (1e-3, 0.1, 0.9):
        samples = (gain * rng.uniform(-1, 1, 66_150)).astype(np.float32)
        level = np.sqrt(np.mean(quiz.evened(audio.Clip(samples, 22_050)).samples ** 2))
        assert 20 * np.log10(level) == pytest.approx(-23, abs=0.1)
    spike = np.zeros(66_150, np.float32)
    spike[30_000] = 1e-3
    assert np.abs(quiz.evened(audio.Clip(spike, 22_050)).samples).max() == pytest.approx(10 ** (-1 / 20))


@pytest.mark.parametrize("wrong", [{"number": 0}, {"number": 10_000}, {"clips": 0}, {"clips": 21}, {"segments": 4}])
def test_a_configuration_checks_itself(wrong):
    with pytest.raises(ConfigError):
        QuizConfig(**{"run": "paper-track", "number": 1} | wrong)


def known_quiz(truth: list[int], heard: list[int]) -> Quiz:
    genres = ("blues", "jazz", "rock")
    return Quiz(
        genres,
        tuple(
            QuizClip(f"{genres[true]}/{i}", 3.0 * i, 3.0, true, 0.1 + 0.7 * np.eye(3)[said], b"")
            for i, (true, said) in enumerate(zip(truth, heard, strict=True))
        ),
    )


def test_the_result_of_one_player():
    game = known_quiz([0, 1, 2, 0, 1], [0, 1, 2, 0, 2])
    result = Result(game, tuple(Answer(0, i, genre) for i, genre in enumerate([0, 1, 1, 0, 2])))
    assert (result.people.accuracy, result.model.accuracy, result.agreement) == (0.6, 0.8, 0.8)
    np.testing.assert_array_equal(result.people.confusion, [[2, 0, 0], [0, 1, 1], [0, 1, 0]])
    np.testing.assert_array_equal(result.model.confusion, [[2, 0, 0], [0, 1, 1], [0, 0, 1]])
    assert result.chance == 1.0
    assert "The model did better, but that may be luck" in result.in_words("You")
    assert "5 clips say little: even 5 to 0 would be chance in 6 of 100" in result.in_words("You")
    table = result.by_clip()
    assert table["answer"].tolist() == ["blues", "jazz", "jazz", "blues", "rock"]
    assert table["right"].tolist() == [1, 1, 0, 1, 0]


def test_answers_of_several_players_are_pooled():
    game = known_quiz([0, 1], [0, 0])
    said = [Answer(0, 0, 0), Answer(0, 1, 1), Answer(1, 0, 2), Answer(1, 1, 1), Answer(2, 0, 0)]
    result = Result(game, tuple(said))
    assert result.players == 3
    np.testing.assert_allclose(result.people_right, [2 / 3, 1])
    np.testing.assert_array_equal(result.people.confusion, [[2, 0, 1], [0, 2, 0], [0, 0, 0]])
    assert result.agreement == pytest.approx((2 / 3 + 0) / 2)
    assert result.frame()["player"].tolist() == [1, 1, 2, 2, 3]
    assert Result(game, tuple(reversed(said))).by_clip().equals(result.by_clip())


def test_only_answered_clips_count_for_either():
    result = Result(known_quiz([0, 1, 2], [1, 1, 0]), (Answer(0, 1, 1),))
    assert (result.clips, result.model.accuracy, result.people.accuracy) == ([1], 1.0, 1.0)
    assert result.in_words("You") == "You and the model did equally well."


@pytest.mark.parametrize(("ahead", "behind"), [(5, 0), (6, 0), (9, 1), (10, 5)])
def test_the_test_is_mcnemars_for_one_player(ahead, behind):
    truth = [0] * (ahead + behind)
    game = known_quiz(truth, [1] * ahead + [0] * behind)
    result = Result(game, tuple(Answer(0, i, int(i >= ahead)) for i in range(len(truth))))
    assert result.chance == pytest.approx(binomtest(ahead, ahead + behind).pvalue)
    assert ("hardly luck" in result.in_words("You")) == (result.chance < 0.05)


def test_the_interval_is_the_exact_binomial_one():
    for hits in range(6):
        expected = binomtest(hits, 5).proportion_ci(method="exact")
        found = quiz.interval(np.arange(5) < hits)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_both_matrices_share_one_scale():
    game = known_quiz([0, 0, 1], [0, 0, 1])
    result = Result(game, (Answer(0, 0, 0), Answer(0, 1, 1), Answer(0, 2, 2)))
    people, model = figures.confusions(result)
    assert people.data[1].z[0][0] == 0.5
    assert model.data[1].z[0][0] == 1.0
    assert people.layout.xaxis.ticktext == model.layout.xaxis.ticktext == game.genres
    assert "1 of 2</b> blues answers" in people.data[-1].hovertext[0]
    assert "2 of 2</b> blues clips" in model.data[-1].hovertext[0]
