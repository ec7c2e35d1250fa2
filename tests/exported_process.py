"""Runs a script where no package but those that exported runs need can be imported; for tests.

python -I -S exported_process.py SITE_PACKAGES SCRIPT [ARGUMENT]...
"""

import runpy
import sys
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

ALLOWED = {
    *("numpy", "soundfile", "soxr", "ai_edge_litert"),
    *("_soundfile", "_soundfile_data", "cffi", "_cffi_backend", "typing_extensions"),  # what soundfile needs
    "genre_core",  # beside the script: the project's own is not on the path
}


class OnlyAllowed:
    """Finds modules of the allowed packages and the standard library."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        allowed = name.partition(".")[0] in ALLOWED | sys.stdlib_module_names
        return PathFinder.find_spec(name, path, target) if allowed else None


if __name__ == "__main__":
    sys.meta_path[sys.meta_path.index(PathFinder)] = OnlyAllowed
    sys.path.append(sys.argv[1])
    sys.argv = sys.argv[2:]
    runpy.run_path(sys.argv[0], run_name="__main__")
