"""Models: their configurations, building and training them, and predicting without TensorFlow.

- `make_config` creates a `ModelConfig`; `MODELS` lists the model types (module `config`).  `settings` has the types of
  settings, and `presets` a few configurations for a start.
- `network` (TensorFlow: `mlp`, `cnn`, `musicnn`) and `estimator` (scikit-learn) build and fit models; `training_data`
  is their interface.
- `serving` predicts with a saved model; `scaling` and `calibration` come before and after it.

Only the worker process of `genre_core.training` imports `network`, which loads TensorFlow.
"""

from genre_core.models.base import ModelConfig
from genre_core.models.config import MODELS, make_config, model_type

__all__ = [
    "MODELS",
    "ModelConfig",
    "make_config",
    "model_type",
]
