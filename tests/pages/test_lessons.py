"""Lessons on the pages: what their links open, what they hide and hold, and who makes them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import datasets
from genre_core.classroom.lessons import Lesson, Lessons
from genre_core.datasets import named, stored
from genre_core.datasets.stored import StoredDataset
from genre_core.training import Trainer
from genre_core.visitors import Visitor
from tests.feature_table import make_dataset
from tests.gathered_songs import gathered
from tests.page_text import plain
from tests.waiting import PATIENCE_S, run_until
from ui import cached, visitors
from ui.lessons.controls import controls_of
from ui.state import Keys

KNN = {"model": "knn", "features": "paper", "neighbors": "15", "weights": "uniform", "metric": "euclidean"} | {
    "scaling": "standard",
    "split": "track",
    "test_size": "0.3",
    "seed": "3",
}


@pytest.fixture(autouse=True)
def nothing_cached() -> None:
    """The cached results of earlier tests can stay: no test here changes what they are of."""


@pytest.fixture
def visit(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """Open a page with an address, in a session of its own."""
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    monkeypatch.setattr(cached, "start_workers", lambda: None)
    st.cache_resource.clear()

    def go(page: str, **query: str) -> AppTest:
        app = AppTest.from_file("../../app.py", default_timeout=PATIENCE_S)
        app.run()
        app.switch_page(f"pages/{page}.py")
        app.query_params.update(query)
        return app.run()

    yield go
    st.cache_resource.clear()


def only(page: str, *visible: str) -> tuple[str, ...]:
    """The controls of a page to hide, so that these alone are visible."""
    return tuple(control.name for control in controls_of(page) if control.name not in visible)


def lesson_on_train(*visible: str) -> Lesson:
    return Lessons().create(
        "train", "Two *splits*", text="Change the split.", parameters=KNN, hidden=only("train", *visible)
    )


def query(app: AppTest) -> dict[str, str]:
    """The parameters of the address."""
    return {name: value[-1] if isinstance(value, list) else value for name, value in app.query_params.items()}


def keys(app: AppTest) -> set[str | None]:
    """The keys of all widgets."""
    kinds = (app.selectbox, app.select_slider, app.slider, app.radio, app.number_input, app.pills, app.multiselect)
    return {widget.key for kind in kinds for widget in kind} | {button.key for button in app.button}


def texts(app: AppTest) -> str:
    return "\n".join(plain(element.value) for element in [*app.markdown, *app.caption])


# --- opening --------------------------------------------------------------------------------------------------------


def test_a_lesson_shows_its_text_and_only_the_chosen_controls(visit: Callable[..., AppTest]) -> None:
    app = visit("train", lesson=lesson_on_train("split", "neighbors").code)
    assert not app.exception and not app.error
    assert "Two *splits*" in texts(app) and "Change the split." in texts(app)
    train_keys = {key for key in keys(app) if key and key.startswith("train_")}
    assert train_keys == {"train_split", "train_knn_neighbors"}
    assert not [expander.label for expander in app.expander if expander.label == "Change dataset"]
    assert app.radio(key="train_split").value == "track"
    assert app.select_slider(key="train_knn_neighbors").value == 15
    assert app.session_state["train_seed"] == 3 and app.session_state["train_test_size"] == 0.3


WIDGETS = {
    "preset": "train_preset",
    "model": "train_model",
    "features": "train_features",
    "neighbors": "train_knn_neighbors",
    "weights": "train_knn_weights",
    "metric": "train_knn_metric",
    "scaling": "train_knn_scaling",
    "split": "train_split",
    "folds": "train_folds",
    "seed": "train_seed",
    "test_size": "train_test_size",
    "augmentations": "train_augmentations",
    "sweep": "train_sweep_names_knn",
}
"""The widget of each control of Train for k-nearest neighbors."""


@pytest.mark.parametrize("first", [0, 1])
def test_each_control_of_train_can_be_hidden(visit: Callable[..., AppTest], first: int) -> None:
    hidden, visible = list(WIDGETS)[first::2], list(WIDGETS)[1 - first :: 2]
    query = KNN | {"features": "leveled-embedding"}  # which has augmented copies
    app = visit("train", lesson=Lessons().create("train", "x", parameters=query, hidden=hidden).code)
    assert not app.exception and not app.error
    assert {WIDGETS[name] for name in visible} <= keys(app)
    assert not {WIDGETS[name] for name in hidden} & keys(app)


def test_hidden_controls_keep_their_values_whatever_the_address_says(visit: Callable[..., AppTest]) -> None:
    lesson = lesson_on_train("split", "neighbors")
    app = visit("train", lesson=lesson.code, seed="9", model="svm", metric="manhattan", split="random", neighbors="7")
    assert not app.exception and not app.error
    assert app.session_state["train_model"] == "knn"
    assert app.session_state["train_seed"] == 3
    assert app.session_state["train_knn_metric"] == "euclidean"
    assert app.radio(key="train_split").value == "random"
    assert app.select_slider(key="train_knn_neighbors").value == 7
    assert query(app) == {"lesson": lesson.code, "split": "random", "neighbors": "7"}


def test_the_address_holds_only_what_was_changed(visit: Callable[..., AppTest]) -> None:
    lesson = lesson_on_train("split", "folds")
    app = visit("train", lesson=lesson.code)
    assert query(app) == {"lesson": lesson.code}
    app.selectbox(key="train_folds").set_value(5).run()
    assert query(app) == {"lesson": lesson.code, "folds": "5"}
    app.radio(key="train_split").set_value("random").run()
    again = visit("train", **query(app))
    assert again.radio(key="train_split").value == "random"
    assert again.selectbox(key="train_folds").value == 5


def test_what_the_lesson_has_and_the_student_removed_stays_removed(visit: Callable[..., AppTest]) -> None:
    lesson = Lessons().create("train", "x", parameters=KNN | {"folds": "5"}, hidden=only("train", "folds", "preset"))
    app = visit("train", lesson=lesson.code)
    assert app.selectbox(key="train_folds").value == 5
    app.selectbox(key="train_folds").set_value(0).run()
    again = visit("train", **query(app))
    assert again.selectbox(key="train_folds").value == 0
    again.pills(key="train_preset").set_value(again.pills(key="train_preset").options[0]).run()
    assert again.selectbox(key="train_folds").value == 0


def test_a_preset_changes_no_hidden_control(visit: Callable[..., AppTest]) -> None:
    app = visit("train", lesson=lesson_on_train("preset").code)
    app.pills(key="train_preset").set_value(app.pills(key="train_preset").options[0]).run()
    assert not app.exception
    assert app.session_state["train_model"] == "knn"
    assert app.session_state["train_split"] == "track"
    assert app.session_state["train_knn_neighbors"] == 15


def test_another_model_has_its_own_settings(visit: Callable[..., AppTest]) -> None:
    lesson = lesson_on_train("model")
    app = visit("train", lesson=lesson.code)
    app.selectbox(key="train_model").set_value("svm").run()
    assert query(app) == {"lesson": lesson.code, "model": "svm"}
    again = visit("train", **query(app))
    assert not again.exception and not again.error and not again.warning
    assert again.selectbox(key="train_model").value == "svm"


def test_a_lesson_replaces_what_was_set_before_and_stays_on_its_page(visit: Callable[..., AppTest]) -> None:
    lesson = lesson_on_train("neighbors")
    app = visit("train")
    app.selectbox(key="train_model").set_value("knn").run()
    app.select_slider(key="train_knn_neighbors").set_value(30).run()
    app.selectbox(key="train_knn_metric").set_value("cosine").run()
    app.number_input(key="train_seed").set_value(8).run()
    app.query_params.clear()
    app.query_params["lesson"] = lesson.code
    app.run()
    assert app.select_slider(key="train_knn_neighbors").value == 15
    assert app.session_state["train_knn_metric"] == "euclidean"
    app.select_slider(key="train_knn_neighbors").set_value(5).run()
    app.switch_page("pages/start.py").run()
    assert not [button for button in app.button if button.label == "Leave the lesson"]
    app.switch_page("pages/train.py").run()
    assert app.select_slider(key="train_knn_neighbors").value == 5
    assert "train_seed" not in keys(app)
    assert app.session_state["train_seed"] == 3
    assert query(app) == {"lesson": lesson.code, "neighbors": "5"}


def test_leaving_shows_all_controls_with_the_values_of_the_lesson(visit: Callable[..., AppTest]) -> None:
    app = visit("train", lesson=lesson_on_train("neighbors").code)
    app.button(key="lesson_leave").click().run()
    assert not app.exception
    assert {"train_split", "train_seed", "train_model", "train_preset"} <= keys(app)
    assert app.number_input(key="train_seed").value == 3
    assert query(app) == KNN
    assert "Two *splits*" not in texts(app)


def test_an_address_that_is_not_valid_leaves_the_setup_of_the_lesson(visit: Callable[..., AppTest]) -> None:
    app = visit("train", lesson=lesson_on_train("split", "neighbors").code, neighbors="many")
    assert len(app.error) == 1
    assert app.select_slider(key="train_knn_neighbors").value == 15
    assert app.session_state["train_seed"] == 3


@pytest.mark.parametrize("page", ["train", "explore", "evaluate", "predict", "listen", "quiz"])
def test_an_unknown_lesson_is_one_sentence(visit: Callable[..., AppTest], page: str) -> None:
    app = visit(page, lesson="![x](https://evil.example/p.png)")
    assert not app.exception
    assert len(app.error) == 1
    assert plain(app.error[0].value).startswith("There is no lesson")
    assert not [button for button in app.button if button.label == "Leave the lesson"]


def test_a_lesson_of_another_page_opens_there(visit: Callable[..., AppTest]) -> None:
    app = visit("evaluate", lesson=lesson_on_train("split").code)
    assert not app.exception
    assert app.title[0].value == "Train"
    assert app.radio(key="train_split").value == "track"


# --- other pages -----------------------------------------------------------------------------------------------------


def test_evaluate_with_its_run_and_view(visit: Callable[..., AppTest]) -> None:
    lesson = Lessons().create(
        "evaluate",
        "Confusions",
        parameters={"run": "paper-random", "view": "Tracks"},
        hidden=only("evaluate", "view"),
    )
    app = visit("evaluate", lesson=lesson.code, run="paper-track")
    assert not app.exception and not app.error
    assert not {"run_picker", "run_download_csv"} & keys(app)
    assert query(app) == {"lesson": lesson.code}
    assert any(plain(metric.value) == "99.0 %" for metric in app.metric)  # of paper-random, whatever the address says
    view = app.segmented_control(key="evaluate_view")
    assert view.value == "Tracks"
    view.set_value("Calibration").run()
    assert query(app) == {"lesson": lesson.code, "view": "Calibration"}
    app.button(key="lesson_leave").click().run()
    assert app.selectbox(key="run_picker").value == "paper-random"
    assert app.segmented_control(key="evaluate_view").value == "Calibration"
    assert query(app)["run"] == "paper-random" and "lesson" not in query(app)


def test_a_run_that_is_gone_is_one_sentence(visit: Callable[..., AppTest]) -> None:
    lesson = Lessons().create("evaluate", "x", parameters={"run": "gone"}, hidden=["run"])
    app = visit("evaluate", lesson=lesson.code)
    assert not app.exception
    assert [error.value for error in app.error] == ["The run of this lesson was not found; ask for a new link."]


def test_explore_with_one_section_and_two_genres(visit: Callable[..., AppTest]) -> None:
    lesson = Lessons().create(
        "explore",
        "Two axes",
        parameters={"section": "Two features", "genres": "classical,metal", "y": "tempo"},
        hidden=only("explore", "x"),
    )
    app = visit("explore", lesson=lesson.code, section="Projection", y="length")
    assert not app.exception and not app.error
    assert not app.tabs and not app.pills
    assert app.selectbox(key="explore_x")
    assert "explore_y" not in keys(app)
    again = visit("explore", lesson=lesson.code, x="tempo")
    assert again.selectbox(key="explore_x").value == "tempo"
    assert query(again) == {"lesson": lesson.code, "x": "tempo"}


def test_predict_and_listen_and_quiz_hide_what_the_lesson_hides(visit: Callable[..., AppTest]) -> None:
    parameters = {"run": "paper-track", "hop": "3.0", "compare": "True"}
    app = visit("predict", lesson=Lessons().create("predict", "x", parameters=parameters, hidden=["hop", "run"]).code)
    assert not app.exception and not app.error
    assert not [control for control in app.segmented_control if control.key == "predict_hop"]
    assert app.toggle(key="predict_compare").value
    app = visit("listen", lesson=Lessons().create("listen", "x", hidden=only("listen")).code)
    assert not app.exception and not app.error
    assert not [control for control in app.segmented_control if control.key == "listen_compare"]
    settings = {"run": "paper-track", "songs": "Synthetic songs", "clips": "10", "segments": "1"}
    lesson = Lessons().create("quiz", "x", parameters=settings, hidden=only("quiz", "segments"))
    app = visit("quiz", lesson=lesson.code)
    assert not app.exception and not app.error
    assert [control.label for control in app.segmented_control] == ["Clip length"]
    labels = {button.label for button in app.button}
    assert "Play alone" in labels and not {"Play as a class", "Join"} & labels
    other = visit(
        "quiz", lesson=lesson.code, quiz="2025", run="paper-random", clips="10", segments="1", songs="synthetic"
    )
    assert "other settings than the lesson" in other.error[0].value


@pytest.fixture
def table(tmp_path: Path, rng: np.random.Generator) -> StoredDataset:
    """A stored dataset of two genres."""
    made = make_dataset(rng.normal(size=(40, 3)), ["blues"] * 20 + ["rock"] * 20)
    datasets.write_table(made, tmp_path / "table.parquet")
    stored.add_dataset((tmp_path / "table.parquet").read_bytes(), "my table.parquet")
    return stored.list_datasets()[0]


@pytest.mark.parametrize("hidden", [[], ["dataset"]])
def test_a_lesson_with_a_stored_dataset(visit: Callable[..., AppTest], table: StoredDataset, hidden: list[str]) -> None:
    app = visit("explore")
    app.session_state[Keys.DATASET] = stored.open_dataset(table.name)
    open_panel(app, "explore")
    app = run_until(app, lambda app: not app.button(key="lesson_create").disabled)
    app.text_input(key="lesson_title").set_value("Two genres").run()
    app.button(key="lesson_create").click().run()
    assert [lesson.dataset for lesson in Lessons().of_page("explore")] == [table.name]
    lesson = Lessons().create("train", "x", dataset=table.name, hidden=hidden)
    student = run_until(visit("train", lesson=lesson.code), lambda app: "my table.parquet" in texts(app))
    assert not student.exception and not student.error
    assert bool([box for box in student.expander if box.label == "Change dataset"]) is not bool(hidden)
    stored.delete_dataset(table.name)
    gone = visit("train", lesson=lesson.code)
    assert "There is no dataset" in gone.error[0].value


def test_a_lesson_with_a_gathered_dataset_has_its_feature_set(visit: Callable[..., AppTest]) -> None:
    facts = gathered({"rock": 2, "jazz": 2}, owner="")
    app = visit("explore")
    app.session_state[Keys.DATASET] = named.open_dataset(facts.name, features="mel", jobs=1)
    open_panel(app, "explore")
    app.text_input(key="lesson_title").set_value("Our music").run()
    app.button(key="lesson_create").click().run()
    (lesson,) = Lessons().of_page("explore")
    assert (lesson.dataset, lesson.features) == (facts.name, "mel")
    student = run_until(visit("explore", lesson=lesson.code), lambda app: "Ours" in texts(app))
    assert student.session_state[Keys.DATASET].features == "mel" and not student.error


# --- creating -------------------------------------------------------------------------------------------------------


def open_panel(app: AppTest, page: str) -> None:
    app.session_state[f"lesson_panel_{page}"] = True
    app.run()


def test_the_operator_makes_a_lesson_of_the_page_as_it_is(visit: Callable[..., AppTest]) -> None:
    app = visit("train", **KNN)
    assert "lesson_create" not in keys(app)  # collapsed
    open_panel(app, "train")
    app.text_input(key="lesson_title").set_value("k-nearest neighbors")
    app.text_area(key="lesson_text").set_value("Find a good k.")
    shown = app.multiselect(key="lesson_visible_train_knn")
    assert "C (inverse regularization)" not in shown.options and "Number of neighbors" in shown.options
    shown.set_value(["neighbors"]).run()
    app.button(key="lesson_create").click().run()
    assert not app.exception and not app.error
    (lesson,) = Lessons().of_page("train")
    assert (lesson.title, lesson.text, lesson.parameters) == ("k-nearest neighbors", "Find a good k.", KNN)
    assert any(f"train?lesson={lesson.code}" in code.value for code in app.code)
    student = visit("train", lesson=lesson.code)
    assert {key for key in keys(student) if key and key.startswith("train_")} == {"train_knn_neighbors"}
    app.button(key=f"lesson_delete_{lesson.code}").click().run()
    assert not Lessons().of_page("train")


def test_a_lesson_without_a_title_is_refused(visit: Callable[..., AppTest]) -> None:
    app = visit("train")
    open_panel(app, "train")
    app.button(key="lesson_create").click().run()
    assert "Enter a title" in app.error[0].value
    assert not Lessons().of_page("train")


@pytest.mark.parametrize("page", ["train", "explore", "evaluate", "predict", "listen", "quiz"])
def test_each_page_has_lessons_and_students_do_not_make_them(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    app = visit(page)
    assert not app.exception
    panels = [expander for expander in app.expander if expander.label == "Lesson link"]
    assert len(panels) == 1 and not panels[0].proto.expanded
    monkeypatch.setattr(visitors, "current", lambda: Visitor("a-student"))
    student = visit(page)
    assert not student.exception
    assert not [expander for expander in student.expander if expander.label == "Lesson link"]
