"""`genre-lab compare`."""

from genre_core.cli import main
from tests.command_line import Capture, answer


def test_runs_with_different_test_sets_are_not_ranked(capsys: Capture) -> None:
    document = answer(capsys, "compare", "paper-random", "paper-track")
    assert [run["run"] for run in document["runs"]] == ["paper-random", "paper-track"]
    assert document["best"] == {}
    assert "can't be ranked" in document["warnings"][0]
    assert answer(capsys, "compare", "paper-random")["warnings"] == []
    assert main(["compare", "paper-random", "paper-track"]) == 0
    assert "can't be ranked" in " ".join(capsys.readouterr().out.split())


def test_the_best_run_on_a_shared_test_set_is_named(capsys: Capture) -> None:
    good, poor = (
        answer(capsys, "train", "--model", "knn", "--set", f"neighbors={neighbors}", "--split", "track")["run"]
        for neighbors in (5, 600)
    )
    assert [*answer(capsys, "compare", poor, good)["best"].values()] == [good]
    assert main(["compare", poor, good]) == 0
    assert f": {good}." in capsys.readouterr().out
