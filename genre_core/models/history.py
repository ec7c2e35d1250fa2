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
    test_loss: float | None
    """None, as the next, where no part is kept aside to test on."""
    test_accuracy: float | None
    seconds: float
    """Since the training began."""
