"""The page Compare: with the runs that ship, with a visitor's own, and with a sweep's."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import runs, storage
from genre_core.runs import comparison
from ui.state import Keys


@pytest.fixture
def app(visit) -> AppTest:
    return visit("pages/compare.py")


def add_run(home: Path, name: str, like: str = "paper-track", **said: Any) -> str:
    """A run of the visitor's, with other words in its run.json."""
    folder = home / "runs" / name
    shutil.copytree(storage.BUNDLED / "runs" / like, folder)
    info, checksums = runs._read_info(folder)
    runs._write_info(folder / "run.json", info, checksums)
    now = json.loads((folder / "run.json").read_text())
    for key, value in said.items():
        if isinstance(value, dict):
            now[key] |= value
        else:
            now[key] = value
    (folder / "run.json").write_text(json.dumps(now))
    return name


@pytest.fixture
def own_runs(home: Path) -> list[str]:
    return [
        add_run(home, "small", title="Small", config={"layers": [32, 16]}, scores={"track_accuracy": 0.4}),
        add_run(home, "smaller", title="Smaller", config={"layers": [16]}, note="hardly learns"),
        add_run(home, "leaky", like="paper-random", title="Leaky"),
    ]


@pytest.fixture
def sweep(home: Path) -> str:
    name = "sweep-mlp-1"
    for number, (dropout, heard) in enumerate(((0.0, 0.3), (0.2, 0.7), (0.4, 0.5)), 1):
        add_run(
            home,
            f"trial-{number}",
            sweep=name,
            title=f"{name}, {number} of 3",
            split={"selection": True},
            config={"dropout": dropout},
            scores={"track_accuracy": heard},
        )
    add_run(home, "winner", sweep=name, title=f"Best of {name}", scores={"track_accuracy": 0.6})
    return name


def words(app: AppTest) -> str:
    said = [element.value for element in (*app.markdown, *app.caption, *app.warning, *app.success, *app.info)]
    return "\n".join(said).replace("**", "").replace("\\", "").replace("\u00a0", " ")


def headers(app: AppTest) -> list[str]:
    return [header.value for header in app.subheader]


def choose(app: AppTest, *names: str) -> AppTest:
    return app.multiselect(key="compare_chosen").set_value(list(names)).run()


def button(app: AppTest, key: str) -> Any:
    return app.button(key=key)


def test_with_the_bundled_runs_alone_all_stand_with_their_test(app):
    app.run()
    assert not app.exception and not app.error
    table = app.dataframe[0].value
    infos = runs.list_runs()
    assert list(table["run"]) == [info.title for info in infos]
    assert list(table["tested_on"]) == [comparison.test_of(info) for info in infos]
    assert list(table["accuracy"]) == pytest.approx([100 * info.scores.accuracy for info in infos])
    assert all(" to " in interval for interval in table["accuracy_interval"])
    assert "can't be ranked" in app.warning[0].value
    assert "Sweep" not in headers(app)


def test_without_any_run_it_says_where_to_get_one(app, tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "BUNDLED", tmp_path / "nothing")
    app.run()
    assert not app.exception and not app.error
    assert "no run yet" in app.info[0].value
    assert [link.proto.page for link in app.get("page_link")] == ["train"]


def test_the_best_of_each_test_is_marked(app, own_runs):
    app.run()
    table = app.dataframe[0].value.set_index("name")
    best = comparison.compare(runs.list_runs()).best
    assert set(table.index[table["best"] == "★"]) == set(best.values())
    assert table.loc["small", "best"] == ""


def test_one_test_is_ranked_without_a_warning(app, own_runs):
    app.run()
    test = comparison.test_of(runs.load_run("small").info)
    app.selectbox(key="compare_tested").select(test).run()
    table = app.dataframe[0].value
    assert set(table["tested_on"]) == {test}
    assert list(table["place"]) == [1, 2, 3]
    assert list(table["track_accuracy"]) == sorted(table["track_accuracy"], reverse=True)
    assert table["name"].iloc[-1] == "small"
    assert not app.warning


def test_a_search_and_a_filter_narrow_the_table(app, own_runs):
    app.run()
    app.text_input(key="compare_search").set_value("hardly LEARNS").run()
    assert list(app.dataframe[0].value["name"]) == ["smaller"]
    app.text_input(key="compare_search").set_value("no such words").run()
    assert not app.exception and not app.dataframe
    assert "No run is like that" in words(app)
    app.text_input(key="compare_search").set_value("").run()
    app.multiselect(key="compare_split").set_value(["random split by segment"]).run()
    assert set(app.dataframe[0].value["name"]) == {"leaky", "paper-random"}


def test_a_single_run_says_its_scores_with_its_split_and_can_be_opened(app, own_runs):
    app.run()
    choose(app, "small")
    assert "40.0 % of the tracks right" in words(app)
    assert "Measured on the test part of a split by track" in words(app)
    links = {link.proto.page: link.proto.query_string for link in app.get("page_link")}
    assert "layers=32%2C16" in links["train"] and "split=track" in links["train"]
    assert [element.proto.label for element in app.get("download_button")] == [
        "Table as CSV",
        "Report (HTML)",
        "Predictions (CSV)",
    ]
    button(app, "compare_evaluate").click().run()
    assert app.session_state[Keys.RUN] == "small"
    assert app.title[0].value == "Evaluate"


