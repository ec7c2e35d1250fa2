"""The page Train: setting up, watching, stopping, and coming back."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import runs, storage
from genre_core.datasets import Dataset
from genre_core.features import FEATURE_SETS
from genre_core.figures.formatting import score
from genre_core.models.config import MODELS, PRESETS, Choice, Number
from genre_core.training import Trainer, TrainingJob
from ui import cached
from ui.state import Keys


@pytest.fixture
def app(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page, with the tests' warm trainer."""
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    st.cache_resource.clear()
    app = AppTest.from_file("../../app.py", default_timeout=30)
    app.run()
    return app.switch_page("pages/train.py").run()


def start(app: AppTest) -> TrainingJob:
    next(button for button in app.button if button.label == "Start training").click().run()
    return app.session_state[Keys.TRAINING]


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_the_paper_is_set_up_at_first(app: AppTest) -> None:
    assert not app.exception
    assert metrics(app)["Parameters"] == "203,338"
    assert app.select_slider(key="train_mlp_epochs").value == 400
    assert app.radio(key="train_split").value == "random"


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_sets_the_sliders_and_says_what_it_is(app: AppTest, preset) -> None:
    app.pills(key="train_preset").set_value(preset.name).run()
    assert not app.exception
    assert preset.comment in [caption.value for caption in app.caption]
    assert metrics(app)["Parameters"] == f"{preset.config.parameters(58, 10):,}"
    units = [app.select_slider(key=f"train_mlp_layers_{i}").value for i in range(len(preset.config.layers))]
    assert tuple(units) == preset.config.layers
    assert app.select_slider(key="train_mlp_dropout").value == preset.config.dropout
    assert app.radio(key="train_split").value == preset.split


def test_a_slider_changes_the_parameters_and_leaves_the_preset(app: AppTest) -> None:
    app.slider(key="train_mlp_layers_depth").set_value(1).run()
    assert metrics(app)["Parameters"] == f"{59 * 512 + 513 * 10:,}"
    assert "Settings of your own." in [caption.value for caption in app.caption]


def test_a_run_of_one_part_says_so_where_it_is_chosen(app: AppTest, bundled: Dataset) -> None:
    app.session_state[Keys.DATASET] = replace(bundled, name="mine", features="paper@instruments")
    app.select_slider(key="train_mlp_epochs").set_value(5).run()
    assert not app.exception
    assert any("paper@instruments: 58 numbers a segment" in text.value for text in app.caption)
    assert start(app).wait(60)
    app.switch_page("pages/predict.py").run()
    assert not app.exception
    assert any("mine, instruments alone" in option for option in app.selectbox(key="run_picker").options)


def test_a_training_becomes_a_run_and_is_shown_with_its_split(app: AppTest) -> None:
    app.select_slider(key="train_mlp_epochs").set_value(20)
    app.radio(key="train_split").set_value("track").run()
    job = start(app)
    assert job.wait(60)
    app.run()
    assert not app.exception
    info = runs.list_runs()[0]
    assert info.config.epochs == 20
    assert metrics(app)["Accuracy per segment"] == score(info.scores.accuracy)
    assert any("split by track: 698 train / 299 test segments" in text.value for text in app.markdown)
    next(button for button in app.button if button.label == "Its mistakes").click().run()
    assert app.session_state[Keys.RUN] == info.name


def test_leaving_and_coming_back_finds_the_training_and_stop_keeps_it(app: AppTest) -> None:
    app.select_slider(key="train_mlp_epochs").set_value(800).run()
    job = start(app)
    app.switch_page("pages/start.py").run()
    app.switch_page("pages/train.py").run()
    assert app.session_state[Keys.TRAINING] is job
    assert app.select_slider(key="train_mlp_epochs").value == 800
    while not job.epochs:
        time.sleep(0.05)
    app.button(key="train_stop").click().run()
    assert job.wait(60)
    app.run()
    assert job.result().info.stopped
    assert any("It was stopped after" in caption.value for caption in app.caption)


def test_a_visitor_after_a_reload_is_offered_the_training_that_goes_on(app: AppTest, trainer: Trainer) -> None:
    app.select_slider(key="train_mlp_epochs").set_value(800).run()
    job = start(app)
    other = AppTest.from_file("../../app.py", default_timeout=30)
    other.run()
    other.switch_page("pages/train.py").run()
    other.button(key="watch0").click().run()
    assert other.session_state[Keys.TRAINING] is job
    job.stop()
    assert job.wait(60)


