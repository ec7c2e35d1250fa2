"""Widgets for the settings of a model, derived from their descriptions in `genre_core.models.config`."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from genre_core.models.base import ModelConfig
from genre_core.models.settings import MAX_LAYERS, Choice, Layers, Setting
from ui import lessons


def widget_key(model: str, name: str) -> str:
    """Key in the session state for the value of a setting."""
    return f"train_{model}_{name}"


def show_settings(config_class: type[ModelConfig], on_change: Callable[[], None]) -> None:
    """Show the widgets of a model, two in a row; `set_settings` must have given them values."""
    settings = {name: setting for name, setting in config_class.settings().items() if lessons.shows(name)}
    for name, setting in settings.items():
        if isinstance(setting, Layers):
            _show_layers(config_class.model, name, setting, on_change)
    others = [(name, setting) for name, setting in settings.items() if not isinstance(setting, Layers)]
    for i, (name, setting) in enumerate(others):
        if i % 2 == 0:
            columns = st.columns(2)  # a new pair for each row, so that a phone, which stacks columns, keeps the order
        with columns[i % 2]:
            _show_setting(config_class.model, name, setting, on_change)


def set_settings(config: ModelConfig) -> None:
    """Set the widgets to a configuration."""
    for name, value in config.values.items():
        key = widget_key(config.model, name)
        if isinstance(value, tuple):
            st.session_state[f"{key}_depth"] = len(value)
            for i in range(MAX_LAYERS):
                st.session_state[f"{key}_{i}"] = value[min(i, len(value) - 1)]
        else:
            st.session_state[key] = value


def has_settings(config_class: type[ModelConfig]) -> bool:
    """Whether the widgets of a model have values."""
    prefix = widget_key(config_class.model, "")
    return any(str(key).startswith(prefix) for key in st.session_state)


def read_settings(config_class: type[ModelConfig], seed: int) -> ModelConfig:
    """The configuration that the widgets describe."""
    values = {
        name: _read_setting(config_class.model, name, setting) for name, setting in config_class.settings().items()
    }
    return config_class(**values, seed=seed)


def slider_options(steps: tuple[Any, ...], value: Any) -> list[Any]:
    """The options of a slider, with the value that an address or a run may have set between its steps."""
    return sorted({*steps, value})


def _read_setting(model: str, name: str, setting: Setting) -> Any:
    key = widget_key(model, name)
    if isinstance(setting, Layers):
        return tuple(st.session_state[f"{key}_{i}"] for i in range(st.session_state[f"{key}_depth"]))
    return st.session_state[key]


def _show_setting(model: str, name: str, setting: Setting, on_change: Callable[[], None]) -> None:
    key = widget_key(model, name)
    if isinstance(setting, Choice):
        st.selectbox(
            setting.label, setting.options, key=key, persist_state="session", on_change=on_change, help=setting.help
        )
    elif not isinstance(setting, Layers):
        st.select_slider(
            setting.label,
            slider_options(setting.steps, st.session_state[key]),
            key=key,
            persist_state="session",
            on_change=on_change,
            help=setting.help,
        )


def _show_layers(model: str, name: str, setting: Layers, on_change: Callable[[], None]) -> None:
    key = widget_key(model, name)
    st.slider(setting.label, 1, MAX_LAYERS, key=f"{key}_depth", persist_state="session", on_change=on_change)
    for i in range(st.session_state[f"{key}_depth"]):
        if i % 2 == 0:
            columns = st.columns(2)
        columns[i % 2].select_slider(
            f"Units in layer {i + 1}",
            slider_options(setting.steps, st.session_state[f"{key}_{i}"]),
            key=f"{key}_{i}",
            persist_state="session",
            on_change=on_change,
        )
