"""Pieces of the page Start: things to try, and the pages with their pictures."""
