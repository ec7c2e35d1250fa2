"""Pieces of the page Class that are about the visitor's own work."""
