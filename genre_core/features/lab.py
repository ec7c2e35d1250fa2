"""Genre probabilities of Genre Lab's CNN as features: their logarithms for each segment.

The network is that of the bundled run `lab-cnn`.  Its input is the `wide-mel` picture of the ten seconds around a
segment.  It was trained on the genres of GTZAN, on the train and valid lists of the fault-filtered split; on those
tracks its outputs leak the labels, so no model may be trained or tested on them there.  scripts/make_bundled.py copies
the network into its folder.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from genre_core import storage
from genre_core.features import network_files, wide_mel

VERSION = 1
RATE = wide_mel.RATE
GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
COLUMNS = tuple(f"lab_{genre}" for genre in GENRES)

FOLDER = storage.BUNDLED / "lab"
NETWORK_FILE = "model.tflite"
_LEAST = 1e-4
"""Lower probabilities are raised to this, so that one confident mistake doesn't outweigh everything else."""


def extract(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
    """Log probabilities of GENRES for each segment of a clip, shape (genres,), float32.

    Parameters
    ----------
    samples : shape (n,), float32, at RATE.
    starts : first sample of each segment.
    length : length of a segment in samples.

    Raises ModelError if the network is missing or damaged.
    """
    if not len(starts):
        return
    network = Network(network_files.read_verified(FOLDER, NETWORK_FILE))
    for picture in wide_mel.pictures(samples, starts, length):
        yield network.log_probabilities(picture)


class Network:
    """A network of this kind in LiteRT, for one thread at a time."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        self._interpreter = Interpreter(
            model_content=content,
            num_threads=1,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        (input_,), (output,) = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        self._input, self._output = input_["index"], output["index"]
        self._interpreter.resize_tensor_input(self._input, (1, *wide_mel.SHAPE))
        self._interpreter.allocate_tensors()

    def log_probabilities(self, picture: np.ndarray) -> np.ndarray:
        """Log probabilities of GENRES for a `wide-mel` picture, shape (genres,), float32."""
        self._interpreter.set_tensor(self._input, picture[np.newaxis].astype(np.float32))
        self._interpreter.invoke()
        return np.log(np.maximum(self._interpreter.get_tensor(self._output)[0], _LEAST))
