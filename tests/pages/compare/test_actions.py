"""Compare: what can be done with the chosen runs."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from genre_core import runs
from tests.compare_page import button, choose, words
from ui.state import Keys


def test_a_chosen_run_has_its_scores_and_split_and_can_be_opened(app: AppTest, own_runs: list[str]) -> None:
    app.run()
    choose(app, "small")
    assert "Accuracy (tracks): 40.0 % (95 % CI" in words(app)
    assert "Measured on the test set of a track split" in words(app)
    links = {link.proto.page: link.proto.query_string for link in app.get("page_link")}
    assert "layers=32%2C16" in links["train"] and "split=track" in links["train"]
    assert [element.proto.label for element in app.get("download_button")] == [
        "Table (CSV)",
        "Report (HTML)",
        "Predictions (CSV)",
        "Run (ZIP)",
    ]
    button(app, "compare_evaluate").click().run()
    assert app.session_state[Keys.RUN] == "small"
    assert app.title[0].value == "Evaluate"


def test_a_run_gets_a_title_and_a_note(app: AppTest, own_runs: list[str]) -> None:
    app.run()
    choose(app, "small")
    button(app, "compare_edit").click().run()
    app.text_input(key="compare_title").set_value("  Not *so* small ")
    app.text_area(key="compare_note").set_value("For the class of Monday")
    next(element for element in app.button if element.label == "Save").click().run()
    assert not app.exception and not app.error
    info = runs.load_run("small").info
    assert (info.title, info.note) == ("Not *so* small", "For the class of Monday")
    table = app.dataframe[0].value.set_index("name")
    assert table.loc["small", "title"] == "Not *so* small"
    assert table.loc["small", "note"] == "For the class of Monday"
    assert "Note: For the class of Monday" in words(app)


def test_runs_are_deleted_only_after_confirmation(app: AppTest, home: Path, own_runs: list[str]) -> None:
    app.run()
    app.session_state[Keys.RUN] = "small"
    choose(app, "small", "leaky", "paper-track")
    assert "can't be renamed or deleted" in words(app)
    button(app, "compare_delete").click().run()
    assert (home / "runs" / "small").exists()
    text = words(app)
    assert "Small · track split" in text and "Leaky · random split" in text
    assert "paper-track)" not in text, "a bundled run is not deleted"
    button(app, "compare_cancel").click().run()
    assert (home / "runs" / "small").exists()
    button(app, "compare_delete").click().run()
    button(app, "compare_confirm").click().run()
    assert not app.exception and not app.error
    assert [folder.name for folder in (home / "runs").iterdir()] == ["smaller"]
    assert set(app.dataframe[0].value["name"]) == {
        "smaller",
        "paper-random",
        "paper-track",
        "lab-cnn",
        "two-networks",
        runs.DEFAULT_RUN,
    }
    assert app.session_state["compare_chosen"] == ["paper-track"]
    assert app.session_state[Keys.RUN] is None


def test_a_run_that_was_deleted_meanwhile_gives_a_message(app: AppTest, home: Path, own_runs: list[str]) -> None:
    app.run()
    choose(app, "small")
    button(app, "compare_delete").click().run()
    runs.delete_run("small")
    button(app, "compare_confirm").click().run()
    assert not app.exception
    assert "no run named small" in app.error[0].value
    assert app.session_state["compare_chosen"] == []


def test_bundled_runs_cannot_be_changed(app: AppTest) -> None:
    app.run()
    choose(app, "paper-track")
    assert button(app, "compare_delete").disabled and button(app, "compare_edit").disabled
    assert "is bundled with Genre Lab" in words(app)
    choose(app, "paper-track", "paper-random")
    assert button(app, "compare_delete").disabled


def test_a_damaged_run_gives_a_message_and_can_be_deleted(app: AppTest, home: Path, own_runs: list[str]) -> None:
    (home / "runs" / "small" / "predictions.parquet").write_bytes(b"gone")
    app.run()
    choose(app, "small")
    assert not app.exception
    assert "damaged" in app.error[0].value
    button(app, "compare_delete").click().run()
    button(app, "compare_confirm").click().run()
    assert not (home / "runs" / "small").exists()
