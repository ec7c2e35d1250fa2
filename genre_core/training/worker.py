"""The process that trains: it stays warm between trainings, with TensorFlow loaded once a network was asked for.

It is started as `python -m genre_core.training.worker` and speaks JSON, a message a line.
In:   {"warm": true}, {"train": FOLDER, "name": NAME}, {"stop": NAME}; the end of its input ends it.
Out:  for a training {"epoch": {...}} for each epoch, {"saving": true}, and {"done": {...}}; or {"failed": "why"}.
FOLDER holds job.json (model, settings, seed) and parts.npz (see `models.parts`); a training leaves the model's files,
probabilities.npy (test rows, genres) and history.json in it.
"""

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import IO, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from genre_core.errors import TrainingError
from genre_core.models.config import ModelConfig, make_config
from genre_core.models.training_data import TrainingData


def main() -> None:
    # What libraries print must not get between the messages: standard output becomes standard error.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    tasks: queue.Queue[Callable[[], None] | None] = queue.Queue()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(sys.stdin, out, tasks, stop), daemon=True).start()
    while (task := tasks.get()) is not None:
        task()


def _listen(
    lines: IO[str], out: IO[str], tasks: "queue.Queue[Callable[[], None] | None]", stop: threading.Event
) -> None:
    name = None
    for line in lines:
        message = json.loads(line)
        if "warm" in message:
            tasks.put(_load_tensorflow)
        elif "train" in message:
            name = message["name"]
            stop.clear()
            tasks.put(partial(_train, Path(message["train"]), out, stop))
        elif message["stop"] == name:
            stop.set()
    # The other side has gone: nobody would read the result.
    stop.set()
    tasks.put(None)


def _load_tensorflow() -> None:
    from genre_core.models import network  # noqa: F401


def _learner(config: ModelConfig) -> ModuleType:
    """The module whose `fit` trains such a model."""
    if config.is_network:
        from genre_core.models import network

        return network
    from genre_core.models import estimator

    return estimator


def _train(folder: Path, out: IO[str], stop: threading.Event) -> None:
    try:
        config = make_config(**json.loads((folder / "job.json").read_text(encoding="utf-8")))
        parts = TrainingData.load(folder / "parts.npz")
        trained = _learner(config).fit(
            config, parts, on_epoch=lambda epoch: _say(out, epoch=asdict(epoch)), should_stop=stop.is_set
        )
        _say(out, saving=True)
        trained.save(folder)
        answers = (
            trained.probabilities(parts.scaled(parts.x_test)) if len(parts.x_test) else np.zeros((0, parts.genres))
        )
        np.save(folder / "probabilities.npy", answers)
        history = [asdict(epoch) for epoch in trained.history]
        (folder / "history.json").write_text(json.dumps(history), encoding="utf-8")
    except TrainingError as error:
        _say(out, failed=str(error))
    except (OSError, MemoryError) as error:
        _say(out, failed=f"The training could not go on ({error}); make room and start it again.")
    else:
        _say(out, done={"parameters": trained.parameters})


def _say(out: IO[str], **message: Any) -> None:
    out.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main()
