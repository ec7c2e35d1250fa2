"""Choose the dataset of Explore and Train."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from genre_core import datasets, escaping
from genre_core.datasets import BUNDLED, Dataset
from genre_core.errors import GenreLabError
from genre_core.features import FEATURE_SETS, with_stem
from genre_core.jobs import Job
from genre_core.wording import counted
from ui import audio_folder, cached, downloads, lessons, shell, stored_datasets, uploading, visitors
from ui.state import Keys, visitor
from ui.text import SEE_LOG, STEMS, features

_SOURCE, _UPLOAD = "picker_source", "picker_upload"
_FOLDER, _FEATURES, _STEM = "picker_folder", "picker_features", "picker_stem"
_SEEN = "picker_seen"
"""Whether this session has asked for a job from before a reload."""
_NOTICE = "picker_notice"
"""Message on the last choice, if it gave no dataset: ("error" or "info", text)."""

_SOURCES = {
    "Bundled": ":material/inventory_2: Bundled",
    "Stored": ":material/database: Your datasets",
    "Table": ":material/table: Table",
    "Folder": ":material/folder_open: Folder",
}
_MOST_JOBS = 50
_FAILED = f"The extraction failed; {SEE_LOG}. Try again."


def choose_dataset() -> Dataset | None:
    """Show the dataset in use and the controls to change it; return it, or None if there is none.

    A lesson that hides this control has its own dataset, and other pages keep theirs.
    """
    of_lesson = lessons.take("dataset", in_address=False)
    if not lessons.shows("dataset"):
        return _show_dataset_of_lesson()
    _find_running_job()
    _collect_finished_job()
    if of_lesson:
        lesson = lessons.current()
        _choose_stored(of_lesson, lesson.features if lesson else "")
    if of_lesson == "" or st.session_state[Keys.DATASET] is None:
        _choose_bundled(keep_notice=True)
    dataset = st.session_state[Keys.DATASET]
    if dataset is not None:
        _describe(dataset)
    with st.expander("Change dataset", icon=":material/database:", expanded=dataset is None):
        _show_sources()
    if st.session_state[Keys.DATASET_JOB] is not None:
        _follow_job()
    if notice := st.session_state.get(_NOTICE):
        kind, message = notice
        shell.show_problem(message, kind=kind)
    return dataset


def _show_dataset_of_lesson() -> Dataset | None:
    """Show and return the dataset of a lesson that hides the picker; None while it is read, or if it can't be."""
    lesson = lessons.current()
    with shell.messages():
        if lesson is None or not lesson.dataset:
            dataset = cached.bundled_dataset()
        else:
            job = cached.open_dataset(lesson.dataset, lesson.features)
            if not cached.ready([job], "Reading the dataset"):
                return None
            dataset = job.get()
        _describe(dataset)
        return dataset
    return None


def _describe(dataset: Dataset) -> None:
    segment_s = dataset.segment_samples / dataset.feature_set.rate
    name = "GTZAN-mini (bundled)" if dataset.name == BUNDLED else escaping.markdown(dataset.name)
    if len(dataset.values) == dataset.n_tracks:
        size = f"{dataset.n_tracks} whole tracks of {segment_s:.0f} s"
    else:
        size = f"{len(dataset.values)} segments of {segment_s:.0f} s from {dataset.n_tracks} tracks"
    st.markdown(
        f"Dataset: **{name}** · {size} · {len(dataset.genres)} genres · feature set `{dataset.features}`",
        help=features(dataset.features),
    )
    _list_files({file: str(error) for file, error in dataset.skipped.items()}, "skipped")
    _list_files(dataset.warnings, "used in part")


def _list_files(reasons: dict[str, str], action: str) -> None:
    if reasons:
        were = "was" if len(reasons) == 1 else "were"
        with st.expander(f"{counted(len(reasons), 'file')} {were} {action}", icon=":material/warning:"):
            st.dataframe([{"File": file, "Reason": reason} for file, reason in reasons.items()], hide_index=True)


def _show_sources() -> None:
    source = st.segmented_control(
        "Source",
        [source for source in _SOURCES if source != "Folder" or audio_folder.is_offered()],
        format_func=_SOURCES.__getitem__,
        default="Bundled",
        required=True,
        key=_SOURCE,
        on_change=_forget_notice,
    )
    if source == "Bundled":
        st.caption("GTZAN-mini: the features of 100 tracks in 10 genres.")
        st.button("Use the bundled dataset", on_click=_choose_bundled)
    elif source == "Stored":
        stored_datasets.show(_choose_stored)
    elif source == "Table":
        st.file_uploader("Feature table", key=uploading.widget_key(_UPLOAD), on_change=_choose_upload)
        st.caption(
            "`features_3_sec.csv` or `features_30_sec.csv` from Kaggle, a `.parquet` table from `genre-lab extract`, "
            "or an `.npz` file of mel spectrograms. It is stored until you delete it under *Your datasets*."
        )
    else:
        downloads.show_extractions()
        with st.form("picker_form", border=False):
            audio_folder.enter(_FOLDER)
            left, right = st.columns(2)
            left.selectbox("Feature set", list(FEATURE_SETS), format_func=features, key=_FEATURES)
            right.selectbox(
                "Stem",
                list(STEMS),
                format_func=STEMS.__getitem__,
                key=_STEM,
                help="Extract the features from one stem of each track only. Listen plays the stems.",
            )
            busy = st.session_state[Keys.DATASET_JOB] is not None
            st.form_submit_button("Extract features", on_click=_choose_folder, disabled=busy)
        st.caption("Takes about a second per track. Extracted features are cached.")


