"""Evaluate: what a run hears right and what it confuses, down to the single segment."""

import pandas as pd
import streamlit as st

from genre_core import datasets, storage
from genre_core.errors import GenreLabError
from genre_core.evaluation import Evaluation
from genre_core.figures import evaluate as figures
from genre_core.figures.train import curve
from genre_core.figures.words import clock, score
from genre_core.runs import RunInfo
from ui import cached, run_picker, shell, touch, words

SHOWN: dict[figures.Show, str] = {"counts": "Counts", "row": "% of true genre", "column": "% of heard as"}
PERCENT = "%.1f %%"
NO_BAR = {"displayModeBar": False}
GENRE, HEARD, SHOW, CELL_OF = "evaluate_genre", "evaluate_heard", "evaluate_show", "evaluate_cell_of"
FOLDER, FOLDER_PROBLEM = "evaluate_folder", "evaluate_folder_problem"


def show_scores(info: RunInfo) -> None:
    """The scores, never without their split."""
    with st.container(horizontal=True):
        st.metric("Segments right", score(info.accuracy), border=True, width="content")
        st.metric("Tracks right", score(info.track_accuracy), border=True, width="content")
        st.metric("Macro F1", f"{info.macro_f1:.2f}", border=True, width="content")
    st.markdown(f"Measured on the test part of a **{words.split_in_words(info)}**.")
    st.caption(f"Trained on {info.data}: {info.description}, {info.parameters:,} parameters.")
    if warning := words.memory_warning(info):
        st.warning(warning, icon=":material/warning:")
    with st.expander("How it learned", icon=":material/show_chart:"):
        st.plotly_chart(curve(cached.run(info.name).history(), "accuracy"), config=NO_BAR, key="evaluate_curve")
        st.caption(
            f"{info.description}. A gap between the curves is what the network knows by heart and can't use on the "
            f"test part ({words.split_in_words(info)})."
        )


@st.fragment
def show_confusion(info: RunInfo) -> None:
    """The matrix, and what is in the cell that was chosen."""
    with shell.messages():
        evaluation = cached.evaluation(info.name)
        start_with_a_cell(info.name, evaluation)
        st.subheader("What was taken for what")
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
        with right:
            with st.container(horizontal=True):
                genre = st.selectbox("True genre", evaluation.genres, key=GENRE)
                heard = st.selectbox("Heard as", evaluation.genres, key=HEARD)
            show_cell(info.name, evaluation, genre, heard)
        show_pairs(evaluation)


def start_with_a_cell(run: str, evaluation: Evaluation) -> None:
    """Choose the most frequent mistake where no cell of this run is chosen."""
    if st.session_state.get(CELL_OF) == run and GENRE in st.session_state and HEARD in st.session_state:
        return
    pairs = evaluation.confused_pairs(1)
    first = evaluation.genres[0]
    choose_cell(*((pairs[0].genre, pairs[0].taken_for) if pairs else (first, first)))
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
                f"**{pair.genre}** was taken for **{pair.taken_for}** in {pair.segments} of {pair.of} segments",
                key=f"evaluate_pair_{pair.genre}_{pair.taken_for}",
                type="tertiary",
                icon=":material/arrow_right:",
                on_click=choose_cell,
                args=(pair.genre, pair.taken_for),
            )


def show_cell(run: str, evaluation: Evaluation, genre: str, heard: str) -> None:
    """The segments of a cell, and the one that is selected: its sound and its probabilities."""
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
        key=f"evaluate_segments_{run}_{genre}_{heard}",
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
    segment = segments.iloc[rows[0]]
    track, start_s = str(segment["track"]), float(segment["start_s"])
    st.markdown(f"**{track}** from {clock(start_s)}")
    with shell.messages():
        play(run, track, start_s)
    shares = [float(segment[f"p_{name}"]) for name in evaluation.genres]
    st.plotly_chart(
        figures.segment_probabilities(shares, evaluation.genres, genre), config=NO_BAR, key="evaluate_segment"
    )


def cell_table(segments: pd.DataFrame, genre: str, heard: str) -> pd.DataFrame:
    """The columns that people read: where the segment is, and how sure the run was of it."""
    names = [heard] if genre == heard else [heard, genre]
    names += [c.removeprefix("p_") for c in segments if c.startswith("p_") and c.removeprefix("p_") not in names]
    table = {"track": segments["track"], "at": segments["start_s"].map(clock)}
    return pd.DataFrame(table | {f"p({name})": 100 * segments[f"p_{name}"] for name in names})


def play(run: str, track: str, start_s: float) -> None:
    """A player at the segment, if its track is on this machine; else a way to say where."""
    path = cached.find_audio(track)
    if path is None:
        ask_for_folder(run, track)
        return
    length_s = cached.segment_seconds(run)
    # The whole track, so that the class can go on listening; but it stops by itself where the segment ends.
    st.audio(
        cached.track_audio(path, path.stat().st_mtime),
        start_time=round(start_s),
        end_time=max(round(start_s + length_s), round(start_s) + 1),
        alt=f"{track}, from {clock(start_s)}",
    )
    with st.popover("Audio folder", icon=":material/folder:", type="tertiary"):
        name_folder(run)


def ask_for_folder(run: str, track: str) -> None:
    named = storage.read_settings().get("audio_folder")
    where = f"is not in {named}" if named else "is not known to be on this machine"
    st.caption(f"To hear it: the audio of {track} {where}. Name the folder that holds a folder for each genre.")
    name_folder(run)


def name_folder(run: str) -> None:
    """A box for the folder of the audio, remembered once it is a good one."""
    st.session_state.setdefault(FOLDER, storage.read_settings().get("audio_folder", ""))
    st.text_input(
        "Folder with the audio",
        key=FOLDER,
        placeholder="/home/me/gtzan/genres",
        on_change=remember_folder,
        args=(cached.run(run).info.genres,),
    )
    if problem := st.session_state.get(FOLDER_PROBLEM):
        st.error(problem, icon=":material/error:")


def remember_folder(genres: tuple[str, ...]) -> None:
    st.session_state[FOLDER_PROBLEM] = None
    try:
        folder = storage.user_path(st.session_state[FOLDER].strip()).absolute()
        datasets.check_audio_folder(folder, genres)
        storage.write_setting("audio_folder", str(folder))
    except GenreLabError as error:
        st.session_state[FOLDER_PROBLEM] = str(error)


def show_genres(info: RunInfo) -> None:
    evaluation = cached.evaluation(info.name)
    st.subheader("Genre by genre")
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
    st.caption(f"On the test part of a {words.split_in_words(info)}.")


shell.enter()
st.title("Evaluate")
st.markdown("How well a run hears genre, and where it errs. Every score is of segments in the test part of its split.")
with shell.messages():
    chosen_run = run_picker.choose()
    show_scores(chosen_run)
    show_confusion(chosen_run)
    show_genres(chosen_run)
    touch.enable_taps()
