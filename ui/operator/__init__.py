"""Pieces of the page Operator."""
