"""Libraries that the pages need and Start does not; every other page imports this module first.

The core imports them where it first uses them.  Here they are imported by one thread, while all others wait (see
`ui.loading`).  `shell` does that in the background once the first page is shown, so few visitors wait.
"""

import scipy.cluster.hierarchy
import scipy.fft
import scipy.optimize
import scipy.spatial.distance
import scipy.special
import scipy.stats

import ui.loading
from genre_core.audio import librosa_songs

with ui.loading.importing_pandas:
    import pandas
    import sklearn.model_selection

__all__ = ["librosa_songs", "pandas", "scipy", "sklearn", "ui"]
