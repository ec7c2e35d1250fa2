"""Details of training that depend on the type of network and are not settings."""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True)
class Recipe:
    """How `network.train` trains a type of network."""

    augment: Callable[[tf.Tensor], tf.Tensor] | None = None
    """Changes a batch of unscaled inputs at random, in every training step."""
    cosine_decay: bool = False
    """Whether the learning rate falls to zero along half a cosine, after a short linear warm-up."""
    weight_decay: float = 0.0
    """Decoupled weight decay of kernels (Loshchilov and Hutter 2019)."""
    new_layer: str = ""
    """Part of the names of the layers that are not pretrained; empty if no layer is."""
    pretrained_rate: float = 1.0
    """Learning rate of the pretrained layers, relative to that of the others."""
    label_smoothing: float = 0.0
    """Fraction of each target that is spread evenly over all genres (Szegedy et al. 2016)."""
