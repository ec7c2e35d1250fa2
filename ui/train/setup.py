"""Setup, the first half of the page Train: presets, the model and its settings, the split and the augmentations.

The setup is kept in the session state and in the address, so that a link opens the page with the same settings.
"""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genre_core.datasets import BUNDLED, BUNDLED_FEATURES, Dataset
from genre_core.datasets.splits import (
    SEEDED_KINDS,
    SPLIT_DESCRIPTIONS,
    SPLIT_KINDS,
    SplitConfig,
    SplitKind,
    predefined_split,
)
from genre_core.errors import GenreLabError
from genre_core.features import feature_set
from genre_core.models.base import MAX_SEED
from genre_core.models.config import MODELS, model_type
from genre_core.models.presets import PRESETS
from ui import cached, lessons, shell, text, training_setup
from ui.train import augmentation, settings
from ui.training_setup import TrainingSetup

_PRESET, _MODEL, _FEATURES = "train_preset", "train_model", "train_features"
_SPLIT, _TEST_SIZE, _FOLDS, _SEED = "train_split", "train_test_size", "train_folds", "train_seed"
_ADDRESS = "train_address"
"""The query that the page last wrote to the address bar, without a lesson; any other one was opened by the visitor."""
_REQUESTED = "train_requested"
"""The setup that was opened by its address, until a setting is changed."""

_NO_FOLDS = 0
_FOLD_OPTIONS = (3, 5, 10)
_TEST_SIZES = tuple(percent / 100 for percent in range(10, 51))


def open_address() -> None:
    """Apply the setup in the address, if the visitor opened one; the first preset on the first visit.

    A lesson that was just opened sets all widgets, also those of other models.
    """
    opened, of_lesson = lessons.address_without_lesson(), lessons.take_opened()
    if of_lesson is not None:
        for config_class in MODELS.values():
            settings.set_settings(config_class())
        if not _open(of_lesson):
            _open(lessons.of_address({}))
    elif opened and opened != st.session_state.get(_ADDRESS):
        _open(lessons.of_address(opened))
    if _MODEL not in st.session_state:
        st.session_state[_PRESET] = PRESETS[0].name
        _apply_preset()


def _open(query: dict[str, str]) -> bool:
    """Apply a setup of an address, and return whether it is valid; otherwise say so."""
    try:
        requested = training_setup.from_query(query)
    except GenreLabError as error:
        shell.show_problem(
            f"The settings in this address are not valid, so they are not used. {error}", icon=":material/link_off:"
        )
        return False
    st.session_state[_REQUESTED] = requested
    _apply(requested)
    st.session_state[_PRESET] = None
    return True


def write_address(setup: TrainingSetup) -> None:
    """Write the setup to the address bar."""
    lessons.write_all(training_setup.to_query(setup))
    st.session_state[_ADDRESS] = lessons.address_without_lesson()


def show_setup(dataset: Dataset) -> None:
    """Show the widgets of the setup."""
    if lessons.shows("preset"):
        st.pills(
            "Preset",
            [preset.name for preset in PRESETS],
            key=_PRESET,
            persist_state="session",
            on_change=_apply_preset,
            wrap=True,
        )
        comments = {preset.name: preset.comment for preset in PRESETS}
        st.caption(comments.get(st.session_state[_PRESET], "Custom settings."))
    left, right = _columns("model", "features")
    if lessons.shows("model"):
        left.selectbox(
            "Model",
            list(MODELS),
            format_func=lambda model: MODELS[model].title,
            key=_MODEL,
            persist_state="session",
            on_change=_mark_custom,
        )
    config_class = model_type(st.session_state[_MODEL])
    available = BUNDLED_FEATURES if dataset.name == BUNDLED else (dataset.features,)
    takes_pictures = config_class.input_type == "pictures"
    suitable = [name for name in available if feature_set(name).is_picture == takes_pictures]
    if st.session_state[_FEATURES] not in suitable:
        st.session_state[_FEATURES] = suitable[0] if suitable else dataset.features
    if lessons.shows("features"):
        right.selectbox(
            "Feature set",
            suitable or [dataset.features],
            key=_FEATURES,
            persist_state="session",
            on_change=_mark_custom,
        )
    st.caption(f"{config_class.comment}  \n{text.features(st.session_state[_FEATURES])}.")
    settings.show_settings(config_class, _mark_custom)
    _show_split(dataset)
    augmentation.show(in_feature_set(dataset, st.session_state[_FEATURES]), _mark_custom)


def in_feature_set(dataset: Dataset, features: str) -> Dataset:
    """The dataset with the chosen feature set."""
    return dataset if dataset.features == features else cached.bundled_dataset(features)


