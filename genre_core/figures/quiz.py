"""Figures of a quiz: the answers to a clip, and the scores and confusion matrices of the players and of the run."""

from collections.abc import Sequence

import plotly.graph_objects as go

from genre_core import escaping
from genre_core.classroom import Quiz, QuizResult, accuracy_interval
from genre_core.figures import confusion, theme
from genre_core.figures.dots import add_dots
from genre_core.wording import counted, interval, percent

_ROW_HEIGHT = 38


def answers(quiz: Quiz, clip: int, counts: Sequence[int]) -> go.Figure:
    """Draw how often each genre was answered to a clip; words say which is the true one and which the model predicted.

    Parameters
    ----------
    counts : number of answers of each genre.
    """
    shown, colors = quiz.clips[clip], theme.genre_colors(quiz.genres)
    notes = [
        [
            *(["<b>true genre</b>"] if genre == shown.true_genre else []),
            *(["model"] if genre == shown.predicted_genre else []),
        ]
        for genre in range(len(quiz.genres))
    ]
    total = max(sum(counts), 1)
    names = [escaping.plotly(genre) for genre in quiz.genres]
    figure = go.Figure(
        go.Bar(
            x=list(counts),
            y=names,
            orientation="h",
            text=[" · ".join([f"{count}", *note]) for count, note in zip(counts, notes, strict=True)],
            textposition="outside",
            cliponaxis=False,
            textfont={"size": 16},
            marker={
                "color": [colors[genre] for genre in quiz.genres],
                "line": {"width": [3 if genre == shown.true_genre else 0 for genre in range(len(names))]},
            },
            hovertext=[
                f"{name}: {counted(count, 'answer')} ({percent(count / total)})"
                for name, count in zip(names, counts, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    # Room for the words beside the longest bar.
    figure.update_xaxes(range=[0, 1.5 * max(*counts, 1)], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, tickfont={"size": 16})
    theme.finish(figure, height=60 + _ROW_HEIGHT * len(names), legend=False)
    return figure.update_yaxes(tickfont={"size": 16})


def scores(result: QuizResult, players: str) -> go.Figure:
    """Draw the shares of correct clips of the players and of the run, with 95 % confidence intervals.

    Parameters
    ----------
    players : whose answers these are, as in "You".
    """
    figure = go.Figure()
    rows = (
        (players, result.player_correct, theme.CHOSEN_COLOR, "circle"),
        ("Model", result.run_correct, theme.SEGMENT_COLOR, "diamond"),
    )
    for place, (name, correct, color, symbol) in enumerate(rows):
        share, bounds = float(correct.mean()), accuracy_interval(correct)
        add_dots(
            figure,
            name,
            color=color,
            symbol=symbol,
            places=[place],
            values=[share],
            bounds=[bounds],
            hover=[f"{name}: {percent(share)} correct (95 % CI {interval(bounds.low, bounds.high)})"],
        )
    chance = 1 / len(result.quiz.genres)
    figure.add_vline(chance, line={"color": theme.NEUTRAL_COLOR, "dash": "dot"})
    figure.add_annotation(x=chance, y=1.5, text="random guessing", showarrow=False, xanchor="left", xshift=4)
    figure.update_xaxes(title="Correct clips", range=[-0.02, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(
        range=[len(rows) - 0.3, -0.5],
        tickvals=list(range(len(rows))),
        ticktext=[escaping.plotly(name) for name, *_ in rows],
        fixedrange=True,
    )
    return theme.finish(figure, height=230, legend=False)


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
