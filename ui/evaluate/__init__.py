"""Pieces of the page."""
