"""The view "Confusion matrix": the matrix, its most frequent errors, and the segments of the chosen cell."""

import pandas as pd
import streamlit as st

from genre_core import escaping
from genre_core.evaluation import Evaluation
from genre_core.figures.confusion import CellValue, confusion_matrix
from genre_core.runs import RunInfo
from genre_core.wording import clock, counted, percent
from ui import cached, playlist, shell
from ui.evaluate import segment
from ui.evaluate.tables import select_row
from ui.text import CHART, PERCENT

_CELL_VALUES: dict[CellValue, str] = {"counts": "Counts", "row": "% of true genre", "column": "% of predicted genre"}
_TRUE, _PREDICTED, _SHOW = "evaluate_true_genre", "evaluate_predicted_genre", "evaluate_cell_values"
_RUN = "evaluate_cell_run"
"""Name of the run whose cell is chosen."""
_PLAYLIST = "evaluate_cell_segments"


@st.fragment
def show(info: RunInfo) -> None:
    """Show the view."""
    with shell.messages():
        evaluation = cached.evaluation(info.name)
        _choose_first_cell(info.name, evaluation)
        st.markdown(
            "Rows are true genres, columns are predicted genres: **blue cells are correct predictions, orange cells "
            "are errors**. Click a cell to play its segments one after another."
        )
        left, right = st.columns([3, 2], gap="medium")
        with left:
            values = st.segmented_control(
                "Cell values",
                list(_CELL_VALUES),
                format_func=_CELL_VALUES.__getitem__,
                default="counts",
                required=True,
                wrap=True,
                key=_SHOW,
            )
            key = f"evaluate_matrix_{info.name}"
            st.plotly_chart(
                cached.figure(
                    confusion_matrix, evaluation, values, (st.session_state[_TRUE], st.session_state[_PREDICTED])
                ),
                config=CHART,
                key=key,
                on_select=lambda: _take_click(key),
                selection_mode="points",
                alt="Confusion matrix. Cells can also be chosen in the select boxes beside it.",
            )
            _show_confused_pairs(evaluation)
        with right:
            with st.container(horizontal=True):
                true = st.selectbox("True genre", evaluation.genres, key=_TRUE, persist_state="session")
                predicted = st.selectbox("Predicted genre", evaluation.genres, key=_PREDICTED, persist_state="session")
            _show_cell(info, evaluation, true, predicted)


def _choose_first_cell(run: str, evaluation: Evaluation) -> None:
    """Choose the most frequent error if no cell of this run is chosen."""
    if st.session_state.get(_RUN) == run and _TRUE in st.session_state and _PREDICTED in st.session_state:
        return
    pairs = evaluation.confused_pairs(1)
    first = evaluation.genres[0]
    _choose_cell(*((pairs[0].true_genre, pairs[0].predicted_genre) if pairs else (first, first)))
    st.session_state[_RUN] = run


def _choose_cell(true_genre: str, predicted_genre: str) -> None:
    st.session_state[_TRUE], st.session_state[_PREDICTED] = true_genre, predicted_genre


def _play_cell(true_genre: str, predicted_genre: str) -> None:
    """Choose a cell and play its segments."""
    _choose_cell(true_genre, predicted_genre)
    playlist.begin(_PLAYLIST)


def _take_click(key: str) -> None:
    """Play the cell that was clicked."""
    if points := st.session_state[key].selection.points:
        _play_cell(*points[0]["customdata"])


def _show_confused_pairs(evaluation: Evaluation) -> None:
    """Show the most frequent errors as buttons that play their cell."""
    pairs = evaluation.confused_pairs(6)
    if not pairs:
        st.success("All segments were predicted correctly.", icon=":material/check:")
        return
    st.markdown("**Most frequent errors**")
    with st.container(horizontal=True, gap="small"):
        for pair in pairs:
            true, predicted = map(escaping.markdown, (pair.true_genre, pair.predicted_genre))
            st.button(
                f"**{true}** predicted as **{predicted}**: {pair.segments} of {pair.n_true}",
                key=f"evaluate_pair_{pair.true_genre}_{pair.predicted_genre}",
                type="tertiary",
                icon=":material/arrow_right:",
                on_click=_play_cell,
                args=(pair.true_genre, pair.predicted_genre),
            )


def _show_cell(info: RunInfo, evaluation: Evaluation, true_genre: str, predicted_genre: str) -> None:
    """Show the segments of a cell: how many they are, a playlist, and a table."""
    segments = evaluation.cell(true_genre, predicted_genre)
    n_true = int((evaluation.labels == evaluation.genres.index(true_genre)).sum())
    tracks = segments["track"].nunique()
    share = f" ({percent(len(segments) / n_true)})" if n_true else ""
    of_tracks = f", from {counted(tracks, 'track')}" if tracks else ""
    true, predicted = map(escaping.markdown, (true_genre, predicted_genre))
    st.markdown(
        f"**{len(segments)} of {n_true}** true **{true}** segments predicted as **{predicted}**{share}{of_tracks}."
    )
    if segments.empty:
        return
    place = st.container()
    probability_columns = {
        f"p({genre})": st.column_config.NumberColumn(
            format=PERCENT, width="small", help=f"Probability of {escaping.markdown(genre)}"
        )
        for genre in evaluation.genres
    }
    row = select_row(
        _cell_table(segments, true_genre, predicted_genre),
        f"evaluate_segments_{info.name}_{true_genre}_{predicted_genre}",
        max_height=250,
        **probability_columns,
    )
    with place:
        segment.show(info, segments, _PLAYLIST, chosen=row)


def _cell_table(segments: pd.DataFrame, true_genre: str, predicted_genre: str) -> pd.DataFrame:
    """Track, start and probabilities of the segments; those of the cell's genres come first."""
    genres = list(dict.fromkeys([predicted_genre, true_genre, *(c[2:] for c in segments if c.startswith("p_"))]))
    table = {"Track": segments["track"], "Start": segments["start_s"].map(clock)}
    return pd.DataFrame(table | {f"p({genre})": 100 * segments[f"p_{genre}"] for genre in genres})
