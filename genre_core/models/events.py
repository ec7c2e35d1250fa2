"""What a training tells while it goes on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """One pass over the training part."""

    epoch: int
    """From 1 on."""
    loss: float
    """Cross-entropy on the training part, nats a segment."""
    accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float
    """Since the training began."""
