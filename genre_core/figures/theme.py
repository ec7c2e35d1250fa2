"""The common style of all figures: colors and layout.

Colors are mid-toned, so that they work on a light and on a dark page. The colors of text, grid and background are those
of the page's theme.
"""

import colorsys
import zlib
from collections.abc import Iterable

import plotly.graph_objects as go
from plotly.colors import sequential

_GTZAN = {
    "blues": "#4d5eb9",
    "classical": "#efb117",
    "country": "#8d6250",
    "disco": "#ea7a94",
    "hiphop": "#9e61ff",
    "jazz": "#28d6ca",
    "metal": "#636281",
    "pop": "#8ab3f2",
    "reggae": "#00871a",
    "rock": "#ff6449",
}
"""Chosen so that any two differ for people with protanopia, deuteranopia or tritanopia too (tests/figures)."""
_SYMBOLS = (
    *("circle", "square", "diamond", "cross", "x", "triangle-up", "triangle-down", "star", "pentagon", "hourglass"),
    *("circle-open", "square-open", "diamond-open", "cross-open", "x-open", "triangle-up-open", "triangle-down-open"),
    *("star-open", "pentagon-open", "hourglass-open"),
)

LINE_DASHES = ("solid", "dash", "dot", "dashdot")
"""Dashes of lines that would else differ in their color alone."""
TRAIN_COLOR = "#6b7794"
TEST_COLOR = "#c2255c"
"""Colors of the training and the test set; no genre has them."""
SEGMENT_COLOR, TRACK_COLOR = "#4f7bea", "#e8793a"
"""Colors of scores per segment and per track."""
NEUTRAL_COLOR = "#8b8f99"
"""Color of reference lines, secondary text and what does not count."""
CHOSEN_COLOR = "#b026c9"
"""Color of what is chosen or best."""
MAGMA = ["#010005", *sequential.Magma[1:]]
"""Magma without its first color, #000004, which Streamlit replaces by a color of its theme."""


def genre_colors(genres: Iterable[str]) -> dict[str, str]:
    """The color (#rrggbb) of each genre: fixed for those of GTZAN, derived from the name for others."""
    return {genre: _GTZAN.get(genre) or _hue(genre) for genre in genres}


def genre_symbols(genres: Iterable[str]) -> dict[str, str]:
    """The symbol of each genre of a dataset in a scatter plot, which tells genres apart without their colors.

    From the 21st genre on, symbols come again.
    """
    return {genre: _SYMBOLS[i % len(_SYMBOLS)] for i, genre in enumerate(genres)}


def _hue(genre: str) -> str:
    place = zlib.crc32(genre.encode()) / 2**32
    red, green, blue = colorsys.hls_to_rgb(place, 0.55, 0.55)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def finish(figure: go.Figure, *, height: int = 420, legend: bool = True) -> go.Figure:
    """Apply the common layout, which works on a phone and on a projector, and return the figure."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        font={"size": 14},
        showlegend=legend,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0, "title": None, "font": {"size": 14}},
        hoverlabel={"align": "left"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": NEUTRAL_COLOR, "activecolor": "#3556c4"},
    )
    # The sizes of Streamlit's theme are too small for a projector.
    # A standoff lets the margin make room for the title, which otherwise overlaps long tick labels.
    axis = {"automargin": True, "tickfont": {"size": 14}, "title": {"standoff": 10}}
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    return figure
