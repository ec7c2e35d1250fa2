"""Pieces of the page Predict: the songs, their summary, and the result of one song with its views."""
