"""The embedding: what a network that was trained to tag music makes of a segment, 200 numbers, and its 50 tags.

The network is MSD_musicnn: J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio
tagging", ISMIR 2019 late-breaking demo.  It learned 50 tags of the Million Song Dataset from 3-s pieces, and its last
layer but one is known to serve other tasks.  Its numbers are those of the package musicnn 0.1.0; artifacts/bundled/
musicnn holds them with their license, and scripts/make_embedding.py puts them there.

Conventions: a clip is mono float32 at RATE, like those of the other feature sets, and is resampled to the 16 kHz that
the network knows; a frame is 16 ms; a patch is what the network hears at once, shape (FRAMES, BANDS), 2.99 s.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Literal

import librosa
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from scipy.special import expit

from genre_core import storage
from genre_core.audio import SEGMENT_RATE as RATE
from genre_core.features import network_files

VERSION = LEVELED_VERSION = 1
FRAMES, BANDS = 187, 96
SIZE = 200
COLUMNS = tuple(f"embedding_{i}" for i in range(SIZE))
TAGS = (
    "rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s", "alternative rock", "jazz",
    "beautiful", "metal", "chillout", "male vocalists", "classic rock", "soul", "indie rock", "Mellow", "electronica",
    "80s", "folk", "90s", "chill", "instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic",
    "experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country", "easy listening", "sexy",
    "catchy", "funk", "electro", "heavy metal", "Progressive rock", "60s", "rnb", "indie pop", "sad", "House", "happy",
)  # fmt: skip
"""The tags, as Last.fm's users wrote them, in the network's order."""

TagKind = Literal["genre", "mood", "voice and instrument", "era"]
_OTHER_KINDS: dict[TagKind, tuple[str, ...]] = {
    "mood": (
        "beautiful", "chillout", "Mellow", "chill", "party", "easy listening", "sexy", "catchy", "sad", "happy",
    ),
    "voice and instrument": (
        "female vocalists", "male vocalists", "female vocalist", "instrumental", "acoustic", "guitar",
    ),
    "era": ("00s", "80s", "90s", "70s", "60s", "oldies"),
}  # fmt: skip
TAG_KINDS: dict[str, TagKind] = {
    tag: next((kind for kind, tags in _OTHER_KINDS.items() if tag in tags), "genre") for tag in TAGS
}
"""What each tag speaks of; most are genres, or nearly."""

LEVEL = 0.14
"""Root mean square to which `leveled` brings a clip, of full scale: the median of GTZAN, like most published music."""

FOLDER = storage.BUNDLED / "musicnn"
FILES = NETWORK_FILE, TAGS_FILE = "model.tflite", "tags.npz"

_HEARD_RATE = 16_000
_N_FFT, _HOP = 512, 256
_FRAMES_A_SAMPLE = _HEARD_RATE / RATE / _HOP
_SILENCE = 1e-5  # of full scale
_MOST_POWER = np.finfo(np.float16).max


def extract(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
    """The activations of each segment of a clip, shape (SIZE,), float32: segments of `length` samples from `starts`
    on.

    The frames are those of the whole clip.  A segment of 3 s is a patch; of a longer one it is the mean over its
    whole patches, and a shorter one is repeated to fill a patch, as it was in the network's training.

    Raises ModelError if the network is missing or damaged.
    """
    if not len(starts):
        return
    frames, network = log_mel(samples), Network()
    for start in starts:
        first = round(start * _FRAMES_A_SAMPLE)
        piece = frames[first : first + round(length * _FRAMES_A_SAMPLE)]
        if len(piece) < FRAMES:
            piece = np.resize(piece, (FRAMES, BANDS))
        patches = piece[: len(piece) // FRAMES * FRAMES].reshape(-1, FRAMES, BANDS)
        yield network.activations(patches).mean(axis=0)


def extract_leveled(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
    """The same of a clip that is brought to LEVEL first: the network knows music as loud as it is published, and of a
    soft recording it hears little."""
    yield from extract(leveled(samples), starts, length)


def leveled(samples: np.ndarray) -> np.ndarray:
    """A clip, shape (n,), float32, brought to LEVEL; silence stays as it is."""
    level = np.sqrt(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return samples if level < _SILENCE else (samples * (LEVEL / level)).astype(np.float32)


def log_mel(samples: np.ndarray) -> np.ndarray:
    """The frames of a clip, as the network's training had them.

    Parameters
    ----------
    samples : shape (n,), float32, finite, at RATE.

    Returns
    -------
    shape (frames, BANDS), float32, from 0: log10(1 + 10 000 S) of librosa's mel spectrogram S at 16 kHz, of which
    float16 precision is kept; frame i is centerd on 16 i ms.
    """
    heard = librosa.resample(samples, orig_sr=RATE, target_sr=_HEARD_RATE)
    power = librosa.feature.melspectrogram(
        y=heard, sr=_HEARD_RATE, n_fft=_N_FFT, hop_length=_HOP, n_mels=BANDS, pad_mode="constant"
    )
    rounded = np.minimum(power.T, _MOST_POWER).astype(np.float16).astype(np.float32)
    return np.log10(10_000 * rounded + 1)


def tag_probabilities(activations: np.ndarray) -> np.ndarray:
    """The probability of each of TAGS, from what `extract` gives, or a mean of it.

    Parameters
    ----------
    activations : shape (..., SIZE).

    Returns
    -------
    shape (..., tags), float64, 0 to 1; several tags may apply at once.

    Raises ModelError if the layer of tags is missing or damaged.
    """
    kernel, bias = _tag_layer()
    return expit(activations @ kernel + bias)


def strongest_tags() -> list[str]:
    """For each of COLUMNS the tag that it counts most for.  ModelError as `tags`."""
    return [TAGS[i] for i in _tag_layer()[0].argmax(axis=1)]


def _tag_layer() -> tuple[np.ndarray, np.ndarray]:
    """Kernel of shape (SIZE, tags), and bias."""
    with np.load(io.BytesIO(network_files.read_verified(FOLDER, TAGS_FILE)), allow_pickle=False) as layer:
        return layer["kernel"].astype(np.float64), layer["bias"]


class Network:
    """The network, ready to answer; for one thread at a time.  It greets on standard error, once a process.

    Raises ModelError if its file is missing or damaged.
    """

    def __init__(self, threads: int = 1) -> None:
        self._interpreter = Interpreter(
            model_content=network_files.read_verified(FOLDER, NETWORK_FILE), num_threads=threads
        )
        self._interpreter.allocate_tensors()
        self._given = self._interpreter.get_input_details()[0]["index"]
        outputs = {int(output["shape"][-1]): output["index"] for output in self._interpreter.get_output_details()}
        self._activations = outputs[SIZE]

    def activations(self, patches: np.ndarray) -> np.ndarray:
        """Patches of log-mel frames, shape (n, FRAMES, BANDS), float32, to the last layer but one, shape (n, SIZE).

        They are taken after its ReLU and before its batch norm, from 0 to about 12.
        """
        answers = []
        for patch in patches:  # one after the other is as fast as all at once, and stays in the processor's cache
            self._interpreter.set_tensor(self._given, patch[np.newaxis])
            self._interpreter.invoke()
            answers.append(self._interpreter.get_tensor(self._activations)[0])
        return np.array(answers, dtype=np.float32).reshape(-1, SIZE)
