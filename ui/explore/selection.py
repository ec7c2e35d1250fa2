"""Figures in which segments are selected: one selection for all of them, and the segments in it, which play.

Segments are known by their track and their start, so that they are the same in every feature set of a dataset.
"""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from plotly.graph_objects import Figure

from genre_core import datasets, escaping
from genre_core.datasets import Dataset
from genre_core.exploration import describe_feature, segment_table
from genre_core.features import feature_set
from genre_core.wording import counted
from ui import cached, missing_audio, playlist, text
from ui.playlist import Entry

_MODES = {"Lasso": "lasso", "Box": "select", "Click": "pan"}
"""The ways to select segments, and the drag mode of Plotly for each."""
_SELECTED = "explore_selected"
"""The selected segments, as the keys of `cached.segment_rows`."""
_TRACKS, _PLAYLIST, _FOLDER = "explore_tracks", "explore_playlist", "explore_folder"


def choose_mode() -> str:
    """The control for the way to select segments in the figures below; returns a drag mode of Plotly."""
    # Streamlit reports clicks on points only in the drag mode "pan".
    mode = st.segmented_control(
        "Select segments by",
        list(_MODES),
        default="Lasso",
        required=True,
        key="explore_select_by",
        persist_state="session",
    )
    return _MODES[mode]


def show_figure(key: str, draw: Callable[..., Figure], dataset: Dataset, *arguments: Any, drag: str) -> None:
    """Show a figure of segments in which some can be selected.

    Parameters
    ----------
    draw : a function of `figures.explore`, whose points are segments; called with the dataset and `arguments`.
    drag : as from `choose_mode`.
    """
    st.plotly_chart(
        cached.figure(draw, dataset, *arguments, drag=drag, selected=tuple(_rows(dataset))),
        key=key,
        on_select=partial(_take_points, key, dataset),
        selection_mode=("points", "box", "lasso"),
        config=text.CHART_WITH_TOOLS,
        alt="A point for each segment. The segments of a track can also be selected below, and are listed there.",
    )


def show_list(dataset: Dataset, genres: tuple[str, ...], columns: tuple[str, ...] = ()) -> None:
    """The selected segments of these genres: a playlist, and a table with some features."""
    all_tracks = sorted({track for track, genre in zip(dataset.track, dataset.genre, strict=True) if genre in genres})
    st.multiselect(
        "Select tracks",
        all_tracks,
        key=_TRACKS,
        format_func=escaping.markdown,
        on_change=_take_tracks,
        args=(dataset,),
        placeholder="Or select segments in the figure",
    )
    rows = [row for row in _rows(dataset) if dataset.genre[row] in genres]
    if not rows:
        st.caption("Select segments in the figure, or tracks by their name, to play and list them here.")
        return
    table = segment_table(dataset, rows, columns)
    tracks = table["track"].unique().tolist()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{counted(len(table), 'segment')}** of {counted(len(tracks), 'track')} selected", width="content"
        )
        st.button("Clear the selection", icon=":material/close:", type="tertiary", on_click=_select, args=((),))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        places = zip(table["track"], table["start_s"], table["genre"], strict=True)
        find = partial(_find, dataset.folder, cached.audio_finder(dataset.gathered))
        playlist.show(
            "Selected segments",
            [Entry(str(track), float(start_s), (f"Genre: {genre}",)) for track, start_s, genre in places],
            dataset.segment_samples / feature_set(dataset.features).rate,
            _PLAYLIST,
            find=find,
            bundled=dataset.name == datasets.BUNDLED,
        )
        found = [track for track in tracks if find(track)]
        missing_audio.show(
            tracks,
            found,
            dataset.genres,
            _FOLDER,
            gathered=dataset.gathered,
            bundled=dataset.name == datasets.BUNDLED,
        )
    right.dataframe(
        table,
        hide_index=True,
        height="auto" if len(table) < 10 else 380,
        column_config={
            "track": "Track",
            "start_s": st.column_config.NumberColumn("Start", format="%.1f s"),
            "genre": "Genre",
            **{
                column: st.column_config.NumberColumn(describe_feature(column).label, format="%.4g")
                for column in columns
            },
        },
    )


def custom_datum(point: dict[str, Any]) -> str:
    """The `customdata` of a point, which the browser sends as it is or in a list of one."""
    datum: str | list[str] = point["customdata"]
    return datum[0] if isinstance(datum, list) else datum


def _rows(dataset: Dataset) -> list[int]:
    """The rows of the selected segments, ascending."""
    rows = cached.segment_rows(dataset)
    return sorted(rows[key] for key in st.session_state.get(_SELECTED, ()) if key in rows)


def _take_points(key: str, dataset: Dataset) -> None:
    """Select the points that were selected in a figure; none, if it was double-clicked."""
    points = st.session_state[key].selection.points
    _select_rows(dataset, (int(custom_datum(point)) for point in points))
    st.session_state[_TRACKS] = []


def _take_tracks(dataset: Dataset) -> None:
    """Select the segments of the chosen tracks."""
    chosen = set(st.session_state[_TRACKS])
    _select_rows(dataset, (row for row, track in enumerate(dataset.track.tolist()) if track in chosen))


def _select_rows(dataset: Dataset, rows: Iterable[int]) -> None:
    wanted = set(rows)
    _select(tuple(key for key, row in cached.segment_rows(dataset).items() if row in wanted))
    if wanted:
        playlist.begin(_PLAYLIST)


def _select(keys: tuple[tuple[str, int], ...]) -> None:
    st.session_state[_SELECTED] = keys
    if not keys:
        st.session_state[_TRACKS] = []


def _find(folder: Path | None, elsewhere: Callable[[str], Path | None], track: str) -> Path | None:
    """The audio of a track: in the folder that the dataset was extracted from, or where tracks are searched."""
    if folder and (path := datasets.find_track(folder, track)):
        return path
    return elsewhere(track)