def _forget_notice() -> None:
    st.session_state[_NOTICE] = None


def _choose_bundled(*, keep_notice: bool = False) -> None:
    if not keep_notice:
        st.session_state[_NOTICE] = None
    try:
        st.session_state[Keys.DATASET] = cached.bundled_dataset()
    except GenreLabError as error:
        st.session_state[_NOTICE] = ("error", str(error))


def _choose_upload() -> None:
    st.session_state[_NOTICE] = None
    for file in uploading.take(_UPLOAD):
        _begin("Reading the table", partial(cached.add_dataset, file.name, file.getvalue()))


def _choose_stored(name: str, feature_set: str) -> None:
    st.session_state[_NOTICE] = None
    _begin("Reading the dataset", partial(cached.open_dataset, name, feature_set))


def _choose_folder() -> None:
    st.session_state[_NOTICE] = None
    try:
        folder = audio_folder.entered(_FOLDER)
    except GenreLabError as error:
        st.session_state[_NOTICE] = ("error", str(error))
        return

    feature_set = with_stem(st.session_state[_FEATURES], st.session_state[_STEM])

    def submit() -> Job[Dataset]:
        read = partial(datasets.read_folder, folder, features=feature_set, jobs=1)
        return cached.background_workers().submit(read, visitor=visitor(), with_progress=True)

    _begin("Reading the folder", submit)


def _begin(doing: str, submit: Callable[[], Job[Dataset]]) -> None:
    """Submit the job that reads a dataset, unless too much work waits."""
    try:
        job = submit()
        st.session_state[Keys.DATASET_JOB], st.session_state[Keys.DATASET_DOING] = job, doing
        jobs = _jobs()
        jobs.pop(visitors.current().id, None)
        jobs[visitors.current().id] = (job, doing)
        for former in list(jobs)[:-_MOST_JOBS]:  # of visitors who did not come back
            jobs.pop(former, None)
    except GenreLabError as error:
        st.session_state[_NOTICE] = ("error", str(error))


@st.fragment(run_every=0.5)
def _follow_job() -> None:
    """Show the progress of the extraction, updated twice a second, until it ends."""
    job: Job[Dataset] | None = st.session_state[Keys.DATASET_JOB]
    if job is None or not job.running:
        st.rerun()
    label = cached.waiting_text(job, st.session_state[Keys.DATASET_DOING])
    if job.total:
        label = f"Extracting features: {job.done} of {job.total} files"
    bar, button = st.columns([5, 1], vertical_alignment="bottom")
    bar.progress(job.done / job.total if job.total else 0.0, label)
    if button.button("Stop", icon=":material/stop:", key="picker_stop", disabled=job.stopped, width="stretch"):
        job.stop(visitor())


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, tuple[Job[Dataset], str]]:
    """The last job of each visitor that no page has shown the end of, and what it does."""
    return {}


def _find_running_job() -> None:
    """After a reload, go on with the job that runs, or has ended meanwhile."""
    if _SEEN not in st.session_state:
        st.session_state[_SEEN] = True
        if last := _jobs().get(visitors.current().id):
            st.session_state[Keys.DATASET_JOB], st.session_state[Keys.DATASET_DOING] = last


def _collect_finished_job() -> None:
    job: Job[Dataset] | None = st.session_state[Keys.DATASET_JOB]
    if job is None or job.running:
        return
    st.session_state[Keys.DATASET_JOB] = None
    if (last := _jobs().get(visitors.current().id)) and last[0] is job:
        _jobs().pop(visitors.current().id, None)
    if job.result is not None:
        st.session_state[Keys.DATASET] = job.result
        if job.result.folder:
            with shell.messages():
                audio_folder.remember(job.result.folder)
        st.toast(f"{escaping.markdown(job.result.name)} is ready.", icon=":material/check:")
    elif job.stopped:
        st.session_state[_NOTICE] = ("info", "Stopped. Files that were done are cached.")
    else:
        st.session_state[_NOTICE] = ("error", job.problem or _FAILED)
