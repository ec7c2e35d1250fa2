"""The in-domain score: what it is made of, and what it says of music and of sounds that are no music."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core import audio
from genre_core.audio import SEGMENT_RATE, Clip
from genre_core.datasets import BUNDLED, load_dataset
from genre_core.errors import ModelError
from genre_core.features import embedding
from genre_core.prediction import domain, predict, reference
from genre_core.prediction.result import IN_DOMAIN_LIMIT, Tag
from genre_core.runs import DEFAULT_RUN, PAPER_RUN, load_run

OLD_RUN = Path(__file__).parents[1] / "data" / "version_0_1" / "runs" / "mlp-paper"
SURE, UNSURE = np.array([0.91, *[0.01] * 9]), np.full(10, 0.1)


def tags(**scores: float) -> list[Tag]:
    return [Tag(tag, scores.get(tag, 0.0), "genre") for tag in embedding.TAGS]


def score(probabilities: np.ndarray, distance: float, some: list[Tag]) -> float:
    found = domain.in_domain(DEFAULT_RUN, domain.evidence(probabilities, distance, some))
    assert found is not None
    return found


def test_each_kind_of_evidence_lowers_the_score() -> None:
    usual = score(SURE, 0.85, tags(rock=0.6))
    assert usual > IN_DOMAIN_LIMIT
    assert score(UNSURE, 0.85, tags(rock=0.6)) < usual
    assert score(SURE, 1.2, tags(rock=0.6)) < usual
    assert score(SURE, 0.85, tags(electronic=0.6, ambient=0.4)) < usual
    assert score(UNSURE, 1.2, tags(electronic=0.6, ambient=0.4)) < 0.05


def test_audio_beyond_the_limit_of_the_distance_is_out_of_domain_whatever_else() -> None:
    assert score(SURE, 1.29, tags()) > IN_DOMAIN_LIMIT > score(SURE, 1.31, tags())


def test_evidence_is_entropy_distance_and_tags() -> None:
    np.testing.assert_allclose(
        domain.evidence(UNSURE, 1.0, tags(electronic=0.3, ambient=0.2, rock=0.9)), [np.log(10), 0, np.log(0.501)]
    )


def test_the_score_of_another_run_comes_from_its_training_set() -> None:
    evidence = domain.evidence(SURE, 0.85, tags())
    assert domain.in_domain(PAPER_RUN, evidence) is None
    run = load_run(PAPER_RUN)
    dataset = load_dataset(BUNDLED)
    track = dataset.values[dataset.track == dataset.track[0]]
    found = domain.in_domain_of_song(run, evidence, track, len(track))
    assert found is not None and found > IN_DOMAIN_LIMIT
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(12 * SEGMENT_RATE) / SEGMENT_RATE)
    assert predict(Clip(tone.astype(np.float32), SEGMENT_RATE), run).is_out_of_domain


@pytest.mark.parametrize(
    ("tracks", "reason"),
    [(18, "trained on 18 tracks, and the limit needs 50"), (50, "an earlier version of Genre Lab trained the run")],
)
def test_a_run_without_a_domain_cannot_tell(tracks: int, reason: str) -> None:
    run = load_run(OLD_RUN)
    evidence = domain.evidence(SURE, 0.85, tags())
    assert domain.in_domain_of_song(run, evidence, np.zeros((1, 58)), 1) is None
    info = replace(run.info, counts=replace(run.info.counts, train_tracks=tracks))
    assert reason in domain.why_unknown(info)


def test_noise_and_tones_are_out_of_domain(rng: np.random.Generator) -> None:
    times = np.arange(12 * SEGMENT_RATE) / SEGMENT_RATE
    for samples in (0.1 * rng.standard_normal(len(times)), 0.5 * np.sin(2 * np.pi * 440 * times)):
        assert predict(Clip(samples.astype(np.float32), SEGMENT_RATE)).is_out_of_domain


def test_tracks_of_the_ten_genres_are_in_domain(gtzan_mini: Path) -> None:
    paths = [sorted((gtzan_mini / genre).iterdir())[0] for genre in ("blues", "classical", "country", "metal", "rock")]
    predictions = [predict(audio.load_audio(path).between(0, 20)) for path in paths]
    assert sum(prediction.is_out_of_domain for prediction in predictions) <= 1


def test_a_damaged_file_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / domain.FILE).write_text("{}", encoding="utf-8")
    (tmp_path / "SHA256SUMS").write_text("", encoding="utf-8")
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    domain.bundled.cache_clear()
    with pytest.raises(ModelError, match="checksum"):
        score(SURE, 1.0, tags())
    monkeypatch.undo()
    domain.bundled.cache_clear()