def test_without_a_data_set_it_asks_for_one(trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    monkeypatch.setattr(storage, "BUNDLED", tmp_path)
    st.cache_resource.clear()
    app = AppTest.from_file("../../app.py", default_timeout=30)
    app.run()
    app.switch_page("pages/train.py").run()
    assert not app.exception
    assert "Choose a data set above to train on." in [info.value for info in app.info]
    assert not [button for button in app.button if button.label == "Start training"]
    st.cache_resource.clear()


def test_a_home_that_cannot_be_written_to_is_a_message(app: AppTest) -> None:
    storage.home().rmdir()
    storage.home().write_text("a file where the folder should be")
    next(button for button in app.button if button.label == "Start training").click().run()
    assert not app.exception
    assert "GENRE_LAB_HOME" in app.error[0].value


# --- every model, every split ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_each_model_has_its_sliders_and_becomes_a_run(app: AppTest, model: str) -> None:
    app.selectbox(key="train_model").set_value(model).run()
    assert not app.exception
    assert not app.error
    for name, setting in MODELS[model].settings().items():
        key = f"train_{model}_{name}"
        if isinstance(setting, Choice):
            assert app.selectbox(key=key).value == getattr(MODELS[model], name)
        elif isinstance(setting, Number):
            assert app.select_slider(key=key).value == getattr(MODELS[model], name)
    if MODELS[model].is_network:
        app.select_slider(key=f"train_{model}_epochs").set_value(10).run()
    app.radio(key="train_split").set_value("track").run()
    job = start(app)
    assert job.wait(120)
    app.run()
    assert not app.exception
    info = runs.list_runs()[0]
    assert info.config.model == model
    assert FEATURE_SETS[info.features].is_picture == (MODELS[model].takes == "pictures")
    assert metrics(app)["Accuracy per track"] == score(info.scores.track_accuracy)


def test_folds_by_artist_are_told_with_what_they_leave_out(app: AppTest) -> None:
    app.selectbox(key="train_model").set_value("logistic").run()
    app.radio(key="train_split").set_value("artist").run()
    assert any("can't be tested" in caption.value for caption in app.caption)
    app.selectbox(key="train_folds").set_value(3).run()
    job = start(app)
    assert job.wait(60)
    app.run()
    assert not app.exception
    assert len(runs.list_runs()[0].folds) == 3
    assert any("3 folds by artist" in text.value for text in app.markdown)


def test_splits_that_the_data_does_not_allow_are_not_offered(app: AppTest) -> None:
    assert list(app.radio(key="train_split").options) == ["random", "track", "artist"]


def test_an_address_sets_the_sliders_and_the_sliders_the_address(app: AppTest) -> None:
    app.query_params.clear()
    app.query_params.update({"model": "svm", "c": "10", "split": "track", "folds": "5", "seed": "3"})
    app.run()
    assert not app.exception
    assert app.selectbox(key="train_model").value == "svm"
    assert app.select_slider(key="train_svm_c").value == 10
    assert app.radio(key="train_split").value == "track"
    assert app.selectbox(key="train_folds").value == 5
    assert app.number_input(key="train_seed").value == 3
    app.select_slider(key="train_svm_c").set_value(0.1).run()
    assert app.query_params["c"] == "0.1"
    assert app.select_slider(key="train_svm_c").value == 0.1


def test_a_senseless_address_is_a_message(app: AppTest) -> None:
    app.query_params.clear()
    app.query_params.update({"model": "oracle"})
    app.run()
    assert not app.exception
    assert "no model 'oracle'" in app.error[0].value
    assert app.selectbox(key="train_model").value == "mlp"


def test_a_sweep_is_set_up_runs_and_tells_the_best(app: AppTest) -> None:
    app.selectbox(key="train_model").set_value("knn").run()
    app.radio(key="train_split").set_value("track").run()
    app.multiselect(key="sweep_names_knn").set_value(["neighbors"]).run()
    assert any(caption.value == "3 configurations." for caption in app.caption)
    app.button(key="sweep_start").click().run()
    sweep = app.session_state[Keys.SWEEP]
    assert sweep.wait(60)
    app.run()
    assert not app.exception
    said = " ".join(text.value for text in app.markdown)
    assert "**3 of 3** configurations were tried" in said
    assert "validation part of a split by track" in said
    assert score(sweep.winner.scores.track_accuracy) in said
