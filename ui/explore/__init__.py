"""Sections of the page Explore: features, maps of the segments, and the segments that are selected in a figure."""
