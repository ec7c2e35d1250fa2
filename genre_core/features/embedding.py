"""The embedding: 200 activations of a network that was trained to tag music, and the probabilities of its 50 tags.

The network is MSD_musicnn: J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio
tagging", ISMIR 2019 late-breaking demo.  It was trained on 3-s pieces of the Million Song Dataset with 50 tags; its
penultimate layer is known to transfer to other tasks.  The weights are those of the package musicnn 0.1.0;
artifacts/bundled/musicnn holds them with their license, and scripts/make_embedding.py writes them there.

Conventions: a clip is mono float32 at RATE, as for the other feature sets, and is resampled to the 16 kHz of the
network; a frame is 16 ms; a patch is one input of the network, shape (FRAMES, BANDS), 2.99 s.
"""

import io
import math
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import soxr

from genre_core import storage
from genre_core.audio.clip import SEGMENT_RATE as RATE
from genre_core.features import network_files
from genre_core.features.spectra import mel_spectrogram

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
"""The tags as users of Last.fm wrote them, in the order of the network's output."""

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
"""The kind of each tag; most are genres or close to one."""

TARGET_RMS = 0.14
"""Root mean square of a clip after `leveled`, relative to full scale: the median of GTZAN and most published music."""

FOLDER = storage.BUNDLED / "musicnn"
FILES = NETWORK_FILE, TAGS_FILE = "msd_musicnn.tflite", "tags.npz"

_NETWORK_RATE = 16_000
_N_FFT, _HOP = 512, 256
_FRAMES_PER_SAMPLE = _NETWORK_RATE / RATE / _HOP
_SILENCE = 1e-5  # relative to full scale
_MOST_POWER = np.finfo(np.float16).max


def extract(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
    """The activations for each segment of a clip, shape (SIZE,), float32.

    The frames are computed on the whole clip.  A segment of 3 s is one patch.  For a longer one the activations are
    averaged over its whole patches, and a shorter one is repeated to fill a patch, as in the training of the network.

    Parameters
    ----------
    samples : shape (n,), float32, at RATE.
    starts : first sample of each segment.
    length : length of a segment in samples.

    Raises ModelError if the network is missing or damaged.
    """
    if not len(starts):
        return
    frames, network = log_mel(samples), Network()
    for start in starts:
        yield network.activations(segment_patches(frames, start, length)).mean(axis=0)


def extract_leveled(samples: np.ndarray, starts: Sequence[int], length: int) -> Iterator[np.ndarray]:
    """Like `extract`, but scale the clip to TARGET_RMS first.

    The network was trained on music at the level at which it is published; a soft recording gives weak activations.
    """
    yield from extract(leveled(samples), starts, length)


def leveled(samples: np.ndarray) -> np.ndarray:
    """A clip, shape (n,), float32, scaled to TARGET_RMS; silence is returned as it is."""
    rms = np.sqrt(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return samples if rms < _SILENCE else (samples * (TARGET_RMS / rms)).astype(np.float32)


def log_mel(samples: np.ndarray) -> np.ndarray:
    """The log-mel frames of a clip, as in the training of the network.

    Parameters
    ----------
    samples : shape (n,), float32, finite, at RATE.

    Returns
    -------
    shape (frames, BANDS), float32, not negative: log10(1 + 10 000 S) of librosa's mel spectrogram S at 16 kHz, rounded
    to float16; frame i is centered on 16 i ms.
    """
    size = math.ceil(len(samples) * (_NETWORK_RATE / RATE))
    resampled = soxr.resample(samples, RATE, _NETWORK_RATE, quality="HQ")[:size]
    padded = np.pad(resampled, (_N_FFT // 2, size - len(resampled) + _N_FFT // 2))
    mel = mel_spectrogram(padded, _NETWORK_RATE, _N_FFT, _HOP, BANDS)
    rounded = np.minimum(mel.T, _MOST_POWER).astype(np.float16).astype(np.float32)
    return np.log10(10_000 * rounded + 1)


def segment_patches(frames: np.ndarray, start: int, length: int) -> np.ndarray:
    """The patches of one segment, shape (n, FRAMES, BANDS): one of a segment of 3 s or less, else all whole ones.

    Parameters
    ----------
    frames : those of `log_mel` of the whole clip.
    start, length : of the segment in samples at RATE.
    """
    first = round(start * _FRAMES_PER_SAMPLE)
    piece = frames[first : first + round(length * _FRAMES_PER_SAMPLE)]
    if len(piece) < FRAMES:
        piece = np.resize(piece, (FRAMES, BANDS))
    return piece[: len(piece) // FRAMES * FRAMES].reshape(-1, FRAMES, BANDS)


def tag_probabilities(activations: np.ndarray) -> np.ndarray:
    """The probability of each of TAGS, from the activations of a segment or a mean of several.

    Parameters
    ----------
    activations : shape (..., SIZE).

    Returns
    -------
    shape (..., tags), float64, 0 to 1; several tags may apply at once.

    Raises ModelError if the tag layer is missing or damaged.
    """
    kernel, bias = _tag_layer()
    logits: np.ndarray = activations @ kernel + bias
    return (1 + np.tanh(logits / 2)) / 2  # the logistic function, without overflow


def strongest_tags() -> list[str]:
    """For each of COLUMNS, the tag with the largest weight.  Raises ModelError as in `tag_probabilities`."""
    return [TAGS[i] for i in _tag_layer()[0].argmax(axis=1)]


def _tag_layer() -> tuple[np.ndarray, np.ndarray]:
    """Kernel, shape (SIZE, tags), and bias, shape (tags,), of the tag layer."""
    with np.load(io.BytesIO(network_files.read_verified(FOLDER, TAGS_FILE)), allow_pickle=False) as layer:
        return layer["kernel"].astype(np.float64), layer["bias"]


class Network:
    """A network in LiteRT, for one thread at a time.  LiteRT writes a line to standard error, once a process.

    Parameters
    ----------
    file : its name in FOLDER: NETWORK_FILE, or that of another network of musicnn.

    Raises ModelError if its file is missing or damaged.
    """

    def __init__(self, file: str = NETWORK_FILE) -> None:
        content = network_files.read_verified(FOLDER, file)
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        (input_,), (output,) = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        self._input, self._output, self._size = input_["index"], output["index"], int(output["shape"][-1])

    def activations(self, patches: np.ndarray) -> np.ndarray:
        """Activations of each patch, shape (n, size), float32: of MSD_musicnn those of the penultimate layer.

        They are taken after its ReLU and before its batch norm, and range from 0 to about 12.

        Parameters
        ----------
        patches : shape (n, FRAMES, BANDS), float32, log-mel frames.
        """
        activations = []
        for patch in patches:  # one by one is as fast as a batch, and fits in the processor's cache
            self._interpreter.set_tensor(self._input, patch[np.newaxis])
            self._interpreter.invoke()
            activations.append(self._interpreter.get_tensor(self._output)[0])
        return np.array(activations, dtype=np.float32).reshape(-1, self._size)
