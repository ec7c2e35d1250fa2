"""Figures of the page Listen: waveform, spectrogram and scalogram of excerpts, and the predictions for their stems.

Time is a date axis that starts at midnight: only such an axis gets new ticks at round minutes and seconds when one
zooms in. Rows of a spectrogram are categories: the pointer then shows their names, and all have the same height.
"""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from genre_core import escaping
from genre_core.audio.analysis import ClipAnalysis, Waveform
from genre_core.audio.spectrograms import Picture
from genre_core.figures.theme import MAGMA, finish
from genre_core.prediction import SongPrediction
from genre_core.wording import frequency, percent

_WAVE_COLOR = "#5a78ee"
_BEAT_COLOR = "#f2603f"
_ROW_SHARES = (0.18, 0.45, 0.37)
_HEIGHT_PX = 720
_TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_LINEAR_TICKS_HZ = (2000, 4000, 6000, 8000, 10_000)
_LEAST_TICK_SHARE = 0.07  # of all rows, from one tick to the next
_LEAST_SHARE = 0.05  # cells with less show no number
_TIME = "%-M:%S.%L"
_TICK_FORMATS = [
    {"dtickrange": [None, 999], "value": _TIME},
    {"dtickrange": [1000, None], "value": "%-M:%S"},
]


def overview(analyses: Mapping[str, ClipAnalysis]) -> go.Figure:
    """Waveform, spectrogram and scalogram of each excerpt, in a column under its name; all zoom together.

    Frequencies are labeled at the left: all columns must have the same spectrogram settings.
    """
    figure = make_subplots(
        rows=3,
        cols=len(analyses),
        shared_xaxes="all",
        row_heights=_ROW_SHARES,
        vertical_spacing=0.02,
        horizontal_spacing=0.05,
        column_titles=[escaping.plotly(name) for name in analyses],
    )
    for column, excerpt in enumerate(analyses.values(), start=1):
        _add_waveform(figure, excerpt.waveform, excerpt.start_s, column)
        _add_beats(figure, excerpt, column)
        for row, picture in ((2, excerpt.spectrogram), (3, excerpt.scalogram)):
            _add_picture(figure, picture, excerpt.start_s, row, column)
    finish(figure, height=_HEIGHT_PX, legend=False)
    figure.update_xaxes(
        type="date", tickformatstops=_TICK_FORMATS, nticks=8 // len(analyses), tickangle=0, showgrid=False
    )
    figure.update_yaxes(fixedrange=True, showgrid=False, zeroline=False)
    return figure.update_layout(dragmode="zoom", hovermode="closest", margin_t=56)


def predictions(stems: Mapping[str, SongPrediction]) -> go.Figure:
    """The probability of each genre in each stem: a row for each genre, a column for each stem."""
    genres = list(next(iter(stems.values())).probabilities)[::-1]
    shares = np.array([[prediction.probabilities[genre] for prediction in stems.values()] for genre in genres])
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=[escaping.plotly(name) for name in stems],
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
    """Seconds as times of the first day."""
    return np.datetime64(0, "ms") + np.round(1000 * times_s).astype("timedelta64[ms]")


def _add_waveform(figure: go.Figure, wave: Waveform, start_s: float, column: int) -> None:
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


def _add_beats(figure: go.Figure, excerpt: ClipAnalysis, column: int) -> None:
    """A line for each beat, over the height of the waveform."""
    beats, wave = excerpt.beats, excerpt.waveform
    peak = max(float(np.abs([wave.lowest, wave.highest]).max()), 1e-3)
    moments = _moments(excerpt.start_s + np.repeat(beats.times_s, 3))
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
        colorscale=MAGMA,
        showscale=False,
        hovertemplate=f"%{{x|{_TIME}}}, %{{y}}<br>%{{z}} dB<extra></extra>",
        row=row,
        col=column,
    )
    places, labels = _ticks(picture)
    ticks = {"tickmode": "array", "tickvals": places, "ticktext": labels, "showticklabels": column == 1, "ticks": ""}
    figure.update_yaxes(type="category", **ticks, row=row, col=column)


def _ticks(picture: Picture) -> tuple[list[int], list[str]]:
    """The rows with a tick, and their labels."""
    hz = picture.row_hz
    if not len(hz):
        return list(range(len(picture.row_names))), list(picture.row_names)
    evenly_spaced = np.ptp(np.diff(hz)) < 0.1 * np.diff(hz).mean()
    places: list[int] = []
    labels: list[str] = []
    for tick in _LINEAR_TICKS_HZ if evenly_spaced else _TICKS_HZ:
        place = int(np.abs(hz - tick).argmin())
        near = places and place - places[-1] < _LEAST_TICK_SHARE * len(hz)
        if hz[0] <= tick <= hz[-1] and not near:
            places.append(place)
            labels.append(frequency(tick))
    return places, labels
