"""The process that reads hostile files for `hostile_files.measured`: a path a line in, a reading as JSON a line out."""

import json
import os
import resource
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from genre_core import audio, datasets, prediction, storage
from genre_core.audio import synthesis
from genre_core.errors import GenreLabError
from genre_core.models import serving

_MOST_ADDRESSES = 8 << 30
"""Bytes of address space: a file without bounds fails here, and not the machine."""
_MOST_CPU_S = 20
"""For a file: the system ends a process that takes longer."""
_FEATURES = 210
"""Of the bundled model of scikit-learn, which fuzzing changes."""
_FOREIGN = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn", "pickle.find_class")
_CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod")


class Watch:
    """What the process does while it reads a file, and should not: run something, connect, write out of its folders."""

    def __init__(self) -> None:
        self.deeds: list[str] = []
        self.is_on = False
        self.own = tuple(os.path.realpath(path) for path in (tempfile.gettempdir(), os.environ["GENRE_LAB_HOME"]))
        sys.addaudithook(self.hook)

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """See `sys.addaudithook`."""
        if not self.is_on:
            return
        is_deed = event in _FOREIGN or event.startswith("socket.")
        is_deed |= event == "subprocess.Popen" and Path(os.fsdecode(arguments[0])).name != "ffmpeg"
        if event == "open":
            path, mode, flags = arguments
            writes = (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) or set(mode or "") & set("wax+")
            is_deed |= bool(writes) and not isinstance(path, int) and not self.is_own(path)
        is_deed |= event in _CHANGES and not all(self.is_own(path) for path in arguments if isinstance(path, str))
        if is_deed:
            self.deeds.append(f"{event} {arguments!r}"[:300])

    def is_own(self, path: Any) -> bool:
        """Whether a path is in the home of the process or its temporary folder."""
        return os.path.realpath(os.fsdecode(path)).startswith((*self.own, os.devnull))


def read(path: Path) -> None:
    """Read a file as the app does: an upload as its content."""
    if path.suffix == ".skops":
        serving.probabilities(path, np.zeros((1, _FEATURES)), 10)
    elif path.suffix in (".csv", ".parquet", ".npz"):
        datasets.read_dataset(path.read_bytes(), path.name)
    else:
        prediction.predict(audio.load_audio(path.read_bytes()))


def cpu_s() -> float:
    """Seconds of computing so far, of this process and those that it started."""
    return sum(os.times()[:4])


def peak_mb() -> float:
    """The most memory since it was last asked for: Linux counts anew when 5 is written."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1000


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESSES, _MOST_ADDRESSES))
    prediction.predict(synthesis.song("furnace").clip(seconds=5))  # what is needed is loaded before
    read(storage.bundled_runs_dir() / "two-networks" / "model.skops")
    watch = Watch()
    for line in sys.stdin:
        path, error, is_sentence = Path(line.rstrip("\n")), "", True
        peak_mb()
        began = cpu_s()
        signal.setitimer(signal.ITIMER_PROF, _MOST_CPU_S)
        watch.is_on = True
        try:
            read(path)
        except GenreLabError as refusal:
            error = str(refusal)
        except Exception:
            error, is_sentence = traceback.format_exc().strip().splitlines()[-1], False
        watch.is_on = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        reading = {"name": path.name, "error": error, "is_sentence": is_sentence, "peak_mb": peak_mb()}
        print(json.dumps(reading | {"cpu_s": cpu_s() - began, "deeds": watch.deeds}), flush=True)
        watch.deeds.clear()


if __name__ == "__main__":
    main()
