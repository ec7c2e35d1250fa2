"""What the lab's own network makes of a segment: the logarithm of the probability that it gives each genre.

The network is that of the bundled run `lab-cnn`, which hears the ten seconds around a segment as a `wide-mel` picture.
It was taught the genres of GTZAN by the train and valid lists of the fault-filtered split: on those tracks its answers
are memory, so no model is to be trained or tested on them there.  scripts/make_default.py puts it in its folder.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from genre_core import storage
from genre_core.features import network_files, wide_mel

VERSION = 1
RATE = wide_mel.RATE
GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
COLUMNS = tuple(f"lab_{genre}" for genre in GENRES)

FOLDER = storage.BUNDLED / "lab"
NETWORK_FILE = "model.tflite"
_LEAST = 1e-4
"""Lower probabilities count as this: a single sure mistake must not outweigh all else."""


def extract(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
    """The answers for each segment of a clip, shape (genres,), float32: segments of `length` samples from `starts` on.

    Raises ModelError if the network is missing or damaged.
    """
    if not len(starts):
        return
    network = Network(network_files.read_verified(FOLDER, NETWORK_FILE))
    for picture in wide_mel.pictures(samples, starts, length):
        yield network.answers(picture)


class Network:
    """A network of such a kind, ready to answer; for one thread at a time."""

    def __init__(self, content: bytes) -> None:
        self._interpreter = Interpreter(
            model_content=content,
            num_threads=1,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        (given,), (answer,) = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        self._given, self._answer = given["index"], answer["index"]
        self._interpreter.resize_tensor_input(self._given, (1, *wide_mel.SHAPE))
        self._interpreter.allocate_tensors()

    def answers(self, picture: np.ndarray) -> np.ndarray:
        """A `wide-mel` picture to the logarithms of the probabilities of GENRES, shape (genres,), float32."""
        self._interpreter.set_tensor(self._given, picture[np.newaxis].astype(np.float32))
        self._interpreter.invoke()
        return np.log(np.maximum(self._interpreter.get_tensor(self._answer)[0], _LEAST))
