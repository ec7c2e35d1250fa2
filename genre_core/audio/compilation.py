"""librosa, with its compiled functions: compiled by one process, before any other uses them.

numba compiles some of librosa's functions when their modules are first imported, and keeps each of them in two files.
Where two processes do so at the same time, a file of the one can be paired with a file of the other, and from then on
every process that calls the function crashes (numba issue 10128, open in numba 0.68).

So the core has `librosa` from here and not from itself.  Compiling takes 20 s in a new installation; `make` has it done
by `genre_core.features.compilation`, before a visitor waits for it.
"""

import importlib
import os
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

_MODULES = ("librosa.util.utils", "librosa.core.audio", "librosa.core.pitch", "librosa.beat")


@cache
def compile_librosa() -> None:
    """Compile what librosa compiles on import, unless that was done; other processes wait meanwhile."""
    spec = find_spec("librosa")
    assert spec is not None and spec.origin is not None
    name = f"librosa-{version('librosa')}-numba-{version('numba')}-{sys.implementation.cache_tag}"
    once(Path(spec.origin).parent, name, lambda: [importlib.import_module(module) for module in _MODULES])


def once(folder: Path, name: str, work: Callable[[], object]) -> None:
    """Compile something, unless that was done; other processes wait meanwhile.

    Where the folder of numba's cache is not writable nothing is done: numba then keeps its files elsewhere, or nowhere.

    Parameters
    ----------
    folder : of the modules that are compiled.
    name : what is compiled, with all versions that matter.
    """
    cache_folder = Path(os.environ.get("NUMBA_CACHE_DIR") or folder / "__pycache__")
    done = cache_folder / f"compiled-{name}"
    if done.exists():
        return
    from filelock import FileLock

    try:
        cache_folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{done}.lock"):
            if not done.exists():
                work()
                done.touch()
    except OSError:
        return


if TYPE_CHECKING:
    import librosa
else:

    class _Librosa:
        """librosa, which is compiled when a name of it is first used."""

        def __getattr__(self, name: str) -> Any:
            compile_librosa()
            value = getattr(importlib.import_module("librosa"), name)
            setattr(self, name, value)
            return value

    librosa = _Librosa()

__all__ = ["compile_librosa", "librosa", "once"]
