"""Sliders for the settings of a kind of model, made from what `models.config` says of each."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from genre_core.models.config import MOST_LAYERS, Choice, Layers, ModelConfig, Setting


def key(model: str, name: str) -> str:
    """Where the value of a setting's slider is kept."""
    return f"train_{model}_{name}"


def show(kind: type[ModelConfig], on_change: Callable[[], None]) -> None:
    """The sliders of a kind of model, two in a row; their values must be in place (`put`)."""
    settings = kind.settings()
    for name, setting in settings.items():
        if isinstance(setting, Layers):
            _layers(kind.model, name, setting, on_change)
    others = [(name, setting) for name, setting in settings.items() if not isinstance(setting, Layers)]
    for i, (name, setting) in enumerate(others):
        if i % 2 == 0:
            columns = st.columns(2)  # pairs, so that a phone, which stacks columns, keeps them in order
        with columns[i % 2]:
            _one(kind.model, name, setting, on_change)


def put(config: ModelConfig) -> None:
    """Set the sliders to a configuration."""
    for name, value in config.values.items():
        if isinstance(value, tuple):
            st.session_state[f"{key(config.model, name)}_depth"] = len(value)
            for i in range(MOST_LAYERS):
                st.session_state[f"{key(config.model, name)}_{i}"] = value[min(i, len(value) - 1)]
        else:
            st.session_state[key(config.model, name)] = value


def chosen(kind: type[ModelConfig], seed: int) -> ModelConfig:
    """The configuration that the sliders say."""
    return kind(**{name: _value(kind.model, name, setting) for name, setting in kind.settings().items()}, seed=seed)


def _value(model: str, name: str, setting: Setting) -> Any:
    if isinstance(setting, Layers):
        depth = st.session_state[f"{key(model, name)}_depth"]
        return tuple(st.session_state[f"{key(model, name)}_{i}"] for i in range(depth))
    return st.session_state[key(model, name)]


def _one(model: str, name: str, setting: Setting, on_change: Callable[[], None]) -> None:
    place = key(model, name)
    if isinstance(setting, Choice):
        st.selectbox(
            setting.label, setting.options, key=place, persist_state="session", on_change=on_change, help=setting.help
        )
    elif not isinstance(setting, Layers):
        st.select_slider(
            setting.label,
            stops(setting.steps, st.session_state[place]),
            key=place,
            persist_state="session",
            on_change=on_change,
            help=setting.help,
        )


def _layers(model: str, name: str, setting: Layers, on_change: Callable[[], None]) -> None:
    place = key(model, name)
    st.slider(setting.label, 1, MOST_LAYERS, key=f"{place}_depth", persist_state="session", on_change=on_change)
    for i in range(st.session_state[f"{place}_depth"]):
        if i % 2 == 0:
            columns = st.columns(2)
        columns[i % 2].select_slider(
            f"Units in layer {i + 1}",
            stops(setting.steps, st.session_state[f"{place}_{i}"]),
            key=f"{place}_{i}",
            persist_state="session",
            on_change=on_change,
        )


def stops(steps: tuple[Any, ...], value: Any) -> list[Any]:
    """The stops of a slider, with the value that an address or a run may have put between them."""
    return sorted({*steps, value})
