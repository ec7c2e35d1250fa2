"""Figures of a quiz: the confusion matrices of the players and of the run."""

import plotly.graph_objects as go

from genre_core.classroom import QuizResult
from genre_core.figures import evaluate


def confusions(result: QuizResult) -> tuple[go.Figure, go.Figure]:
    """The confusion matrix of the players and that of the run, on one color scale.

    Cells are counts for one player; for several players, percent of the row, since the run has one prediction where
    the players have many answers.
    """
    show: evaluate.Show = "counts" if result.n_players == 1 else "row"
    both = (result.player_evaluation, "answers"), (result.run_evaluation, "clips")
    full = max(float(evaluate.shown(evaluation.confusion, show)[0].max()) for evaluation, _ in both)
    players, run = (evaluate.confusion(evaluation, show, full=full, what=what) for evaluation, what in both)
    return players.update_xaxes(title="Answer"), run
