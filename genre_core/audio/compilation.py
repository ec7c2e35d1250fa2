"""librosa's compiled functions: compiled by one process, before any other uses them.

numba compiles some of librosa's functions when their modules are first imported, and keeps each of them in two files.
Where two processes do so at the same time, a file of the one can be paired with a file of the other, and from then on
every process that calls the function crashes (numba issue 10128, open in numba 0.68).
"""

import importlib
import os
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock

_MODULES = ("librosa.util.utils", "librosa.core.audio", "librosa.core.pitch", "librosa.beat")


def compile_librosa() -> None:
    """Compile what librosa compiles on import, unless that was done; other processes wait meanwhile.

    It takes 20 s in a new installation and a millisecond afterwards.  Where the folder of numba's cache is not
    writable nothing is done: numba then keeps its files elsewhere, or nowhere.
    """
    spec = find_spec("librosa")
    assert spec is not None and spec.origin is not None
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(spec.origin).parent / "__pycache__")
    name = f"compiled-librosa-{version('librosa')}-numba-{version('numba')}-{sys.implementation.cache_tag}"
    done = folder / name
    if done.exists():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{done}.lock"):
            if not done.exists():
                for module in _MODULES:
                    importlib.import_module(module)
                done.touch()
    except OSError:
        return
