"""Pieces of the page Quiz: its settings, the view of a player, the class screen and the results."""
