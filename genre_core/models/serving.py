"""Answers of a trained model, without TensorFlow: LiteRT runs a network's export, scikit-learn its own models.

Nothing that is read here can run code: a .tflite file is a graph of known operations, and of a .skops file every type
in it must be on a list.
"""

import math
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import skops.io
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from scipy.special import softmax
from skops.io.exceptions import UntrustedTypesFoundException

from genre_core.errors import RunError
from genre_core.models.calibration import sharpened

NETWORK_FILE, ESTIMATOR_FILE = "model.tflite", "model.skops"
_CELLS_AT_ONCE = 4_000_000  # bounds the memory that a picture's filters take


def probabilities(model: Path, values: np.ndarray, genres: int) -> np.ndarray:
    """Genre probabilities from a model as it was saved.

    Parameters
    ----------
    model : a run's model.tflite or model.skops.
    values : shape (n, *shape), scaled features; n at least 1.

    Returns
    -------
    shape (n, genres), float64, rows sum to one; a network's equal to Keras' within 1e-5.

    Raises RunError if the file can't be read, or holds anything that no model of Genre Lab consists of.
    """
    name = model.parent.name
    try:
        if model.name == NETWORK_FILE:
            return _network_probabilities(model.read_bytes(), values)
        saved = skops.io.load(model, trusted=TRUSTED)
        return estimator_probabilities(saved["estimator"], saved["sharpness"], values, genres)
    except UntrustedTypesFoundException as error:
        raise RunError(f"The model of {name} holds types that no model consists of; it is not opened.") from error
    except (OSError, BadZipFile, ValueError, LookupError, TypeError, AttributeError, RuntimeError) as error:
        raise RunError(f"The model of {name} can't be read; train it again.") from error


TRUSTED = ["sklearn.tree._tree.Tree", "sklearn.utils._bunch.Bunch"]
"""Types beyond skops' own list of safe ones that our estimators consist of.

Trees are compiled code that follows the places in its own arrays: a forged one could read beside them.  So a model is
opened only where the checksums of its run hold, and no page takes in runs.
"""


def _network_probabilities(model: bytes, values: np.ndarray) -> np.ndarray:
    interpreter = Interpreter(
        model_content=model,
        num_threads=1,
        # Networks this small gain little from a delegate, which greets on standard error each time.
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    (given,), (answer,) = interpreter.get_input_details(), interpreter.get_output_details()
    at_once = max(_CELLS_AT_ONCE // math.prod(values.shape[1:]), 1)
    answers = []
    for start in range(0, len(values), at_once):
        part = values[start : start + at_once]
        interpreter.resize_tensor_input(given["index"], part.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given["index"], part.astype(np.float32))
        interpreter.invoke()
        answers.append(interpreter.get_tensor(answer["index"]).astype(np.float64))
    return np.concatenate(answers)


def estimator_probabilities(estimator: Any, sharpness: float, values: np.ndarray, genres: int) -> np.ndarray:
    """Genre probabilities of a fitted scikit-learn pipeline, shape (n, genres); genres it did not learn get none.

    sharpness : factor of the decision values, or of the logarithms of the probabilities where the estimator gives them.
    """
    if hasattr(estimator, "predict_proba"):
        shares = estimator.predict_proba(values)
        if sharpness != 1:
            shares = sharpened(shares, sharpness)
    else:
        decided = estimator.decision_function(values).reshape(len(values), -1)
        shares = softmax(sharpness * two_sided(decided), axis=1)
    answers = np.zeros((len(values), genres))
    answers[:, estimator.classes_] = shares
    return answers


def two_sided(values: np.ndarray) -> np.ndarray:
    """Decision values with a column for each class, also of two classes, for which there is one of shape (n, 1)."""
    return np.hstack([-values, values]) / 2 if values.shape[1] == 1 else values
