"""A prediction as JSON, as a table of its segments, and as a row of a table of songs."""

import json
from dataclasses import replace

import pytest

from genre_core import runs
from genre_core.audio import synthesis
from genre_core.prediction import SongPrediction, predict


@pytest.fixture(scope="module")
def prediction() -> SongPrediction:
    """Of a song that changes from strings to metal at 15 s."""
    return predict(synthesis.song("turncoat").clip(), runs.PAPER_RUN)


def test_as_json(prediction: SongPrediction) -> None:
    document = prediction.to_dict()
    assert json.loads(json.dumps(document)) == document
    assert list(document) == [
        "duration_s",
        "genre",
        "runner_up",
        "probabilities",
        "in_domain",
        "reliability",
        "changes",
        "tags",
        "similar",
        "segments",
        "warnings",
    ]
    assert document["in_domain"] == prediction.in_domain
    assert set(document["reliability"]) == {"score", "reasons"}
    assert set(document["changes"][0]) == {"time_s", "from", "to", "confidence"}
    assert document["changes"][0]["time_s"] == pytest.approx(synthesis.CHANGE_S, abs=3)
    assert set(document["tags"][0]) == {"tag", "score", "kind"}
    assert set(document["similar"][0]) == {"track", "similarity", "from_audio"}
    assert set(document["segments"][0]) == {"start_s", "end_s", "genre", "probabilities", "silent", "in_domain"}


def test_as_a_table_of_segments(prediction: SongPrediction) -> None:
    frame = prediction.to_frame()
    genres = [f"p_{genre}" for genre in prediction.probabilities]
    assert list(frame.columns) == ["start_s", "end_s", "genre", "probability", *genres, "silent", "in_domain"]
    assert frame["start_s"].tolist() == [segment.start_s for segment in prediction.segments]
    assert frame["genre"].tolist() == [segment.genre for segment in prediction.segments]
    assert (frame["probability"] == frame[genres].max(axis=1)).all()
    assert not frame["silent"].any()
    assert frame["in_domain"].dtype == float
    assert frame["in_domain"].tolist() == [segment.in_domain for segment in prediction.segments]


def test_without_an_in_domain_score_the_column_is_empty(prediction: SongPrediction) -> None:
    segments = [replace(segment, in_domain=None) for segment in prediction.segments]
    assert not any(segment.is_out_of_domain for segment in segments)
    frame = replace(prediction, segments=segments).to_frame()
    assert frame["in_domain"].isna().all() and frame["in_domain"].dtype == float


def test_as_a_row(prediction: SongPrediction) -> None:
    row = prediction.to_row()
    assert row["confidence"] == prediction.confidence == max(prediction.probabilities.values())
    assert row["reliability"] == prediction.reliability.score
    assert row["tags"].split("; ") == [tag.tag for tag in prediction.tags[:5]]
    assert row["changes"].split("; ") == [str(change) for change in prediction.changes]
    assert {genre: row[f"p_{genre}"] for genre in prediction.probabilities} == prediction.probabilities
