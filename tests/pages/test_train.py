"""The page Train: setup, training, stopping, coming back, and the sweep."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import runs, storage
from genre_core.datasets import Dataset, read_folder
from genre_core.features import FEATURE_SETS
from genre_core.models.config import MODELS
from genre_core.models.presets import PRESETS, Preset
from genre_core.models.settings import Choice, Number
from genre_core.training import Trainer, TrainingJob
from genre_core.training.sweep import Sweep
from genre_core.wording import percent, score
from tests.page_text import plain
from tests.waiting import PATIENCE_S, run_until
from ui import cached
from ui.state import Keys


@pytest.fixture
def app(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page, with the trainer of the tests."""
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    st.cache_resource.clear()
    app = AppTest.from_file("../../app.py", default_timeout=PATIENCE_S)
    app.run()
    yield app.switch_page("pages/train.py").run()
    st.cache_resource.clear()


def click(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def start(app: AppTest) -> TrainingJob:
    click(app, "Start training")
    return app.session_state[Keys.TRAINING]


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


# --- setup ----------------------------------------------------------------------------------------------------------


def test_at_first_the_paper_is_set_up(app: AppTest) -> None:
    assert not app.exception
    assert metrics(app)["Parameters"] == "203,338"
    assert app.select_slider(key="train_mlp_epochs").value == 400
    assert app.radio(key="train_split").value == "random"


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_sets_the_sliders_and_has_a_comment(app: AppTest, preset: Preset) -> None:
    app.pills(key="train_preset").set_value(preset.name).run()
    assert not app.exception
    assert preset.comment in [caption.value for caption in app.caption]
    values = preset.config.values
    units = [app.select_slider(key=f"train_mlp_layers_{i}").value for i in range(len(values["layers"]))]
    assert tuple(units) == values["layers"]
    assert app.select_slider(key="train_mlp_dropout").value == values["dropout"]
    assert app.radio(key="train_split").value == preset.split


def test_a_slider_changes_the_parameters_and_the_preset_becomes_custom(app: AppTest) -> None:
    app.slider(key="train_mlp_layers_depth").set_value(1).run()
    assert metrics(app)["Parameters"] == f"{59 * 512 + 513 * 10:,}"
    assert "Custom settings." in [caption.value for caption in app.caption]


def test_other_models_keep_their_settings(app: AppTest) -> None:
    app.selectbox(key="train_model").set_value("knn").run()
    app.select_slider(key="train_knn_neighbors").set_value(30).run()
    app.selectbox(key="train_model").set_value("svm").run()
    app.selectbox(key="train_model").set_value("knn").run()
    assert app.select_slider(key="train_knn_neighbors").value == 30


def test_splits_that_the_dataset_does_not_support_are_not_offered(app: AppTest) -> None:
    assert list(app.radio(key="train_split").options) == ["Random", "Track", "Artist"]


def test_without_a_dataset_the_page_asks_for_one(
    trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached, "trainer", lambda: trainer)
    monkeypatch.setattr(storage, "BUNDLED", tmp_path)
    st.cache_resource.clear()
    app = AppTest.from_file("../../app.py", default_timeout=PATIENCE_S)
    app.run()
    app.switch_page("pages/train.py").run()
    assert not app.exception
    assert len(app.error) == 1 and not app.info
    assert not [button for button in app.button if button.label == "Start training"]
    st.cache_resource.clear()


# --- training -------------------------------------------------------------------------------------------------------


def test_a_training_becomes_a_run_and_is_shown_with_its_split(app: AppTest) -> None:
    app.select_slider(key="train_mlp_epochs").set_value(20)
    app.radio(key="train_split").set_value("track").run()
    job = start(app)
    assert job.wait(PATIENCE_S)
    app.run()
    assert not app.exception
    info = runs.list_runs()[0]
    assert info.config.values["epochs"] == 20
    assert metrics(app)["Accuracy (segments)"] == score(info.scores.accuracy)
    assert metrics(app)["Accuracy (tracks)"] == score(info.scores.track_accuracy)
    assert info.split.test_set in texts(app)
    click(app, "Evaluate")
    assert app.session_state[Keys.RUN] == info.name


def test_the_slider_reaches_the_run_and_the_page_compare(app: AppTest) -> None:
    app.selectbox(key="train_model").set_value("knn").run()
    app.select_slider(key="train_knn_neighbors").set_value(7).run()
    assert start(app).wait(PATIENCE_S)
    app.run()
    info = runs.list_runs()[0]
    assert info.config.values["neighbors"] == 7
    click(app, "Compare")
    assert not app.exception
    assert app.session_state[Keys.COMPARED] == [info.name]


def test_a_run_of_one_stem_says_so_where_it_is_chosen(app: AppTest, bundled: Dataset) -> None:
    app.session_state[Keys.DATASET] = replace(bundled, name="mine", features="paper@accompaniment")
    app.select_slider(key="train_mlp_epochs").set_value(5).run()
    assert not app.exception
    assert any("paper@accompaniment" in caption.value for caption in app.caption)
    assert start(app).wait(PATIENCE_S)
    app.switch_page("pages/predict.py").run()
    assert not app.exception
    assert any("accompaniment" in option for option in app.selectbox(key="run_picker").options)


def test_coming_back_finds_the_training_and_stop_saves_it(app: AppTest) -> None:
    app.select_slider(key="train_mlp_epochs").set_value(800).run()
    job = start(app)
    app.switch_page("pages/start.py").run()
    app.switch_page("pages/train.py").run()
    assert app.session_state[Keys.TRAINING] is job
    assert app.select_slider(key="train_mlp_epochs").value == 800
    while not job.epochs:
        assert not job.wait(0.05)
    app.button(key="train_stop").click().run()
    assert job.wait(PATIENCE_S)
    app.run()
    assert job.result().info.stopped
    assert any("Stopped after" in caption.value for caption in app.caption)


def test_after_a_reload_the_running_training_is_offered(app: AppTest) -> None:
    app.select_slider(key="train_mlp_epochs").set_value(800).run()
    job = start(app)
    other = AppTest.from_file("../../app.py", default_timeout=PATIENCE_S)
    other.run()
    other.switch_page("pages/train.py").run()
    other.button(key="train_show_0").click().run()
    assert other.session_state[Keys.TRAINING] is job
    job.stop()
    assert job.wait(PATIENCE_S)


def test_a_home_that_is_not_writable_is_a_message(app: AppTest) -> None:
    shutil.rmtree(storage.home())
    storage.home().write_text("a file where the folder should be", encoding="utf-8")
    click(app, "Start training")
    assert not app.exception
    assert "GENRE_LAB_HOME" in plain(app.error[0].value)


@pytest.mark.parametrize("model", MODELS)
def test_each_model_has_its_settings_and_becomes_a_run(app: AppTest, model: str) -> None:
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
    assert job.wait(PATIENCE_S)
    app.run()
    assert not app.exception
    info = runs.list_runs()[0]
    assert info.config.model == model
    assert FEATURE_SETS[info.features].is_picture == (MODELS[model].input_type == "pictures")
    assert metrics(app)["Accuracy (tracks)"] == score(info.scores.track_accuracy)


def test_folds_by_artist_are_shown_with_what_they_exclude(app: AppTest) -> None:
    app.selectbox(key="train_model").set_value("logistic").run()
    app.radio(key="train_split").set_value("artist").run()
    assert any(plain(caption.value).startswith("Not tested: blues") for caption in app.caption)
    app.selectbox(key="train_folds").set_value(3).run()
    job = start(app)
    assert job.wait(PATIENCE_S)
    app.run()
    assert not app.exception
    info = runs.list_runs()[0]
    assert len(info.folds) == 3
    assert f"Evaluated in **{info.split.description}**" in texts(app)


# --- augmentation ---------------------------------------------------------------------------------------------------

AUGMENT = "train_augmentations"


def test_the_training_set_is_augmented_and_the_run_tested_on_augmented_tracks(app: AppTest) -> None:
    app.selectbox(key="train_model").set_value("logistic").run()
    assert not [choice for choice in app.multiselect if choice.key == AUGMENT]  # the feature set is paper
    app.selectbox(key="train_features").set_value("leveled-embedding").run()
    choice = app.multiselect(key=AUGMENT)
    assert choice.options == ["Room", "8 kHz sample rate", "Telephone", "MP3 at a low bit rate"]
    app.radio(key="train_split").set_value("track").run()
    app.multiselect(key=AUGMENT).set_value(["8-khz", "room"]).run()
    assert app.query_params["augmentations"] == "room,8-khz"
    assert any(caption.value.startswith("**Room**: Played by a small loudspeaker") for caption in app.caption)
    job = start(app)
    assert job.wait(PATIENCE_S)
    app.run()
    assert not app.exception
    info = runs.list_runs()[0]
    assert info.augmentations == ("room", "8-khz")
    assert tuple(info.augmented) == ("room", "8-khz", "telephone", "mp3")
    clean, room = (percent(scores.track_accuracy) for scores in (info.scores, info.augmented["room"].scores))
    assert f"clean {clean}, room {room}, " in texts(app)
    assert "copies of them (bold): room, 8 kHz sample rate." in texts(app)


def test_another_feature_set_has_no_augmentations_and_the_choice_comes_back(app: AppTest) -> None:
    app.query_params.clear()
    app.query_params.update({"model": "svm", "features": "embedding", "augmentations": "mp3"})
    app.run()
    assert app.multiselect(key=AUGMENT).value == ["mp3"]
    app.selectbox(key="train_features").set_value("paper").run()
    assert "augmentations" not in app.query_params
    app.selectbox(key="train_features").set_value("embedding").run()
    assert app.multiselect(key=AUGMENT).value == ["mp3"]


def test_an_augmentation_that_the_dataset_lacks_is_named(app: AppTest) -> None:
    app.query_params.clear()
    app.query_params.update({"model": "svm", "features": "embedding", "augmentations": "room,hum"})
    app.run()
    assert "the augmentation hum" in app.warning[0].value
    assert app.multiselect(key=AUGMENT).value == ["room"]


def test_augmented_copies_of_a_folder_are_extracted_after_their_cost_is_shown(app: AppTest, demo_folder: Path) -> None:
    dataset = read_folder(demo_folder, features="mel", jobs=1)
    app.session_state[Keys.DATASET] = dataset
    app.selectbox(key="train_model").set_value("cnn").run()
    app.run()
    assert not [choice for choice in app.multiselect if choice.key == AUGMENT]
    assert app.button(key="train_extract_augmented").disabled
    app.multiselect(key="train_augmentations_to_extract").set_value(["telephone", "hum"]).run()
    assert f"{dataset.n_tracks} tracks with 2 augmentations: about " in texts(app)
    app.button(key="train_extract_augmented").click().run()
    task = app.session_state[Keys.DATASET_JOB]
    assert task is not None
    run_until(app, lambda app: app.session_state[Keys.DATASET_JOB] is None)
    assert not app.exception
    assert app.session_state[Keys.DATASET].augmented.names == ("telephone", "hum")
    assert app.multiselect(key=AUGMENT).options == ["Telephone", "Hum"]


# --- the address ----------------------------------------------------------------------------------------------------


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


def test_an_address_of_version_0_1_opens_with_the_current_names(app: AppTest) -> None:
    app.query_params.clear()
    app.query_params.update({"model": "knn", "features": "levelled-embedding", "neighbours": "7", "split": "track"})
    app.run()
    assert not app.exception
    assert app.select_slider(key="train_knn_neighbors").value == 7
    assert app.query_params["neighbors"] == "7"


def test_an_address_that_the_dataset_does_not_support_is_named(app: AppTest) -> None:
    app.query_params.clear()
    app.query_params.update({"split": "fault-filtered"})
    app.run()
    assert "the split fault-filtered" in app.warning[0].value
    assert app.radio(key="train_split").value == "random"


def test_an_invalid_address_is_a_message(app: AppTest) -> None:
    app.query_params.clear()
    app.query_params.update({"model": "oracle"})
    app.run()
    assert not app.exception
    assert "no model 'oracle'" in app.error[0].value
    assert app.selectbox(key="train_model").value == "mlp"


def test_an_address_puts_no_picture_on_the_page(app: AppTest) -> None:
    app.query_params.clear()
    app.query_params.update({"model": "![x](https://evil.example/p.png)"})
    app.run()
    assert not app.exception
    message = app.error[0].value
    assert r"!\[x\](https\:" in message
    assert "![x](https://evil.example/p.png)" in plain(message)


# --- the sweep ------------------------------------------------------------------------------------------------------


def test_a_sweep_shows_its_best_trial_and_the_final_run(app: AppTest) -> None:
    app.selectbox(key="train_model").set_value("knn").run()
    app.radio(key="train_split").set_value("track").run()
    app.multiselect(key="train_sweep_names_knn").set_value(["neighbors"]).run()
    assert any(caption.value == "3 combinations." for caption in app.caption)
    click(app, "Run the sweep")
    sweep: Sweep = app.session_state[Keys.SWEEP]
    assert sweep.wait(PATIENCE_S)
    app.run()
    assert not app.exception
    shown = texts(app)
    assert "**3 of 3** trials are complete" in shown
    assert "the validation set of a track split" in shown
    assert sweep.final_run is not None
    assert score(sweep.final_run.scores.track_accuracy) in shown


def test_a_sweep_needs_a_split_without_folds(app: AppTest) -> None:
    app.selectbox(key="train_folds").set_value(3).run()
    assert any("Folds" in info.value for info in app.info)
    assert not [button for button in app.button if button.label == "Run the sweep"]
