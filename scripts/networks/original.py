"""The graphs in the package musicnn 0.1.0 as they are, with their own weights: what the smaller networks must equal."""

import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf

from scripts.networks.checkpoint import Root, copy_checkpoint

_v1 = tf.compat.v1
_LAST = {"musicnn": "model/dense/Relu", "vgg": "model/max_pooling2d_4/MaxPool"}
"""The operations whose outputs are the activations, by architecture."""

_IN_TRAINING = "model/Placeholder_2:0"


def activations(root: Root, network: str, patches: np.ndarray) -> np.ndarray:
    """The activations of a network such as "MSD_vgg", shape (n, size).

    Parameters
    ----------
    patches : shape (n, FRAMES, BANDS), float32.
    """
    meta = _v1.MetaGraphDef.FromString((root / "musicnn" / network / ".meta").read_bytes())
    for node in meta.graph_def.node:
        node.attr.pop("_output_shapes", None)  # today's TensorFlow refuses those of TensorFlow 1
    with tempfile.TemporaryDirectory() as folder, tf.Graph().as_default() as graph, _v1.Session() as session:
        names = _v1.train.import_meta_graph(meta).saver_def
        checkpoint = copy_checkpoint(root, network, Path(folder))
        session.run(names.restore_op_name, {names.filename_tensor_name: str(checkpoint)})
        inputs = {
            "model/Placeholder:0": patches,
            "model/Placeholder_2:0": False,
        }  # the second: whether it is in training
        last = graph.get_operation_by_name(_LAST[network.partition("_")[2]])
        return session.run(last.outputs[0], inputs).reshape(len(patches), -1)
