"""Predictions of a saved model without TensorFlow: LiteRT runs networks, NumPy linear models, scikit-learn its others.

Reading a model cannot run foreign code: a .tflite file is a graph of known operations, and a .skops file may contain
only types on a list.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np

from genre_core import old_names
from genre_core.errors import RunError
from genre_core.models.calibration import apply_inverse_temperature, softmax
from genre_core.models.estimator_checks import check_estimator
from genre_core.models.linear import LINEAR_FILE, LinearModel
from genre_core.reading import limits
from genre_core.reading.archives import check_model_archive

NETWORK_FILE, ESTIMATOR_FILE = "model.tflite", "model.skops"
INVERSE_TEMPERATURE = "inverse_temperature"
"""Key of ESTIMATOR_FILE, beside "estimator"."""
TRUSTED_TYPES = [
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
]
"""Types that our estimators contain and that are not on skops' own list of safe types.

Trees are compiled code that follows the indices in its own arrays: `estimator_checks` looks at these first.
"""
_SUM_TOLERANCE = 1e-3  # of probabilities in float32
_MAX_BATCH_CELLS = 4_000_000  # bounds the memory for the feature maps of a convolutional network


def probabilities(model: Path, values: np.ndarray, n_genres: int) -> np.ndarray:
    """Genre probabilities from a saved model.

    Parameters
    ----------
    model : model.tflite or model.skops in the folder of a run; a linear.npz beside the latter is used instead.
    values : shape (n, *shape), scaled features; n is at least 1.
    n_genres : number of genres of the run.

    Returns
    -------
    shape (n, genres), float64; rows sum to one.  Those of a network are within 1e-5 of Keras'.

    Raises
    ------
    RunError : if the file cannot be read, contains types that no model of Genre Lab contains, or is a model of other
        features or genres.
    """
    try:
        is_network = model.name == NETWORK_FILE
        found = (_network_probabilities if is_network else _saved_estimator_probabilities)(model, values, n_genres)
        if found.shape != (len(values), n_genres) or not _are_probabilities(found):
            raise ValueError("the model does not compute the probabilities of these genres")
        return found
    except RunError:
        raise
    # Neither LiteRT nor skops documents its errors for damaged models; those of scikit-learn depend on their content.
    except Exception as error:
        raise _unreadable(model) from error


def _unreadable(model: Path) -> RunError:
    return RunError(f"The model of {model.parent.name} can't be read; train it again.")


def _are_probabilities(found: np.ndarray) -> bool:
    """Whether every row is a distribution; False for values that are not finite."""
    return bool((found >= 0).all() and (np.abs(found.sum(axis=1) - 1) <= _SUM_TOLERANCE).all())


def open_estimator(model: Path, columns: int) -> Any:
    """The fitted pipeline in a model.skops.

    Parameters
    ----------
    columns : number of features of the run.

    Raises
    ------
    RunError : if the file cannot be read, or contains what no model of Genre Lab contains.
    """
    try:
        return _read_estimator(model, columns)["estimator"]
    except RunError:
        raise
    except Exception as error:
        raise _unreadable(model) from error


def _saved_estimator_probabilities(model: Path, values: np.ndarray, n_genres: int) -> np.ndarray:
    linear = model.parent / LINEAR_FILE
    if linear.is_file():
        return LinearModel.load(linear).probabilities(values, n_genres)
    saved = _read_estimator(model, values.shape[1])
    return estimator_probabilities(saved["estimator"], saved[INVERSE_TEMPERATURE], values, n_genres)


def _read_estimator(model: Path, columns: int) -> Any:
    """The content of a model.skops, whose estimator was checked."""
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        check_model_archive(model)
        saved = old_names.current_estimator_keys(skops.io.load(model, trusted=TRUSTED_TYPES))
    except UntrustedTypesFoundException as error:
        raise RunError(
            f"The model of {model.parent.name} contains types that no model of Genre Lab contains, so it is not opened."
        ) from error
    check_estimator(saved["estimator"], columns)
    return saved


def _network_probabilities(model: Path, values: np.ndarray, n_genres: int) -> np.ndarray:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    limits.check_size(model.stat().st_size, limits.MOST_CONTENT_BYTES)
    interpreter = Interpreter(
        model_content=model.read_bytes(),
        num_threads=1,
        # Networks this small gain little from a delegate, which prints a line on standard error each time.
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    (input_details,), (output_details,) = interpreter.get_input_details(), interpreter.get_output_details()
    batch_size = max(_MAX_BATCH_CELLS // math.prod(values.shape[1:]), 1)
    outputs = []
    for start in range(0, len(values), batch_size):
        batch = values[start : start + batch_size]
        interpreter.resize_tensor_input(input_details["index"], batch.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(input_details["index"], batch.astype(np.float32))
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(output_details["index"]).astype(np.float64))
    return np.concatenate(outputs)


def estimator_probabilities(
    estimator: Any, inverse_temperature: float, values: np.ndarray, n_genres: int
) -> np.ndarray:
    """Genre probabilities of a fitted scikit-learn pipeline.

    Parameters
    ----------
    estimator : a pipeline with `predict_proba`, or else with `decision_function`.
    inverse_temperature : multiplies the logarithms of its probabilities, or else its decision values.
    values : shape (n, columns), scaled features.
    n_genres : number of genres; those without training segments get probability 0.

    Returns
    -------
    shape (n, genres); rows sum to one.
    """
    if hasattr(estimator, "predict_proba"):
        known = estimator.predict_proba(values)
        if inverse_temperature != 1:
            known = apply_inverse_temperature(known, inverse_temperature)
    else:
        decisions = estimator.decision_function(values).reshape(len(values), -1)
        known = softmax(inverse_temperature * decisions_per_class(decisions))
    result = np.zeros((len(values), n_genres))
    result[:, estimator.classes_] = known
    return result


def decisions_per_class(decisions: np.ndarray) -> np.ndarray:
    """Decision values with a column for each class; scikit-learn gives one column, shape (n, 1), for two classes."""
    return np.hstack([-decisions, decisions]) / 2 if decisions.shape[1] == 1 else decisions
