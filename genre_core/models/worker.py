"""The process that trains: it has TensorFlow loaded, and stays warm between trainings.

It is started as `python -m genre_core.models.worker` and speaks JSON, a message a line.
In:   {"train": FOLDER, "name": NAME}, {"stop": NAME}; the end of its input ends it.
Out:  for a training {"epoch": {...}} for each epoch, {"saving": true}, and {"done": {...}}; or {"failed": "why"}.
FOLDER holds job.json (a ModelConfig) and data.npz (x_train, y_train, x_test, y_test, genres); a training leaves
model.keras, model.tflite, probabilities.npy (test rows, genres) and history.json in it.
"""

import json
import os
import queue
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from genre_core.errors import TrainingError
from genre_core.models import mlp
from genre_core.models.config import ModelConfig


def main() -> None:
    # What libraries print must not get between the messages: standard output becomes standard error.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    tasks: queue.Queue[Path | None] = queue.Queue()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(sys.stdin, tasks, stop), daemon=True).start()
    while (folder := tasks.get()) is not None:
        _train(folder, out, stop)


def _listen(lines: IO[str], tasks: "queue.Queue[Path | None]", stop: threading.Event) -> None:
    name = None
    for line in lines:
        message = json.loads(line)
        if "train" in message:
            name = message["name"]
            stop.clear()
            tasks.put(Path(message["train"]))
        elif message["stop"] == name:
            stop.set()
    # The other side has gone: nobody would read the result.
    stop.set()
    tasks.put(None)


def _train(folder: Path, out: IO[str], stop: threading.Event) -> None:
    config = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    config = ModelConfig(**config | {"layers": tuple(config["layers"])})
    with np.load(folder / "data.npz", allow_pickle=False) as data:
        train_set, test_set, genres = (
            (data["x_train"], data["y_train"]),
            (data["x_test"], data["y_test"]),
            int(data["genres"]),
        )
    network = mlp.build(config, train_set[0].shape[1], genres)
    try:
        history = mlp.train(
            network, config, train_set, test_set,
            on_epoch=lambda epoch: _say(out, epoch=asdict(epoch)), should_stop=stop.is_set,
        )  # fmt: skip
        _say(out, saving=True)
        mlp.export(network, folder)
        np.save(folder / "probabilities.npy", network.predict(test_set[0], verbose=0))
        (folder / "history.json").write_text(json.dumps([asdict(epoch) for epoch in history]), encoding="utf-8")
    except TrainingError as error:
        _say(out, failed=str(error))
        return
    except (OSError, MemoryError) as error:
        _say(out, failed=f"The training could not go on ({error}); make room and start it again.")
        return
    _say(out, done={"parameters": network.count_params(), "stopped": len(history) < config.epochs})


def _say(out: IO[str], **message: Any) -> None:
    out.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main()