def read_setup(dataset: Dataset) -> TrainingSetup:
    """The setup that the widgets describe, for this dataset."""
    state = st.session_state
    seed = int(state[_SEED])
    kind: SplitKind = state[_SPLIT]
    folds = (state[_FOLDS] or None) if kind in SEEDED_KINDS else None
    config = settings.read_settings(model_type(state[_MODEL]), seed)
    split = SplitConfig(kind, state[_TEST_SIZE], seed, folds)
    if kind == "column":
        split = replace(split, selection=predefined_split(dataset).selection)
    return TrainingSetup(config, split, state[_FEATURES], augmentation.read())


def warn_of_changes(setup: TrainingSetup) -> None:
    """Name what the address asks for and the dataset does not support."""
    if requested := st.session_state.get(_REQUESTED):
        parts = (
            ("split", requested.split.kind, setup.split.kind),
            ("feature set", requested.features, setup.features),
        )
        missing = [f"the {name} {asked}" for name, asked, used in parts if asked != used]
        missing += [f"the augmentation {name}" for name in requested.augmentations if name not in setup.augmentations]
        if missing:
            shell.show_problem(
                f"The address asks for {' and '.join(missing)}, which this dataset does not support. Other settings "
                "were selected instead.",
                kind="warning",
                icon=":material/link:",
            )


def _show_split(dataset: Dataset) -> None:
    kinds = [kind for kind in SPLIT_KINDS if kind in SEEDED_KINDS or cached.split_problem(dataset, kind) is None]
    if st.session_state[_SPLIT] not in kinds:
        st.session_state[_SPLIT] = "random"
    if lessons.shows("split"):
        st.radio(
            "Split",
            kinds,
            format_func=lambda kind: SplitConfig(kind).description.removesuffix(" split").capitalize(),
            captions=[SPLIT_DESCRIPTIONS[kind] for kind in kinds],
            key=_SPLIT,
            persist_state="session",
            on_change=_mark_custom,
            help="How the segments are divided into a training set and a test set. The same model reaches very "
            "different accuracies under different splits.",
        )
    left, right = _columns("folds", "seed")
    has_seed = st.session_state[_SPLIT] in SEEDED_KINDS
    if lessons.shows("folds"):
        left.selectbox(
            "Folds",
            settings.slider_options((_NO_FOLDS, *_FOLD_OPTIONS), st.session_state[_FOLDS]),
            format_func=lambda folds: str(folds) if folds else "None",
            key=_FOLDS,
            persist_state="session",
            disabled=not has_seed,
            help="Number of folds of cross-validation: every segment is tested once, by a model that was trained on "
            "the other folds. None: a single test set.",
        )
    if lessons.shows("seed"):
        right.number_input(
            "Seed",
            0,
            MAX_SEED,
            key=_SEED,
            persist_state="session",
            help="Seed of the split and of the training. The same seed gives the same split and the same initial "
            "weights.",
        )
    if lessons.shows("test_size"):
        st.select_slider(
            "Test size",
            settings.slider_options(_TEST_SIZES, st.session_state[_TEST_SIZE]),
            format_func=lambda share: f"{100 * share:.0f} %",
            key=_TEST_SIZE,
            persist_state="session",
            disabled=not has_seed or st.session_state[_FOLDS] != _NO_FOLDS,
            help="Share of each genre in the test set.",
        )


def _columns(left: str, right: str) -> list[DeltaGenerator]:
    """Places for two controls: side by side, or one below the other where a lesson hides one."""
    return list(st.columns(2)) if lessons.shows(left) and lessons.shows(right) else [st.container(), st.container()]


def _apply_preset() -> None:
    """Apply the chosen preset; test size, folds and seed stay as they are, and what a lesson hides."""
    state = st.session_state
    state[_REQUESTED] = None
    preset = next((preset for preset in PRESETS if preset.name == state[_PRESET]), None)
    if preset is not None:
        split = SplitConfig(
            preset.split, state.get(_TEST_SIZE, 0.33), int(state.get(_SEED, 0)), state.get(_FOLDS) or None
        )
        chosen = TrainingSetup(preset.config, split, preset.features)
        _apply(training_setup.from_query(lessons.held(training_setup.to_query(chosen))))


def _apply(setup: TrainingSetup) -> None:
    """Set the widgets to a setup; those of other models to their defaults, unless they have values."""
    state, split = st.session_state, setup.split
    for config_class in MODELS.values():
        if not settings.has_settings(config_class):
            settings.set_settings(config_class())
    settings.set_settings(setup.config)
    state[_MODEL], state[_FEATURES] = setup.config.model, setup.features
    state[_SPLIT], state[_SEED] = split.kind, split.seed
    state[_TEST_SIZE], state[_FOLDS] = split.test_size, split.folds or _NO_FOLDS
    augmentation.choose(setup.augmentations)


def _mark_custom() -> None:
    """A setting was changed: the setup is no longer that of a preset or an address."""
    st.session_state[_PRESET] = st.session_state[_REQUESTED] = None
