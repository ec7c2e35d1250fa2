"""Pieces of the page Train: setup, training and sweep."""
