"""`genre-lab runs`."""

from pathlib import Path

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


def test_a_damaged_run_is_listed_with_its_reason_and_can_be_deleted(capsys: Capture, home: Path) -> None:
    folder = home / "runs" / "broken"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("[" * 200_000, encoding="utf-8")
    intact = answer(capsys, "runs")[:-1]
    reason = "The run broken can't be opened, since run.json is damaged: it is nested too deeply; train it again."
    assert answer(capsys, "runs") == [*intact, {"run": "broken", "error": reason}]
    assert main(["runs"]) == 0
    assert f"broken: {reason}" in " ".join(capsys.readouterr().out.split())
    assert answer(capsys, "runs", "--delete", "broken") == intact
    assert not folder.exists()


def test_only_runs_of_the_user_can_be_deleted(capsys: Capture, home: Path) -> None:
    (home / "runs").mkdir(parents=True)
    for place in (home, home / "runs"):
        (place / "run.json").write_text("{}", encoding="utf-8")
    for name in ("paper-track", "nobody", "..", "../runs", ""):
        assert main(["runs", "--delete", name]) == 2
        assert "You have no run" in capsys.readouterr().err
    assert home.is_dir() and (home / "runs").is_dir()
