"""What every page needs and takes long to import; app.py and Start import this module first.

Streamlit runs the pages in threads.  Where two threads import packages that import each other, such as those of
scikit-learn, Python ends the deadlock by giving one of them half a module.  While one thread imports this module, all
others wait for it, so they find everything whole.

Neither pandas nor scikit-learn nor a part of SciPy is here: the first page of a server need not wait for them.  The
other pages import `ui.libraries`, which has them, first.
"""

import threading

import plotly.graph_objects
import pyarrow.parquet

from genre_core import exploration
from genre_core.datasets import doctor
from ui import cached

__all__ = ["cached", "doctor", "exploration", "plotly", "pyarrow"]

importing_pandas = threading.Lock()
"""Held while pandas is imported, and while Start draws a figure: Plotly uses pandas as soon as any thread has begun to
import it, and half of it is not enough."""
