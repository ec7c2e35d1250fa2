"""A network that is trained quickly."""

from genre_core.models.config import MlpConfig

QUICK = MlpConfig(layers=(64, 32), dropout=0.1, epochs=30, learning_rate=0.003)
