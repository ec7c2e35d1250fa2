"""`genre-lab separate`."""

from pathlib import Path

import numpy as np
import pytest

from genre_core.audio import load_audio
from genre_core.cli import main
from tests.command_line import Capture, answer


def test_stems_are_written_and_pairs_of_them_sum_to_the_mix(capsys: Capture, songs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "stems"
    document = answer(capsys, "separate", str(songs / "adagio.wav"), "--out", str(folder))
    assert [item["stem"] for item in document["stems"]] == ["vocals", "accompaniment", "harmonic", "percussive"]
    assert {item["file"] for item in document["stems"]} == {str(path) for path in folder.iterdir()}
    stems = {item["stem"]: load_audio(item["file"], min_seconds=0).samples for item in document["stems"]}
    mix = load_audio(songs / "adagio.wav").samples
    for one, other in (("vocals", "accompaniment"), ("harmonic", "percussive")):
        np.testing.assert_allclose(stems[one] + stems[other], mix, atol=2 / 32_768)  # each is rounded to 16 bits
    assert document["duration_s"] == pytest.approx(7)
    assert main(["separate", str(songs / "adagio.wav"), "--out", str(folder)]) == 0
    assert "adagio.vocals.wav" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_or_written_is_one_line(capsys: Capture, songs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for file, out in (("text.mp3", tmp_path / "stems"), ("adagio.wav", tmp_path / "file")):
        assert main(["separate", str(songs / file), "--out", str(out)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
