"""How a kind of network is trained, beside its configuration."""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True)
class Recipe:
    """What `network.train` does for a kind of network."""

    augment: Callable[[tf.Tensor], tf.Tensor] | None = None
    """What is given, unscaled, to what is learned from, drawn anew each time."""
    cosine: bool = False
    """Whether the learning rate falls to nothing along half a cosine, after a short warm-up."""
    weight_decay: float = 0.0
    """Decoupled, of kernels (Loshchilov and Hutter 2019)."""
    new_layer: str = ""
    """In the names of the layers that learn at the full rate; empty for all."""
    pace: float = 1.0
    """Share of the rate at which the others learn."""
    smoothing: float = 0.0
    """Share of each target that is spread over all genres (Szegedy et al. 2016)."""
