"""What the pages import that takes long; app.py and every page import this module first.

Streamlit runs the pages in threads.  Where two threads import packages that import each other, such as those of
scikit-learn, Python ends the deadlock by giving one of them half a module.  While one thread imports this module, all
others wait for it, so they find everything whole.
"""

from genre_core import exploration
from genre_core.datasets import doctor
from ui import cached

__all__ = ["cached", "doctor", "exploration"]
