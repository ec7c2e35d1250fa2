"""Compiles all that numba compiles: half a minute in a new installation, nothing afterwards.

`make` calls `python -m genre_core.features.compilation` when it installs Genre Lab, so that no visitor waits for it.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

from genre_core.audio import Clip, analysis, compilation, separation, spectrograms
from genre_core.audio.spectrograms import SPECTROGRAM_KINDS, SpectrogramConfig
from genre_core.features.registry import feature_set

_LOOPS = (Path(separation.__file__).with_name("loops.py"), Path(__file__).with_name("paper_loops.py"))
_FEATURE_SETS = ("paper", "mel", "scalogram", "wide-mel")
_SECONDS = 6


def compile_all() -> None:
    """Call every compiled function of librosa and of Genre Lab once, unless that was done; other processes wait
    meanwhile."""
    compilation.compile_librosa()
    # numba compiles a module anew if its file has another time or size.
    files = "-".join(f"{file.stat().st_mtime_ns}-{file.stat().st_size}" for file in map(Path, _LOOPS))
    name = f"genre-lab-{files}-numba-{version('numba')}-{sys.implementation.cache_tag}"
    compilation.once(_LOOPS[0].parent, name, _call_all)


def _call_all() -> None:
    rng = np.random.default_rng(0)
    for name in _FEATURE_SETS:
        features = feature_set(name)
        clip = Clip(rng.uniform(-0.5, 0.5, _SECONDS * features.rate).astype(np.float32), features.rate)
        features.extract_segments(clip.samples)
    separation.separate(clip)
    analysis.beats(clip)
    for kind in SPECTROGRAM_KINDS:
        spectrograms.spectrogram(clip, SpectrogramConfig(kind))


if __name__ == "__main__":
    compile_all()
