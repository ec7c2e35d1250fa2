"""Figure of a decision tree, with the path of a segment through it."""

from collections.abc import Sequence

import plotly.graph_objects as go

from genre_core.escaping import plotly
from genre_core.figures.theme import CHOSEN_COLOR, NEUTRAL_COLOR, finish, genre_colors, genre_symbols
from genre_core.prediction.decision_tree import DecisionTree, Node
from genre_core.wording import counted, percent

_LEVEL_PX = 90


def decision_tree(
    tree: DecisionTree, genres: Sequence[str], path: Sequence[int] = (), most_depth: int = 5
) -> go.Figure:
    """Draw a tree from its root at the top: questions as circles, leaves with the symbol of their genre.

    Segments whose feature is at most the threshold go to the left.

    Parameters
    ----------
    genres : all genres of the run, which have the colors and symbols.
    path : nodes to highlight, as from `DecisionTree.path`.
    most_depth : nodes that come after more questions are not drawn.
    """
    places = _places(tree, most_depth)
    on_path = set(path)
    figure = go.Figure()
    for is_chosen, style in (
        (False, {"color": NEUTRAL_COLOR, "width": 1}),
        (True, {"color": CHOSEN_COLOR, "width": 4}),
    ):
        x: list[float | None] = []
        y: list[float | None] = []
        for number in places:
            for child in (tree.nodes[number].low, tree.nodes[number].high):
                if child in places and (child in on_path) == is_chosen:
                    x += [places[number], places[child], None]
                    y += [-tree.nodes[number].depth, -tree.nodes[child].depth, None]
        figure.add_scatter(x=x, y=y, mode="lines", line=style, hoverinfo="skip", showlegend=False)
    colors, symbols = genre_colors(genres), genre_symbols(genres)
    for genre in genres:
        shown = [number for number in places if tree.nodes[number].genre == genre]
        if shown:
            _add_nodes(figure, tree, shown, places, genre, colors[genre], symbols[genre], on_path)
    depth = min(tree.depth, most_depth)
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True, range=[-depth - 0.6, 0.6])
    figure.update_layout(dragmode=False)
    return finish(figure, height=90 + _LEVEL_PX * (depth + 1))


def question(node: Node) -> str:
    """What a node asks, as in "tempo ≤ 120"."""
    return f"{node.column} ≤ {node.threshold:.4g}"


def _add_nodes(
    figure: go.Figure,
    tree: DecisionTree,
    shown: list[int],
    places: dict[int, float],
    genre: str,
    color: str,
    symbol: str,
    on_path: set[int],
) -> None:
    nodes = [tree.nodes[number] for number in shown]
    figure.add_scatter(
        x=[places[number] for number in shown],
        y=[-node.depth for node in nodes],
        name=plotly(genre),
        mode="markers",
        marker={
            "color": color,
            "opacity": 1,
            "symbol": symbol,
            "size": [16 if node.is_leaf else 11 for node in nodes],
            "line": {"color": CHOSEN_COLOR, "width": [3 if number in on_path else 0 for number in shown]},
        },
        hovertext=[_hover(node) for node in nodes],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _hover(node: Node) -> str:
    asks = "" if node.is_leaf else f"<b>{plotly(question(node))}</b>?<br>"
    return f"{asks}{plotly(node.genre)} {percent(node.share)} of {counted(node.segments, 'training segment')}"


def _places(tree: DecisionTree, most_depth: int) -> dict[int, float]:
    """The horizontal place of each node that is drawn: leaves side by side, others in the middle above theirs."""
    places: dict[int, float] = {}

    def place(number: int) -> float:
        node = tree.nodes[number]
        if node.is_leaf or node.depth == most_depth:
            places[number] = float(sum(1 for known in places if _is_end(tree.nodes[known], most_depth)))
        else:
            places[number] = (place(node.low) + place(node.high)) / 2
        return places[number]

    place(0)
    return places


def _is_end(node: Node, most_depth: int) -> bool:
    return node.is_leaf or node.depth == most_depth
