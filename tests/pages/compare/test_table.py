"""Compare: the table of runs."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import runs, storage
from genre_core.runs import comparison
from tests.compare_page import choose, headers, words


def test_the_bundled_runs_are_listed_with_their_test_sets(app: AppTest) -> None:
    app.run()
    assert not app.exception and not app.error
    table = app.dataframe[0].value
    infos = runs.list_runs()
    assert list(table["title"]) == [info.title for info in infos]
    assert list(table["test_set"]) == [comparison.describe_test_set(info) for info in infos]
    assert list(table["accuracy"]) == pytest.approx([100 * info.scores.accuracy for info in infos])
    assert all(" to " in interval for interval in table["accuracy_ci95"])
    assert "can't be ranked" in app.warning[0].value
    assert "Sweeps" not in headers(app)


def test_without_a_run_it_links_to_train(app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BUNDLED", tmp_path / "nothing")
    app.run()
    assert not app.exception and not app.error
    assert "no runs yet" in app.info[0].value
    assert [link.proto.page for link in app.get("page_link")] == ["train"]


def test_the_best_run_of_each_test_set_is_marked(app: AppTest, own_runs: list[str]) -> None:
    app.run()
    table = app.dataframe[0].value.set_index("name")
    best = comparison.compare(runs.list_runs()).best
    assert set(table.index[table["best"] == "★"]) == set(best.values())
    assert table.loc["small", "best"] == ""


def test_runs_of_one_test_set_are_ranked_without_a_warning(app: AppTest, own_runs: list[str]) -> None:
    app.run()
    test_set = comparison.describe_test_set(runs.load_run("small").info)
    app.selectbox(key="compare_test_set").select(test_set).run()
    table = app.dataframe[0].value
    assert set(table["test_set"]) == {test_set}
    assert list(table["rank"]) == [1, 2, 3]
    assert list(table["track_accuracy"]) == sorted(table["track_accuracy"], reverse=True)
    assert table["name"].iloc[-1] == "small"
    assert not app.warning


def test_a_search_and_a_filter_narrow_the_table(app: AppTest, own_runs: list[str]) -> None:
    app.run()
    app.text_input(key="compare_search").set_value("hardly LEARNS").run()
    assert list(app.dataframe[0].value["name"]) == ["smaller"]
    app.text_input(key="compare_search").set_value("no such words").run()
    assert not app.exception and not app.dataframe
    assert "No run matches" in words(app)
    app.text_input(key="compare_search").set_value("").run()
    app.multiselect(key="compare_split").set_value(["random split"]).run()
    assert set(app.dataframe[0].value["name"]) == {"leaky", "paper-random"}


def test_the_chosen_runs_are_remembered(app: AppTest, own_runs: list[str]) -> None:
    app.run()
    choose(app, "small", "smaller")
    app.switch_page("pages/explore.py").run()
    app.switch_page("pages/compare.py").run()
    assert app.multiselect(key="compare_chosen").value == ["small", "smaller"]
