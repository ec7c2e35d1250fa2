"""The learning curve of a network, epoch by epoch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """Results of one pass over the training set."""

    epoch: int
    """Number of the epoch, from 1."""
    loss: float
    """Mean cross-entropy on the training set, in nats."""
    accuracy: float
    test_loss: float | None
    """On the test set, or the validation set while the number of epochs is chosen; None where there is neither."""
    test_accuracy: float | None
    seconds: float
    """Time since the start of the training."""
