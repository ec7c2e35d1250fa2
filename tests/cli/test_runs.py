"""`genre-lab runs`."""

from genre_core.cli import main
from tests.command_line import Capture, answer


def test_the_bundled_runs_are_listed_the_default_one_first(capsys: Capture) -> None:
    document = answer(capsys, "runs")
    assert [run["run"] for run in document if run["default"]] == [document[0]["run"]]
    assert {"paper-random", "paper-track"} < {run["run"] for run in document}
    assert all(run["title"] for run in document)


def test_people_read_names_in_full_and_accuracies(capsys: Capture) -> None:
    assert main(["runs"]) == 0
    output = capsys.readouterr().out
    assert "(default)" in output
    assert "paper-track " in output
    assert " random split " in output
