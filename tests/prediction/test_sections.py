"""Sections of a song: their in-domain scores, and how far few segments count."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import logit

from genre_core import audio
from genre_core.audio import SEGMENT_RATE, Clip
from genre_core.prediction import predict, sections
from genre_core.prediction.result import IN_DOMAIN_LIMIT
from genre_core.prediction.sections import PRIOR_LOG_ODDS, PRIOR_SEGMENTS
from genre_core.runs import DEFAULT_RUN


def test_few_segments_count_little() -> None:
    assert logit(sections.cautious(0.8, 0.1, 0)) == pytest.approx(PRIOR_LOG_ODDS)
    assert sections.cautious(0.8, 0.1, 1e6) == pytest.approx(0.1, abs=1e-4)
    # As many segments as are added: halfway in log odds.
    assert logit(sections.cautious(0.8, 0.2, PRIOR_SEGMENTS)) == pytest.approx((logit(0.2) + PRIOR_LOG_ODDS) / 2)
    scores = [sections.cautious(0.8, 0.1, n) for n in (0, 2, 5, 20)]
    assert scores == sorted(scores, reverse=True)


def test_a_section_needs_less_evidence_in_an_out_of_domain_song() -> None:
    assert sections.cautious(0.1, 0.4, 3) < sections.cautious(0.5, 0.4, 3) == sections.cautious(0.9, 0.4, 3)


def test_certain_scores_stay_finite() -> None:
    assert 0 < sections.cautious(0.0, 1.0, PRIOR_SEGMENTS) < 1


def test_a_section_has_the_score_of_the_segments_between_its_boundaries() -> None:
    centers_s, embedded_centers_s = np.arange(1, 20) * 1.5, np.arange(1, 10) * 3.0
    given: list[tuple[list[float], list[float], float]] = []

    def alone(here: np.ndarray, embedded_here: np.ndarray, sounding_s: float) -> float:
        given.append((centers_s[here].tolist(), embedded_centers_s[embedded_here].tolist(), sounding_s))
        return 0.1 * len(given)

    scores = sections.in_domain(0.7, np.array([6.0, 20.0]), centers_s, embedded_centers_s, 3.0, alone)
    assert [embedded for _, embedded, _ in given] == [[3, 6], [9, 12, 15, 18], [21, 24, 27]]
    assert [(times[0], times[-1]) for times, _, _ in given] == [(1.5, 6), (7.5, 19.5), (21, 28.5)]
    assert [sounding_s for _, _, sounding_s in given] == [6, 12, 9]
    expected = [sections.cautious(0.7, 0.1, 2), sections.cautious(0.7, 0.2, 4), sections.cautious(0.7, 0.3, 3)]
    assert scores is not None
    np.testing.assert_allclose(scores, expected, rtol=1e-4)  # a segment lasts 2.99995 s


def test_a_stretch_of_noise_in_a_song_is_out_of_domain(gtzan_mini: Path, rng: np.random.Generator) -> None:
    blues, rock = (
        audio.load_audio(sorted((gtzan_mini / genre).iterdir())[0]).samples[: 24 * SEGMENT_RATE]
        for genre in ("blues", "rock")
    )
    noise = 0.1 * rng.standard_normal(24 * SEGMENT_RATE)
    clip = Clip(np.concatenate([blues, noise, rock]).astype(np.float32), SEGMENT_RATE)
    prediction = predict(clip, DEFAULT_RUN)

    def scores(start_s: float, end_s: float) -> list[float]:
        inside = [one for one in prediction.segments if one.start_s > start_s + 3 and one.end_s < end_s - 3]
        return [one.in_domain for one in inside if one.in_domain is not None]

    assert max(scores(24, 48)) < IN_DOMAIN_LIMIT < min(scores(0, 24) + scores(48, 72))
    (change,) = prediction.changes
    assert (change.time_s, change.from_genre, change.to_genre) == (pytest.approx(48, abs=3), "blues", "rock")


def test_a_song_of_one_section_has_one_score() -> None:
    times = np.arange(12 * SEGMENT_RATE) / SEGMENT_RATE
    prediction = predict(Clip(np.sin(2 * np.pi * 440 * times).astype(np.float32), SEGMENT_RATE), DEFAULT_RUN)
    assert {segment.in_domain for segment in prediction.segments} == {prediction.in_domain}
    assert all(segment.is_out_of_domain for segment in prediction.segments)
    assert prediction.changes == []


def test_a_song_without_a_score_has_none_for_its_sections() -> None:
    times_s = np.array([1.5, 12.0])
    assert sections.in_domain(None, np.array([9.0]), times_s, times_s, 3.0, lambda *_: 0.5) is None


def test_a_silent_section_has_no_score_of_its_own() -> None:
    times_s = np.array([1.5, 4.5])
    scores = sections.in_domain(0.7, np.array([9.0]), times_s, times_s, 3.0, lambda *_: 0.2)
    assert scores is not None
    np.testing.assert_allclose(scores, [sections.cautious(0.7, 0.2, 2), sections.cautious(0.7, 0.7, 0)], rtol=1e-4)
