"""Evaluate: what a run hears right and what it confuses, and what the split does, down to the single segment."""

import pandas as pd
import streamlit as st

from genre_core.evaluation import Evaluation
from genre_core.figures import evaluate as figures
from genre_core.figures.formatting import clock, percent
from genre_core.figures.train import curve
from genre_core.runs import RunInfo
from ui import cached, run_picker, shell, text, touch
from ui.evaluate import clip, downloads, lists, scores, splits
from ui.text import NO_BAR, PERCENT

SHOWN: dict[figures.Show, str] = {"counts": "Counts", "row": "% of true genre", "column": "% of heard as"}
GENRE, HEARD, SHOW, CELL_OF = "evaluate_genre", "evaluate_heard", "evaluate_show", "evaluate_cell_of"


@st.fragment
def show_views(info: RunInfo) -> None:
    """One of the views on the predictions, computed only when it is chosen."""
    st.subheader("A closer look")
    view = st.segmented_control(
        "View",
        list(VIEWS),
        default=next(iter(VIEWS)),
        required=True,
        key="evaluate_view",
        label_visibility="collapsed",
        persist_state="session",
    )
    with shell.messages():
        VIEWS[view](info)
    st.caption(f"Measured {text.where(info)}.")


@st.fragment
def show_confusion(info: RunInfo) -> None:
    """The matrix, and what is in the cell that was chosen."""
    with shell.messages():
        evaluation = cached.evaluation(info.name)
        start_with_a_cell(info.name, evaluation)
        st.markdown(
            "Each row is a true genre, each column what the run heard: **blue cells are right, orange ones mistaken**. "
            "Click a cell to see its segments and hear them."
        )
        left, right = st.columns([3, 2], gap="medium")
        with left:
            show = st.segmented_control(
                "Show", list(SHOWN), format_func=SHOWN.__getitem__, default="counts", required=True, key=SHOW
            )
            key = f"evaluate_matrix_{info.name}"
            st.plotly_chart(
                figures.confusion(evaluation, show, (st.session_state[GENRE], st.session_state[HEARD])),
                config=NO_BAR,
                key=key,
                on_select=lambda: take_click(key),
                selection_mode="points",
                alt="Confusion matrix; the boxes beside it choose a cell by keyboard.",
            )
            show_pairs(evaluation)
        with right:
            with st.container(horizontal=True):
                genre = st.selectbox("True genre", evaluation.genres, key=GENRE, persist_state="session")
                heard = st.selectbox("Heard as", evaluation.genres, key=HEARD, persist_state="session")
            show_cell(info, evaluation, genre, heard)


def start_with_a_cell(run: str, evaluation: Evaluation) -> None:
    """Choose the most frequent mistake where no cell of this run is chosen."""
    if st.session_state.get(CELL_OF) == run and GENRE in st.session_state and HEARD in st.session_state:
        return
    pairs = evaluation.confused_pairs(1)
    first = evaluation.genres[0]
    choose_cell(*((pairs[0].genre, pairs[0].predicted_genre) if pairs else (first, first)))
    st.session_state[CELL_OF] = run


def choose_cell(genre: str, heard: str) -> None:
    st.session_state[GENRE], st.session_state[HEARD] = genre, heard


def take_click(key: str) -> None:
    """Choose the cell that was clicked in the matrix."""
    if points := st.session_state[key].selection.points:
        choose_cell(*points[0]["customdata"])


def show_pairs(evaluation: Evaluation) -> None:
    """The most frequent mistakes in words; a click on one chooses its cell."""
    pairs = evaluation.confused_pairs(6)
    if not pairs:
        st.success("Every segment was heard right.", icon=":material/check:")
        return
    st.markdown("**The most frequent mistakes** (click one to list it)")
    with st.container(horizontal=True, gap="small"):
        for pair in pairs:
            st.button(
                f"**{pair.genre}** was taken for **{pair.predicted_genre}** in {pair.segments} of {pair.of} segments",
                key=f"evaluate_pair_{pair.genre}_{pair.predicted_genre}",
                type="tertiary",
                icon=":material/arrow_right:",
                on_click=choose_cell,
                args=(pair.genre, pair.predicted_genre),
            )


