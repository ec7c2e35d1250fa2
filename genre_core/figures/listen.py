"""Figures of the page Listen: waveform, spectrogram and scalogram of one stretch of sound, or of two side by side, and
the verdicts on its parts.

Time is a date axis, from midnight on: only there does Plotly find round minutes and seconds anew when one zooms in.
Rows of a picture are categories: their names can then be read at the pointer, and each is as high as the others.
"""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sequential
from plotly.subplots import make_subplots

from genre_core import escaping
from genre_core.audio.spectrograms import Beats, Picture, Seen, Wave
from genre_core.figures.formatting import percent
from genre_core.figures.theme import finish
from genre_core.prediction import SongPrediction

_WAVE_COLOR = "#5a78ee"
_BEAT_COLOR = "#f2603f"
_COLORS = ["#010005", *sequential.Magma[1:]]
"""Streamlit takes Magma's first, #000004, for a place to put a color of its theme."""
_ROW_SHARES = (0.18, 0.45, 0.37)
_HEIGHT_PX = 720
_TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_LINEAR_TICKS_HZ = (2000, 4000, 6000, 8000, 10_000)
_LEAST_TICK_SHARE = 0.07  # of all rows, from one tick to the next
_LEAST_SHARE = 0.05  # of which a cell says the number
_TIME = "%-M:%S.%L"
_TICK_FORMATS = [
    {"dtickrange": [None, 999], "value": _TIME},
    {"dtickrange": [1000, None], "value": "%-M:%S"},
]


def overview(seen: Mapping[str, Seen]) -> go.Figure:
    """A column for each, under its name; all zoom together.  Rows are named at the left: they are the same for all,
    since one setting makes all pictures."""
    figure = make_subplots(
        rows=3,
        cols=len(seen),
        shared_xaxes="all",
        row_heights=_ROW_SHARES,
        vertical_spacing=0.02,
        horizontal_spacing=0.05,
        column_titles=[escaping.plotly(name) for name in seen],
    )
    for column, stretch in enumerate(seen.values(), start=1):
        _add_wave(figure, stretch.wave, stretch.start_s, column)
        _add_beats(figure, stretch.beats, stretch, column)
        for row, picture in ((2, stretch.spectrogram), (3, stretch.scalogram)):
            _add_picture(figure, picture, stretch.start_s, row, column)
    finish(figure, height=_HEIGHT_PX, legend=False)
    figure.update_xaxes(type="date", tickformatstops=_TICK_FORMATS, nticks=8 // len(seen), tickangle=0, showgrid=False)
    figure.update_yaxes(fixedrange=True, showgrid=False, zeroline=False)
    return figure.update_layout(dragmode="zoom", hovermode="closest", margin_t=56)


def predictions(answers: Mapping[str, SongPrediction]) -> go.Figure:
    """How probable each genre is in each part: a row a genre, a column a part, under its name."""
    genres = list(next(iter(answers.values())).probabilities)[::-1]
    shares = np.array([[prediction.probabilities[genre] for prediction in answers.values()] for genre in genres])
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=[escaping.plotly(name) for name in answers],
            y=[escaping.plotly(genre) for genre in genres],
            zmin=0,
            zmax=1,
            colorscale=[[0, "rgba(53,86,196,0)"], [1, "rgba(53,86,196,0.85)"]],
            showscale=False,
            text=[[percent(share) if share >= _LEAST_SHARE else "" for share in row] for row in shares],
            texttemplate="%{text}",
            textfont={"size": 14},
            hovertemplate="%{x}: %{y} %{z:.1%}<extra></extra>",
        )
    )
    figure.update_xaxes(side="top", fixedrange=True, showgrid=False)
    figure.update_yaxes(fixedrange=True, showgrid=False)
    return finish(figure, height=60 + 30 * len(genres), legend=False)


def _moments(times_s: np.ndarray) -> np.ndarray:
    """Seconds as times of the day."""
    return np.datetime64(0, "ms") + np.round(1000 * times_s).astype("timedelta64[ms]")


def _add_wave(figure: go.Figure, wave: Wave, start_s: float, column: int) -> None:
    columns = len(wave.lowest)
    times = _moments(start_s + (np.arange(columns) + 0.5) * wave.duration_s / columns)
    figure.add_scatter(
        x=np.concatenate([times, times[::-1]]),
        y=np.concatenate([wave.highest, wave.lowest[::-1]]).round(3),
        fill="toself",
        fillcolor=_WAVE_COLOR,
        line={"color": _WAVE_COLOR, "width": 0.5},
        mode="lines",
        hoverinfo="skip",
        row=1,
        col=column,
    )
    figure.update_yaxes(showticklabels=False, row=1, col=column)


def _add_beats(figure: go.Figure, beats: Beats, stretch: Seen, column: int) -> None:
    """A line for each beat, over the height of the wave."""
    peak = max(float(np.abs([stretch.wave.lowest, stretch.wave.highest]).max()), 1e-3)
    moments = _moments(stretch.start_s + np.repeat(beats.times_s, 3))
    figure.add_scatter(
        x=moments,
        y=[height for _ in beats.times_s for height in (-peak, peak, None)],
        mode="lines",
        line={"color": _BEAT_COLOR, "width": 1},
        opacity=0.7,
        hovertemplate=f"beat at %{{x|{_TIME}}}<extra></extra>",
        row=1,
        col=column,
    )


def _add_picture(figure: go.Figure, picture: Picture, start_s: float, row: int, column: int) -> None:
    step_s = picture.duration_s / picture.level_db.shape[1]
    figure.add_heatmap(
        z=picture.level_db,
        x0=str(_moments(np.array(start_s + step_s / 2))),
        dx=1000 * step_s,
        y=picture.row_names,
        zmin=-picture.range_db,
        zmax=0,
        colorscale=_COLORS,
        showscale=False,
        hovertemplate=f"%{{x|{_TIME}}}, %{{y}}<br>%{{z}} dB<extra></extra>",
        row=row,
        col=column,
    )
    places, words = _ticks(picture)
    labels = {"tickmode": "array", "tickvals": places, "ticktext": words, "showticklabels": column == 1, "ticks": ""}
    figure.update_yaxes(type="category", **labels, row=row, col=column)


def _ticks(picture: Picture) -> tuple[list[int], list[str]]:
    """Rows to be labeled, and how."""
    hz = picture.row_hz
    if not len(hz):
        return list(range(len(picture.row_names))), list(picture.row_names)
    evenly_spaced = np.ptp(np.diff(hz)) < 0.1 * np.diff(hz).mean()
    places: list[int] = []
    words: list[str] = []
    for tick in _LINEAR_TICKS_HZ if evenly_spaced else _TICKS_HZ:
        place = int(np.abs(hz - tick).argmin())
        near = places and place - places[-1] < _LEAST_TICK_SHARE * len(hz)
        if hz[0] <= tick <= hz[-1] and not near:
            places.append(place)
            words.append(f"{tick // 1000} kHz" if tick >= 1000 else f"{tick} Hz")
    return places, words
