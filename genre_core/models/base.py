"""The base class of all model configurations."""

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal

from genre_core.errors import ConfigError
from genre_core.models.settings import Setting, format_value
from genre_core.wording import quoted

MAX_SEED = 2**32 - 1  # numpy's


@dataclass(frozen=True)
class ModelConfig:
    """A model type and the values of its settings; validated when created (ConfigError).

    A subclass is a model type: its class variables describe the type, its fields are the settings.
    """

    model: ClassVar[str]
    """Name on the command line and in files."""
    title: ClassVar[str]
    """Name on the pages."""
    short_title: ClassVar[str]
    """Name where there is little room, as in the label of a run."""
    comment: ClassVar[str]
    """How the model works, in a sentence."""
    input_type: ClassVar[Literal["numbers", "pictures"]] = "numbers"
    """The type of features that the model takes."""
    is_network: ClassVar[bool] = False
    """Whether the model is trained in epochs, so that its learning curve can be shown and its training stopped."""

    seed: int = field(default=0, kw_only=True)
    """Seed of all random numbers."""

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAX_SEED:
            raise ConfigError(f"The seed must be an integer from 0 to {MAX_SEED}.")
        for name, setting in self.settings().items():
            value = getattr(self, name)
            if not setting.is_valid(value):
                raise ConfigError(
                    f"{setting.label} of {self.model} ({name}) must be {setting.allowed}, not {quoted(value)}."
                )

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """The settings by name, in the order of their sliders."""
        return {item.name: item.metadata["setting"] for item in fields(cls) if "setting" in item.metadata}

    @classmethod
    def setting(cls, name: str) -> Setting:
        """The setting of that name; ConfigError if there is none."""
        try:
            return cls.settings()[name]
        except KeyError:
            raise ConfigError(
                f"The model {cls.model} has no setting {quoted(name)}; its settings are {', '.join(cls.settings())}."
            ) from None

    @property
    def values(self) -> dict[str, Any]:
        """The value of each setting."""
        return {name: getattr(self, name) for name in self.settings()}

    @property
    def total_epochs(self) -> int:
        """Number of training epochs; 0 for a model without epochs."""
        return 0

    @property
    def scales_features(self) -> bool:
        """Whether features are standardized before they enter the model."""
        return True

    @property
    def log_transform(self) -> bool:
        """Whether the logarithm of features that are never negative is taken before they are standardized."""
        return self.values.get("scaling") == "log"

    @property
    def description(self) -> str:
        """The configuration in a line: the layers of an MLP, and all settings but the epochs that are not default.

        As in "MLP 64-32, dropout = 0.1".
        """
        changed = [
            f"{_inline(self.setting(name).label)} = {format_value(value)}"
            for name, value in self.values.items()
            if value != getattr(type(self), name) and name not in ("layers", "epochs")
        ]
        layers = f" {format_value(self.values['layers'])}" if "layers" in self.values else ""
        return ", ".join([self.short_title + layers, *changed])


def _inline(label: str) -> str:
    """The label of a setting within a line of text: without its part in parentheses, and lowercase unless a symbol."""
    name = label.partition(" (")[0]
    return name[0].lower() + name[1:] if len(name) > 1 else name