def show_cell(info: RunInfo, evaluation: Evaluation, genre: str, heard: str) -> None:
    """The segments of a cell, and the one that is selected."""
    segments = evaluation.cell(genre, heard)
    total = int((evaluation.labels == evaluation.genres.index(genre)).sum())
    right = genre == heard
    what = "heard right" if right else f"taken for **{heard}**"
    tracks = segments["track"].nunique()
    where = f", in {tracks} track{'s' if tracks > 1 else ''}" if tracks else ""
    st.markdown(f"**{len(segments)}** of {total} **{genre}** segments {what}{where}.")
    if segments.empty:
        return
    chosen = st.dataframe(
        cell_table(segments, genre, heard),
        key=f"evaluate_segments_{info.name}_{genre}_{heard}",
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0]}},
        hide_index=True,
        height=min(38 + 35 * len(segments), 250),
        column_config={"track": st.column_config.TextColumn(width="medium")}
        | {
            f"p({name})": st.column_config.NumberColumn(format=PERCENT, width="small", help=f"Probability of {name}")
            for name in evaluation.genres
        },
    )
    rows = chosen.selection.rows
    if not rows:
        st.caption("Select a row to hear its segment.")
        return
    clip.show(info, segments.iloc[rows[0]])


def cell_table(segments: pd.DataFrame, genre: str, heard: str) -> pd.DataFrame:
    """The columns that people read: where the segment is, and how sure the run was of it."""
    names = [heard] if genre == heard else [heard, genre]
    names += [c.removeprefix("p_") for c in segments if c.startswith("p_") and c.removeprefix("p_") not in names]
    table = {"track": segments["track"], "at": segments["start_s"].map(clock)}
    return pd.DataFrame(table | {f"p({name})": 100 * segments[f"p_{name}"] for name in names})


def show_calibration(info: RunInfo) -> None:
    calibration = cached.evaluation(info.name).calibration
    st.markdown(
        "How far to believe it when it says how sure it is. Bars: how often it is right; the number above is how many "
        "segments. Where a **bar ends below its circle**, the run claims more than it keeps."
    )
    left, right = st.columns([3, 2], gap="medium")
    left.plotly_chart(
        figures.calibration(calibration),
        config=NO_BAR,
        key="evaluate_calibration",
        alt="Reliability diagram: how sure the run was against how often it was right.",
    )
    with right:
        fullest = int(calibration.counts.argmax())
        st.markdown(
            f"Most often it is {percent(calibration.said[fullest])} sure "
            f"({calibration.counts[fullest]} of {info.scores.segments} segments). **When it says "
            f"{percent(calibration.said[fullest])}, it is right {percent(calibration.right[fullest])} of the time.**"
        )
        st.markdown(
            f"Over all segments, what it says and what is right lie **{100 * calibration.error:.0f} points** apart: "
            f"its expected calibration error is {calibration.error:.3f}. At 0 it could be taken at its word."
        )


def show_genres(info: RunInfo) -> None:
    evaluation = cached.evaluation(info.name)
    st.markdown(
        "**Precision**: of what was heard as a genre, how much is it. **Recall**: of what is it, how much was heard. "
        "**F1**, the bar, is high only when both are."
    )
    left, right = st.columns([3, 2], gap="medium")
    left.plotly_chart(figures.genre_scores(evaluation), config=NO_BAR, key="evaluate_genres")
    scores = ("precision", "recall", "f1")
    table = evaluation.per_genre().sort_values("f1", ascending=False, kind="stable")
    table[list(scores)] *= 100
    right.dataframe(
        table,
        hide_index=True,
        column_config=dict.fromkeys(scores, st.column_config.NumberColumn(format=PERCENT, width="small")),
        height=38 + 35 * len(table),
    )


def show_learning(info: RunInfo) -> None:
    history = cached.run(info.name).history()
    if not history:
        st.caption(f"{info.config.title} learns in one go: there are no epochs to look at.")
        return
    st.plotly_chart(curve(history, "accuracy"), config=NO_BAR, key="evaluate_curve")
    st.plotly_chart(curve(history, "loss"), config=NO_BAR, key="evaluate_loss")
    st.caption(
        "Where the training curve goes on and the test curve stays behind, the network learns its examples by heart. "
        "The training curve is with dropout and augmentation at work, so it may lie below the other."
    )


VIEWS = {
    "Confusions": show_confusion,
    "Tracks": lists.show_tracks,
    "Surest mistakes": lists.show_errors,
    "Calibration": show_calibration,
    "Genres": show_genres,
    "Learning": show_learning,
}

shell.enter()
st.title("Evaluate")
st.markdown("How well a run hears genre, and where it errs. Every score is of segments in the test part of its split.")
with shell.messages():
    chosen_run = run_picker.choose()
    scores.show(chosen_run)
    with st.container(horizontal=True):
        downloads.downloads(chosen_run)
    splits.show(chosen_run)
    show_views(chosen_run)
    touch.enable_taps()
