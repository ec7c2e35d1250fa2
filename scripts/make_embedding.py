"""Make artifacts/bundled/musicnn/ again: the four networks of the package musicnn, as LiteRT files.

    python -m scripts.make_embedding PACKAGE

It also writes the outputs of the original graphs, with which the tests compare the files: tests/data/embedding.npz for
MSD_musicnn and tests/data/musicnn.npz for the others.

PACKAGE is the wheel of musicnn 0.1.0 (`pip download --no-deps musicnn==0.1.0`), or the folder with its content.  Its
code needs TensorFlow 1 and is not executed: the weights are read from its checkpoints, and the networks are built
again.  What is exported has the same outputs as its graphs and costs a fraction; `scripts.networks` says how.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from scipy.special import expit

from genre_core.audio import synthesis
from genre_core.features import embedding, musicnn, network_files
from genre_core.features.embedding import BANDS, FRAMES, TAGS
from scripts.networks import musicnn as musicnn_network
from scripts.networks import original
from scripts.networks import vgg as vgg_network
from scripts.networks.checkpoint import Checkpoint, Root, open_package, tags


@dataclass(frozen=True)
class Export:
    """How one network is exported."""

    max_change: float
    """Filters whose output changes by less, when their inputs change by one, count as constant."""
    tolerance: float
    """Largest difference between the activations of the original and the exported network."""
    half: bool
    """Whether its weights are stored as float16."""


EXPORTS = {
    "msd_musicnn": Export(1e-6, 5e-5, half=False),
    "mtt_musicnn": Export(3e-2, 3e-2, half=True),
    "msd_vgg": Export(1e-2, 3e-2, half=True),
    "mtt_vgg": Export(1e-2, 3e-2, half=True),
}
"""The filters that remain change by at least 9e-3 in the first network, by 0.1 and more in the others.  The activations
of the first two reach about 15, those of the VGGs about 5."""
TESTS = Path(__file__).parents[1] / "tests" / "data"
GOLDEN, GOLDEN_OF_OTHERS = TESTS / "embedding.npz", TESTS / "musicnn.npz"
"""Outputs of the original graphs for the first patches of each synthetic song."""
GOLDEN_PATCHES, GOLDEN_SECONDS = 3, 9.0


def main(package: Path) -> None:
    root = open_package(package)
    if tags(root, "MSD_LABELS") != TAGS:
        raise SystemExit("The tags of this package differ from embedding.TAGS.")
    folder = embedding.FOLDER
    folder.mkdir(exist_ok=True)
    tagger = musicnn_network.read(Checkpoint(root, "MSD_musicnn"))
    kernel, bias = tagger.tags_kernel.astype(np.float32), tagger.tags_bias.astype(np.float32)
    np.savez(folder / embedding.TAGS_FILE, kernel=kernel, bias=bias)
    (folder / "LICENSE").write_bytes((root / "musicnn-0.1.0.dist-info" / "LICENSE.md").read_bytes())
    for part in musicnn.PARTS:
        network = build(root, part.name)
        export(network, folder / part.file, half=EXPORTS[part.name].half)
        print(f"{part.name}: {network.count_params()} parameters")
    network_files.write_checksums(folder, (*musicnn.FILES, embedding.TAGS_FILE))

    mels = [embedding.log_mel(song.clip(seconds=GOLDEN_SECONDS).samples) for song in synthesis.SONGS]
    patches = np.concatenate([frames[: GOLDEN_PATCHES * FRAMES].reshape(-1, FRAMES, BANDS) for frames in mels])
    golden: Any = {part.name: original.activations(root, in_package(part.name), patches) for part in musicnn.PARTS}
    for part in musicnn.PARTS:
        worst = np.abs(embedding.Network(part.file).activations(patches) - golden[part.name]).max()
        print(f"{part.name}: largest difference of the activations {worst:.1e}")
        if worst > EXPORTS[part.name].tolerance:
            raise SystemExit("That is more than its tolerance: the exported network differs from the original one.")
    activations = golden.pop("msd_musicnn")
    np.savez_compressed(GOLDEN, activations=activations, tags=expit(activations @ kernel + bias))
    np.savez_compressed(GOLDEN_OF_OTHERS, **golden)


def in_package(name: str) -> str:
    """The name of a network in the package, such as "MSD_vgg"."""
    dataset, _, architecture = name.partition("_")
    return f"{dataset.upper()}_{architecture}"


def build(root: Root, name: str) -> keras.Model:
    """A network, smaller than published."""
    checkpoint, max_change = Checkpoint(root, in_package(name)), EXPORTS[name].max_change
    if name.endswith("vgg"):
        return vgg_network.build(vgg_network.read(checkpoint), max_change)
    weights = musicnn_network.without_constant_filters(musicnn_network.read(checkpoint), max_change)
    return musicnn_network.build(weights, musicnn_network.GROUP_SIZES)


def export(network: keras.Model, file: Path, half: bool) -> None:
    """Write a network as a LiteRT file; half : whether its weights are stored as float16."""
    as_half = {"optimizations": [tf.lite.Optimize.DEFAULT], "target_spec": {"supported_types": [tf.float16]}}
    network.export(str(file), format="litert", verbose=False, **(as_half if half else {}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
