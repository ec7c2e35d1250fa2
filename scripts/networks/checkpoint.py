"""The package musicnn 0.1.0 and the checkpoints in it."""

import ast
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

EPSILON = 1e-3
"""Added to a variance by TensorFlow's batch normalization."""

Root = Path | zipfile.Path


def open_package(package: Path) -> Root:
    """The root of the package: a wheel, or the folder with its content."""
    return zipfile.Path(package) if package.is_file() else package


def tags(root: Root, name: str) -> tuple[str, ...]:
    """A list of tags in the package's configuration.py: "MSD_LABELS" or "MTT_LABELS"; empty if it is not there."""
    for statement in ast.parse((root / "musicnn" / "configuration.py").read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            return tuple(ast.literal_eval(statement.value))
    return ()


def copy_checkpoint(root: Root, network: str, folder: Path) -> Path:
    """Copy the checkpoint of a network into a folder and name it: with the package's empty name it can't be opened."""
    for ending in (".index", ".data-00000-of-00001"):
        (folder / f"model{ending}").write_bytes((root / "musicnn" / network / ending).read_bytes())
    return folder / "model"


@dataclass(frozen=True)
class Layer:
    """A convolution with ReLU, and the gain and shift of the batch normalization after it; float64."""

    kernel: np.ndarray
    """shape (frames, bands or channels, filters); in a VGG (3, 3, channels, filters)."""
    bias: np.ndarray
    """shape (filters,), or (FRAMES, filters) where it differs from frame to frame."""
    gain: np.ndarray
    shift: np.ndarray


class Checkpoint:
    """The weights of one network of the package, such as "MSD_vgg"."""

    def __init__(self, root: Root, network: str) -> None:
        self.network = network
        with tempfile.TemporaryDirectory() as folder:
            reader = tf.train.load_checkpoint(str(copy_checkpoint(root, network, Path(folder))))
            names = [name for name in reader.get_variable_to_shape_map() if "Adam" not in name]
            self._weights = {name: reader.get_tensor(name).astype(np.float64) for name in names}

    def weights(self, name: str) -> np.ndarray:
        """The values of a variable, float64."""
        return self._weights[name]

    def norm(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Gain and shift of a batch normalization; the first is number 0."""
        name = numbered("batch_normalization", number)
        gain = self.weights(f"{name}/gamma") / np.sqrt(self.weights(f"{name}/moving_variance") + EPSILON)
        return gain, self.weights(f"{name}/beta") - gain * self.weights(f"{name}/moving_mean")


def numbered(name: str, number: int) -> str:
    """The name that TensorFlow 1 gives to the layer of this number; the first is number 0."""
    return f"{name}_{number}" if number else name
