"""`genre-lab explain`."""

from pathlib import Path

import numpy as np
import pytest

from genre_core.cli import main
from genre_core.prediction import explanation, predict_file
from genre_core.runs import DEFAULT_RUN, load_run
from tests.command_line import Capture, answer


def test_the_document_is_the_explanation(capsys: Capture, songs: Path) -> None:
    file = str(songs / "furnace.wav")
    document = answer(capsys, "explain", file)
    run = load_run(DEFAULT_RUN)
    predicted = predict_file(file, run)
    expected = explanation.explain(run, predicted.values[predicted.prediction.is_counted], predicted.prediction.genre)
    assert document["genre"] == predicted.prediction.genre
    assert [group["name"] for group in document["groups"]] == [group.name for group in expected.groups]
    assert document["features"][0]["effect"] == pytest.approx(expected.features[0].effect, abs=1e-6)


def test_a_run_on_pictures_is_explained_block_by_block(capsys: Capture, songs: Path) -> None:
    document = answer(capsys, "explain", str(songs / "furnace.wav"), "--run", "lab-cnn", "--genre", "jazz")
    assert document["genre"] == "jazz"
    assert np.array(document["blocks"]).shape == (8, 8)
    assert document["end_s"] - document["start_s"] == pytest.approx(10, abs=0.1)


def test_people_read_the_strongest_effects(capsys: Capture, songs: Path) -> None:
    assert main(["explain", str(songs / "furnace.wav"), "--genre", "jazz"]) == 0
    output = capsys.readouterr().out
    assert "furnace.wav: jazz, probability " in output
    assert "Single features, the strongest effects first:" in output
    assert "An effect of +1 doubles the odds of jazz" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["text.mp3"], "text.mp3"), (["adagio.wav", "--genre", "polka"], "no genre 'polka'")],
)
def test_what_cannot_be_explained_is_one_sentence(
    capsys: Capture, songs: Path, arguments: list[str], message: str
) -> None:
    assert main(["explain", str(songs / arguments[0]), *arguments[1:]]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
