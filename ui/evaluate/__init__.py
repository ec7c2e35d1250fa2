"""The parts of the page Evaluate: scores, effect of the split, and a module for each view of the predictions."""
