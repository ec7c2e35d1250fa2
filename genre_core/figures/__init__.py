"""Figures: pure functions from results to Plotly figures.

explore, listen, train, evaluate, compare, predict, quiz : the figures of each page (those of Start are in explore).
confusion, segments, settings : further figures of Evaluate and Compare.
theme : the common layout, and a color for each genre.
formatting : numbers as text.
"""
