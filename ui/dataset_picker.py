"""Choosing the data set that Explore shows and Train learns from."""

import streamlit as st

from genre_core import datasets, escaping, storage
from genre_core.audio.separation import MIX
from genre_core.datasets import BUNDLED, Dataset, Progress
from genre_core.errors import GenreLabError
from genre_core.features import of_stem
from genre_core.jobs import BackgroundTask
from ui import cached
from ui.state import Keys
from ui.text import FEATURES, STEMS

_SOURCE, _UPLOAD = "picker_source", "picker_upload"
_FOLDER, _FEATURES, _STEM = "picker_folder", "picker_features", "picker_stem"
_NOTICE = "picker_notice"
"""What the last choice led to, if it was not a data set: ("error" or "info", message)."""

_SOURCES = {
    "Bundled": ":material/inventory_2: Bundled",
    "Table": ":material/table: A table",
    "Folder": ":material/folder_open: A folder of music",
}
_BROKEN_OFF = "The extraction broke off for a reason that only the app's terminal tells; try it again."


def choose_dataset() -> Dataset | None:
    """Show the data set in use, in a line, and the means to take another; None if there is none to use."""
    _take_up_finished_task()
    if st.session_state[Keys.DATASET] is None:
        _choose_bundled(quietly=True)
    dataset = st.session_state[Keys.DATASET]
    if dataset is not None:
        _describe(dataset)
    with st.expander("Use other data", icon=":material/database:", expanded=dataset is None):
        _show_sources()
    if st.session_state[Keys.DATASET_TASK] is not None:
        _follow_task()
    if notice := st.session_state.get(_NOTICE):
        kind, message = notice
        {"error": st.error, "info": st.info}[kind](message, icon=f":material/{kind}:")
    return dataset


def _describe(dataset: Dataset) -> None:
    segment_s = dataset.segment_samples / dataset.feature_set.rate
    name = "the bundled songs (GTZAN-mini)" if dataset.name == BUNDLED else escaping.markdown(dataset.name)
    if len(dataset.values) == dataset.n_tracks:
        amount = f"{dataset.n_tracks} tracks, each as a whole ({segment_s:.0f} s),"
    else:
        amount = f"{len(dataset.values)} segments of {segment_s:.0f} s from {dataset.n_tracks} tracks"
    held = "" if dataset.columns else f" Each is a picture ({dataset.features})."
    if dataset.feature_set.stem != MIX:
        held += f" Heard of each song: the {dataset.feature_set.stem} alone."
    st.markdown(f"Data: **{name}**, {amount} in {len(dataset.genres)} genres.{held}")
    _list_files(dataset.skipped, "left out")
    _list_files(dataset.warnings, "used in part")


def _list_files(reasons: dict[str, str], what: str) -> None:
    if reasons:
        files = "1 file was" if len(reasons) == 1 else f"{len(reasons)} files were"
        with st.expander(f"{files} {what}", icon=":material/warning:"):
            st.dataframe([{"file": file, "reason": reason} for file, reason in reasons.items()], hide_index=True)


def _show_sources() -> None:
    source = st.segmented_control(
        "Where from",
        list(_SOURCES),
        format_func=_SOURCES.__getitem__,
        default="Bundled",
        required=True,
        key=_SOURCE,
        on_change=_forget_notice,
    )
    if source == "Bundled":
        st.caption("The features of 100 songs in 10 genres, which come with Genre Lab.")
        st.button("Use the bundled songs", on_click=_choose_bundled)
    elif source == "Table":
        st.file_uploader(
            "`features_3_sec.csv` or `features_30_sec.csv` from Kaggle, a `.parquet` table from "
            "`python -m genre_core extract`, or an `.npz` file of mel pictures",
            key=_UPLOAD,
            on_change=_choose_upload,
        )
    else:
        with st.form("picker_form", border=False):
            st.text_input(
                "Folder on the computer where Genre Lab runs, with a folder of music for each genre",
                value=storage.read_settings().get("audio_folder", ""),
                placeholder="/home/me/music/genres",
                key=_FOLDER,
            )
            left, right = st.columns(2)
            left.selectbox(
                "Features", list(FEATURES), format_func=lambda name: f"{name}: {FEATURES[name]}", key=_FEATURES
            )
            right.selectbox(
                "Of which part of each song",
                list(STEMS),
                format_func=STEMS.__getitem__,
                key=_STEM,
                help="To train on the instruments alone, say. Listen lets you hear the parts.",
            )
            busy = st.session_state[Keys.DATASET_TASK] is not None
            st.form_submit_button("Extract the features", on_click=_choose_folder, disabled=busy)
        st.caption("The first time takes about a second for each song; after that it is remembered.")


def _forget_notice() -> None:
    st.session_state[_NOTICE] = None


def _choose_bundled(*, quietly: bool = False) -> None:
    if not quietly:
        st.session_state[_NOTICE] = None
    try:
        st.session_state[Keys.DATASET] = cached.bundled_dataset()
    except GenreLabError as error:
        st.session_state[_NOTICE] = ("error", str(error))


def _choose_upload() -> None:
    st.session_state[_NOTICE] = None
    file = st.session_state[_UPLOAD]
    if file is None:
        return
    try:
        st.session_state[Keys.DATASET] = cached.uploaded_table(file.getvalue(), file.name)
    except GenreLabError as error:
        st.session_state[_NOTICE] = ("error", str(error))


def _choose_folder() -> None:
    st.session_state[_NOTICE] = None
    named = st.session_state[_FOLDER].strip()
    if not named:
        st.session_state[_NOTICE] = ("error", "Name a folder first, such as /home/me/music/genres.")
        return
    try:
        folder = storage.user_path(named).absolute()
    except GenreLabError as error:
        st.session_state[_NOTICE] = ("error", str(error))
        return

    features = of_stem(st.session_state[_FEATURES], st.session_state[_STEM])

    def extract(progress: Progress) -> Dataset:
        dataset = datasets.read_folder(folder, features=features, progress=progress)
        storage.write_setting("audio_folder", str(folder))
        return dataset

    st.session_state[Keys.DATASET_TASK] = BackgroundTask(extract)


@st.fragment(run_every=0.5)
def _follow_task() -> None:
    """Progress of the extraction, looked at twice a second, until it has ended."""
    task = st.session_state[Keys.DATASET_TASK]
    if task is None or not task.running:
        st.rerun()
    said = f"Extracting features: {task.done} of {task.total} files" if task.total else "Looking into the folder…"
    bar, button = st.columns([5, 1], vertical_alignment="bottom")
    bar.progress(task.done / task.total if task.total else 0.0, said)
    if button.button("Stop", icon=":material/stop:", key="picker_stop", disabled=task.stopped, width="stretch"):
        task.stop()


def _take_up_finished_task() -> None:
    task = st.session_state[Keys.DATASET_TASK]
    if task is None or task.running:
        return
    st.session_state[Keys.DATASET_TASK] = None
    if task.result is not None:
        st.session_state[Keys.DATASET] = task.result
        st.toast(f"{task.result.name} is ready.", icon=":material/check:")
    elif task.stopped:
        st.session_state[_NOTICE] = ("info", "Stopped; the files that were done will not be computed again.")
    else:
        st.session_state[_NOTICE] = ("error", task.problem or _BROKEN_OFF)
