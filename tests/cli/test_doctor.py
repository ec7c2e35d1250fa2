"""`genre-lab doctor`."""

from pathlib import Path

from genre_core.cli import main
from tests.command_line import Capture, answer


def test_findings_of_a_table_and_of_audio(capsys: Capture, demo_folder: Path) -> None:
    document = answer(capsys, "doctor", "bundled")
    (finding,) = [finding for finding in document["findings"] if finding["kind"] == "one-artist"]
    assert len(finding["tracks"]) == 40
    assert "clipping" in document["unchecked"]
    with_audio = answer(capsys, "doctor", str(demo_folder))
    assert with_audio["tracks_with_audio"] == with_audio["tracks"]
    assert "clipping" not in with_audio["unchecked"]


def test_people_read_findings_and_tracks(capsys: Capture) -> None:
    assert main(["doctor", "bundled"]) == 0
    output = capsys.readouterr().out
    assert "warning: All tracks with a known artist are by a single artist in blues" in output
    assert "not checked: bandwidth, sample-rate, clipping, too-short (" in output
    assert "blues/blues.00000" in output
