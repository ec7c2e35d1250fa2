"""Answers of a trained network without TensorFlow: LiteRT runs the exported model."""

from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def probabilities(model: Path, values: np.ndarray) -> np.ndarray:
    """Genre probabilities from an exported network.

    Parameters
    ----------
    model : the model.tflite of a run.
    values : shape (n, inputs), scaled features; n at least 1.

    Returns
    -------
    shape (n, genres), float64, rows sum to one; equal to Keras within 1e-5.
    """
    interpreter = Interpreter(
        model_content=model.read_bytes(),
        num_threads=1,
        # A network this small gains nothing from a delegate, which greets on standard error each time.
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    (given,), (answer,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(given["index"], values.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(given["index"], values.astype(np.float32))
    interpreter.invoke()
    return interpreter.get_tensor(answer["index"]).astype(np.float64)
