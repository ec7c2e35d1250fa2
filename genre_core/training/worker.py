"""The worker process: trains models, one after the other, and keeps TensorFlow loaded between them.

Started as `python -m genre_core.training.worker`.  Messages are JSON objects, one per line.

Input: {"load_tensorflow": true}, {"train": FOLDER, "name": NAME}, {"stop": NAME}.  The process ends with its input.
Output, for a training: {"epoch": {...}} after each epoch, {"saving": true} and {"done": {...}}; or {"failed": "why"}.

FOLDER holds a task, and afterwards its result too (see `training.exchange`).
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

from genre_core.errors import TrainingError
from genre_core.models.base import ModelConfig
from genre_core.training import exchange


def main() -> None:
    """Train until the input ends."""
    if hasattr(os, "nice"):
        os.nice(int(os.environ.get("GENRE_LAB_NICENESS", "0")))
    # What libraries print must not mix with the messages: standard output is redirected to standard error.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    tasks: queue.Queue[Callable[[], None]] = queue.Queue()
    stop = threading.Event()
    threading.Thread(target=_read_messages, args=(sys.stdin, out, tasks, stop), daemon=True).start()
    while True:
        tasks.get()()


def _read_messages(
    lines: IO[str], out: IO[str], tasks: "queue.Queue[Callable[[], None]]", stop: threading.Event
) -> None:
    name: str | None = None
    stopped: set[str] = set()
    for line in lines:
        message = json.loads(line)
        if "load_tensorflow" in message:
            tasks.put(_load_tensorflow)
        elif "train" in message:
            name = message["name"]
            stop.clear()
            if name in stopped:  # while the data of its fit were prepared
                stop.set()
            tasks.put(partial(_train, Path(message["train"]), out, stop))
        else:
            stopped.add(message["stop"])
            if message["stop"] == name:
                stop.set()
    os._exit(0)  # the other process has ended: nobody would read the result


def _load_tensorflow() -> None:
    from genre_core.models import network  # noqa: F401


def _fit_module(config: ModelConfig) -> ModuleType:
    """The module whose `fit` trains such a model."""
    if config.is_network:
        from genre_core.models import network

        return network
    from genre_core.models import estimator

    return estimator


def _train(folder: Path, out: IO[str], stop: threading.Event) -> None:
    try:
        task = exchange.read_task(folder)
        model = _fit_module(task.config).fit(
            task.config, task.data, on_epoch=lambda epoch: _send(out, epoch=asdict(epoch)), should_stop=stop.is_set
        )
        _send(out, saving=True)
        exchange.write_result(folder, model, task)
    except TrainingError as error:
        _send(out, failed=str(error))
    except (OSError, MemoryError) as error:
        _send(out, failed=f"The training failed ({error}); free some memory or disk space and start it again.")
    else:
        _send(out, done={"parameters": model.parameters})


def _send(out: IO[str], **message: Any) -> None:
    out.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main()
