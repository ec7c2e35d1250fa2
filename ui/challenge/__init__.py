"""Class challenges on the page Class: entering or opening one, taking part, the board, and the reveal.

`show` draws the whole part.  Nothing here knows the test set of a challenge before its results are revealed.
"""

from ui.challenge.view import show

__all__ = ["show"]
