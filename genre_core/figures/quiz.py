"""Figures of a quiz: the confusion matrices of people and of the run, to be read side by side."""

import plotly.graph_objects as go

from genre_core.classroom.quiz import Result
from genre_core.figures import evaluate


def confusions(result: Result) -> tuple[go.Figure, go.Figure]:
    """The confusion matrix of the players and that of the run, with one scale of color.

    In counts for one player; else in per cent of the row, since many answer what the run answers once.
    """
    show: evaluate.Show = "counts" if result.players == 1 else "row"
    both = (result.people, "answers"), (result.model, "clips")
    full = max(float(evaluate.shown(evaluation.confusion, show)[0].max()) for evaluation, _ in both)
    people, model = (evaluate.confusion(evaluation, show, full=full, what=what) for evaluation, what in both)
    return people, model
