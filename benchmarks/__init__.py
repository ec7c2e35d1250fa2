"""Measurements of accuracy, predictions and speed, a module each; they write docs/results.md (see `results`).

`python -m benchmarks.NAME` measures one thing.  `held_out` has the music and models of the benchmarks of predictions.
"""
