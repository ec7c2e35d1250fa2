"""The parts of the page Compare: the table of runs, what can be done with the chosen ones, and the comparisons."""
