"""Figures: pure functions from results to plotly figures, a module for each page."""
