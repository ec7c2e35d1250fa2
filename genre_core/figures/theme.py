"""The look that all figures share: one color for each genre, and one layout.

Colors are mid-toned, so that they stand on a light and on a dark page alike; text, grid and paper are left to the
page's theme.
"""

import colorsys
import zlib
from collections.abc import Iterable

import plotly.graph_objects as go

_GTZAN = {
    "blues": "#4269d0",
    "classical": "#efb118",
    "country": "#9c6b4e",
    "disco": "#ff8ab7",
    "hiphop": "#a463f2",
    "jazz": "#38b2a3",
    "metal": "#8b8f99",
    "pop": "#7fb2f0",
    "reggae": "#3ca951",
    "rock": "#f2603f",
}

TRAIN_COLOR = "#6b7794"
TEST_COLOR = "#c2255c"
"""Curves of the training and the test part, in every figure; no genre has these."""


def genre_colors(genres: Iterable[str]) -> dict[str, str]:
    """A color (#rrggbb) for each genre, always the same: those of GTZAN have their own, others one by their name."""
    return {genre: _GTZAN.get(genre) or _hue(genre) for genre in genres}


def _hue(genre: str) -> str:
    place = zlib.crc32(genre.encode()) / 2**32
    red, green, blue = colorsys.hls_to_rgb(place, 0.55, 0.55)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def finish(figure: go.Figure, *, height: int = 420, legend: bool = True) -> go.Figure:
    """Give a figure the common layout, fit for a phone and for a projector, and return it."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        font={"size": 14},
        showlegend=legend,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0, "title": None, "font": {"size": 14}},
        hoverlabel={"align": "left"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": "#8b8f99", "activecolor": "#3556c4"},
    )
    # Streamlit's theme sets sizes of its own, which are too small for a projector.
    figure.update_xaxes(automargin=True, tickfont={"size": 14})
    figure.update_yaxes(automargin=True, tickfont={"size": 14})
    return figure
