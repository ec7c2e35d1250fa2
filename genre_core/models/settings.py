"""Types of model settings: what values a setting may have, and how it is shown.

A setting is described once, in the metadata of a configuration's field (`setting_field`).  The sliders of the page
Train, `--set` on the command line, addresses of configurations and sweeps are all derived from that description.
"""

from dataclasses import dataclass, field
from typing import Any

MAX_LAYERS = 5
MAX_LAYER_UNITS = 4096


@dataclass(frozen=True)
class Number:
    """A numeric setting with values from `low` to `high`."""

    label: str
    help: str
    low: float
    high: float
    steps: tuple[float, ...]
    """Values that its slider offers."""
    integer: bool = False

    def parse(self, text: str) -> float | int:
        """Convert text to a value; ValueError if it is not a number."""
        return int(text) if self.integer else float(text)

    def is_valid(self, value: Any) -> bool:
        """Whether the setting may have this value."""
        is_number = isinstance(value, int if self.integer else (int, float)) and not isinstance(value, bool)
        return is_number and self.low <= value <= self.high

    @property
    def allowed(self) -> str:
        """The allowed values, in words."""
        return f"{'an integer' if self.integer else 'a number'} from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Choice:
    """A setting with a few named options."""

    label: str
    help: str
    options: tuple[str, ...]

    def parse(self, text: str) -> str:
        return text

    def is_valid(self, value: Any) -> bool:
        return value in self.options

    @property
    def allowed(self) -> str:
        return f"one of {', '.join(self.options)}"


@dataclass(frozen=True)
class Layers:
    """A setting that holds the number of units in each hidden layer."""

    label: str
    help: str
    steps: tuple[int, ...]
    """Numbers of units that the slider of a layer offers."""
    sweep_values: tuple[tuple[int, ...], ...]
    """Architectures that a sweep offers."""

    def parse(self, text: str) -> tuple[int, ...]:
        return tuple(int(units) for units in text.split(","))

    def is_valid(self, value: Any) -> bool:
        return (
            isinstance(value, tuple)
            and 1 <= len(value) <= MAX_LAYERS
            and all(isinstance(units, int) and 1 <= units <= MAX_LAYER_UNITS for units in value)
        )

    @property
    def allowed(self) -> str:
        return f"1 to {MAX_LAYERS} layers of 1 to {MAX_LAYER_UNITS} units, separated by commas, as in 512,256"


Setting = Number | Choice | Layers


def setting_field(default: Any, setting: Setting) -> Any:
    """A dataclass field for a setting, with its default value."""
    return field(default=default, metadata={"setting": setting})


def format_value(value: Any) -> str:
    """The value of a setting as text for people, as in "512-256" or "0.2"."""
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return value if isinstance(value, str) else f"{value:g}"
