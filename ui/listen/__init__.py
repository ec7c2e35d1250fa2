"""Pieces of the page Listen: the songs, their excerpts, the figure, and the stems with their predictions."""
