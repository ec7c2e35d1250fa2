"""Figures of a quiz: the confusion matrices of the players and of the run."""

import plotly.graph_objects as go

from genre_core.classroom import QuizResult
from genre_core.figures import confusion


def confusions(result: QuizResult) -> tuple[go.Figure, go.Figure]:
    """The confusion matrix of the players and that of the run, on one color scale.

    Cells are counts for one player; for several players, percent of the row, since the run has one prediction where
    the players have many answers.
    """
    show: confusion.CellValue = "counts" if result.n_players == 1 else "row"
    evaluations = result.player_evaluation, result.run_evaluation
    max_value = max(float(confusion.cell_values(one.confusion, show)[0].max()) for one in evaluations)
    players = confusion.confusion_matrix(
        result.player_evaluation, show, max_value=max_value, counted="answers to {genre} clips", verb="were"
    )
    run = confusion.confusion_matrix(
        result.run_evaluation, show, max_value=max_value, counted="true {genre} clips", verb="predicted as"
    )
    return players.update_xaxes(title="Answer"), run