def test_a_run_is_renamed_and_gets_a_note(app, own_runs):
    app.run()
    choose(app, "small")
    button(app, "compare_rename").click().run()
    app.text_input(key="compare_title").set_value("  Not *so* small ")
    app.text_area(key="compare_note").set_value("For the class of Monday")
    next(element for element in app.button if element.label == "Save").click().run()
    assert not app.exception and not app.error
    info = runs.load_run("small").info
    assert (info.title, info.note) == ("Not *so* small", "For the class of Monday")
    table = app.dataframe[0].value.set_index("name")
    assert table.loc["small", "run"] == "Not *so* small"
    assert table.loc["small", "note"] == "For the class of Monday"
    assert "Note: For the class of Monday" in words(app)


def test_runs_are_deleted_only_when_that_is_confirmed(app, home, own_runs):
    app.run()
    app.session_state[Keys.RUN] = "small"
    choose(app, "small", "leaky", "paper-track")
    assert "stay as they are" in words(app)
    button(app, "compare_delete").click().run()
    assert (home / "runs" / "small").exists()
    asked = words(app)
    assert "Small · split by track" in asked and "Leaky · random split by segment" in asked
    assert "paper-track)" not in asked, "what is bundled is not among what is deleted"
    button(app, "compare_keep").click().run()
    assert (home / "runs" / "small").exists()
    button(app, "compare_delete").click().run()
    button(app, "compare_sure").click().run()
    assert not app.exception and not app.error
    assert [folder.name for folder in (home / "runs").iterdir()] == ["smaller"]
    assert set(app.dataframe[0].value["name"]) == {"smaller", "paper-random", "paper-track", "lab-cnn", runs.DEFAULT}
    assert app.session_state["compare_chosen"] == ["paper-track"]
    assert app.session_state[Keys.RUN] is None


def test_a_run_that_is_gone_meanwhile_is_said(app, home, own_runs):
    app.run()
    choose(app, "small")
    button(app, "compare_delete").click().run()
    runs.delete_run("small")
    button(app, "compare_sure").click().run()
    assert not app.exception
    assert "no run small" in app.error[0].value
    assert app.session_state["compare_chosen"] == []


def test_bundled_runs_stay_as_they_are(app):
    app.run()
    choose(app, "paper-track")
    assert button(app, "compare_delete").disabled and button(app, "compare_rename").disabled
    assert "came with Genre Lab and stays as it is" in words(app)
    choose(app, "paper-track", "paper-random")
    assert button(app, "compare_delete").disabled


def test_a_damaged_run_is_said_and_can_be_deleted(app, home, own_runs):
    (home / "runs" / "small" / "predictions.parquet").write_bytes(b"gone")
    app.run()
    choose(app, "small")
    assert not app.exception
    assert "damaged" in app.error[0].value
    button(app, "compare_delete").click().run()
    button(app, "compare_sure").click().run()
    assert not (home / "runs" / "small").exists()


def test_two_runs_of_different_splits_are_not_ranked_without_saying_so(app):
    app.run()
    choose(app, "paper-random", "paper-track")
    assert not app.exception and not app.error
    warnings = [warning.value for warning in app.warning]
    assert any("random split by segment" in said and "split by track" in said for said in warnings)
    assert "The difference of their confusion matrices" in headers(app)
    assert "the difference is that of the tests as much as of the models" in words(app)
    assert "tested in different ways: one curve above another" in words(app)
    assert len(app.get("plotly_chart")) == 4


def test_two_runs_of_one_test_need_no_warning(app, own_runs):
    app.run()
    choose(app, "small", "smaller")
    assert len(app.warning) == 1, "that of the table, which holds all"
    assert "as much as of the models" not in words(app)


def test_runs_that_know_different_genres_cannot_be_subtracted(app, home, own_runs):
    path = home / "runs" / "leaky" / "run.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps(said | {"genres": said["genres"][:-1]}))
    app.run()
    choose(app, "small", "leaky")
    assert not app.exception
    assert "know different genres" in words(app)


def test_settings_of_one_model_and_test_are_joined_by_lines(app, own_runs):
    app.run()
    (group,) = [box for box in app.selectbox if box.label == "Model and test"]
    assert group.options == [f"mlp · {comparison.test_of(runs.load_run('small').info)} (3 runs)"]
    app.segmented_control(key="compare_settings_score").set_value("macro_f1").run()
    assert not app.exception


def test_a_sweep_shows_what_each_setting_does_and_which_part_it_was_scored_on(app, sweep):
    app.run()
    assert not app.exception and not app.error
    assert "Sweep" in headers(app)
    said = words(app)
    assert "These are scores of the validation part" in said
    assert "60.0 % of the tracks right" in said and "on the split by track of bundled" in said
    trials = app.dataframe[-1].value
    assert list(trials["Dropout"]) == ["0.2", "0.4", "0"]
    assert list(trials["track_accuracy"]) == pytest.approx([70, 50, 30])
    assert list(trials["best"]) == ["★", "", ""]
    assert not any("trial" in name for name in app.dataframe[0].value["name"])
    app.toggle(key="compare_trials").set_value(True).run()
    assert any("trial" in name for name in app.dataframe[0].value["name"])
    app.segmented_control(key="compare_sweep_score").set_value("accuracy").run()
    assert not app.exception


def test_what_was_chosen_is_remembered(app, own_runs):
    app.run()
    choose(app, "small", "smaller")
    app.switch_page("pages/explore.py").run()
    app.switch_page("pages/compare.py").run()
    assert app.multiselect(key="compare_chosen").value == ["small", "smaller"]
