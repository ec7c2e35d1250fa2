"""The data doctor: what is wrong with the data in use, and which tracks to leave out of training."""

import streamlit as st

from genre_core import escaping, storage
from genre_core.datasets import Dataset, Progress, doctor
from genre_core.datasets.doctor import Diagnosis, Finding, FindingKind
from genre_core.errors import GenreLabError
from genre_core.jobs import BackgroundTask
from ui import cached, shell
from ui.state import Keys

_FOLDER, _TASKS, _PROBLEM = "doctor_folder", "doctor_tasks", "doctor_problem"
"""The field with the folder; the visitor's examinations with audio, one for each data set; why one was not begun."""

_NAMES: dict[FindingKind, tuple[str, str]] = {
    "exact-duplicates": (":material/content_copy:", "Exact copies"),
    "near-duplicates": (":material/file_copy:", "Near copies"),
    "one-artist": (":material/artist:", "Genres of one artist"),
    "bandwidth": (":material/graphic_eq:", "Missing treble"),
    "sample-rate": (":material/speed:", "Sample rates"),
    "class-balance": (":material/balance:", "Balance of the genres"),
    "silence": (":material/volume_off:", "Silence"),
    "clipping": (":material/equalizer:", "Clipping"),
    "too-short": (":material/timer_off:", "Too short"),
    "outliers": (":material/scatter_plot:", "Outliers"),
}
_BROKEN_OFF = "The examination broke off for a reason that only the app's terminal tells; try it again."


@st.fragment
@shell.messages()
def show_doctor(dataset: Dataset) -> None:
    """A section with all that is known to be wrong with a data set."""
    task = _tasks().get(cached.digest(dataset))
    diagnosis = task.result if task is not None and task.result is not None else _by_table(dataset)
    count = len(diagnosis.findings)
    st.markdown(f"**{_headline(count)}**")
    st.caption(
        "A classifier learns whatever tells genres apart, faults of the recordings too. A warning makes scores better "
        "than they should be, or spoils what is learnt; a note is good to know. What you leave out here, Train will "
        "not learn from, nor test on."
    )
    for finding in diagnosis.findings:
        _show_finding(dataset, finding)
    if count:
        st.download_button(
            "All findings as a table",
            lambda: escaping.csv(doctor.frame(diagnosis)),
            "findings.csv",
            "text/csv",
            icon=":material/download:",
            key="doctor_download",
        )
    if words := excluded_message(dataset):
        st.info(words, icon=":material/filter_alt:")
    _show_files(diagnosis)
    if task is not None and task.running:
        _follow(dataset)
    else:
        _offer_audio(dataset, task)


def training_dataset(dataset: Dataset) -> Dataset:
    """The data set without the tracks that the visitor leaves out of training.

    Raises DatasetError if that leaves fewer than two genres.
    """
    return doctor.without(dataset, _left_out_tracks(dataset))


def excluded_message(dataset: Dataset) -> str | None:
    """A sentence on what is left out of training, None if nothing is."""
    count = len(_left_out_tracks(dataset))
    if not count:
        return None
    tracks = "1 track is" if count == 1 else f"{count} tracks are"
    return f"{tracks} left out of training, as chosen under Explore, Data doctor; {dataset.n_tracks - count} remain."


# --- findings -------------------------------------------------------------------------------------------------------


def _headline(count: int) -> str:
    if not count:
        return "Nothing wrong was found in this data"
    return "1 thing to know about this data" if count == 1 else f"{count} things to know about this data"


def _show_finding(dataset: Dataset, finding: Finding) -> None:
    icon, name = _NAMES[finding.kind]
    with st.container(border=True):
        badge = ":orange-badge[warning]" if finding.severity == "warning" else ":blue-badge[note]"
        st.markdown(f"{icon} **{name}** {badge}  \n{escaping.markdown(finding.message)}")
        if finding.to_exclude:
            _switch(dataset, finding)
        elif finding.kind == "one-artist":
            st.caption(
                "There is nothing to leave out but whole genres: Train's split by artist says what is not tested."
            )
        count = len(finding.tracks)
        label = f"The {count} tracks" if count > 1 else "The track" if count else "The genres"
        with st.expander(label):
            st.dataframe(
                _table(finding),
                hide_index=True,
                height="auto" if count < 10 else 380,
                column_config={"": st.column_config.TextColumn("", width="small")},
            )


def _table(finding: Finding) -> list[dict[str, str | float]]:
    """A row for each set of tracks that belong together, or for each track."""
    rows: list[dict[str, str | float]] = []
    for detail in finding.details:
        if finding.kind in ("exact-duplicates", "near-duplicates"):
            first, *copies = detail.tracks
            rows += [{"track": copy, "like": first, "what": detail.note, "similarity": detail.value} for copy in copies]
        else:
            rows += [{"track": track, "what": detail.note} for track in detail.tracks]
            rows += [{"what": detail.note}] if not detail.tracks else []
    return rows


def _switch(dataset: Dataset, finding: Finding) -> None:
    whole = dataset.fingerprint
    key = f"doctor_leave_{whole}_{finding.kind}"
    chosen = _left_out().get(whole, {})
    count = len(finding.to_exclude)
    tracks = "this track" if count == 1 else f"these {count} tracks"
    if finding.kind in ("exact-duplicates", "near-duplicates"):
        tracks = "the copy" if count == 1 else f"the {count} copies"

    def remember() -> None:
        others = {kind: names for kind, names in _left_out().get(whole, {}).items() if kind != finding.kind}
        kept = {finding.kind: finding.to_exclude} if st.session_state[key] else {}
        st.session_state[Keys.EXCLUDED] = {**_left_out(), whole: {**others, **kept}}

    # Streamlit forgets the switches of a page that was left.
    st.session_state[key] = finding.kind in chosen
    st.toggle(f"Leave {tracks} out of training", key=key, on_change=remember)


def _show_files(diagnosis: Diagnosis) -> None:
    """What could not be looked at."""
    if diagnosis.unreadable:
        files = "1 file" if len(diagnosis.unreadable) == 1 else f"{len(diagnosis.unreadable)} files"
        with st.expander(f"{files} can't be read", icon=":material/warning:"):
            st.dataframe([{"file": f, "reason": r} for f, r in diagnosis.unreadable.items()], hide_index=True)
    if diagnosis.unchecked:
        reasons: dict[str, list[str]] = {}
        for kind, reason in diagnosis.unchecked.items():
            reasons.setdefault(reason, []).append(_NAMES[kind][1])  # type: ignore[index]
        lines = [f"- {', '.join(names)}: not checked, because {reason}." for reason, names in reasons.items()]
        st.caption("\n".join(lines))


# --- the audio ------------------------------------------------------------------------------------------------------


@st.cache_resource(show_spinner="Looking through the table…", max_entries=8, hash_funcs=cached.BY_CONTENT)
def _by_table(dataset: Dataset) -> Diagnosis:
    return doctor.examine(dataset)


def _offer_audio(dataset: Dataset, task: BackgroundTask[Diagnosis] | None) -> None:
    """The means to look into the audio, and how the last attempt ended."""
    with st.form("doctor_form", border=False):
        st.text_input(
            "Folder with the audio of this data, with a folder for each genre",
            value=storage.read_settings().get("audio_folder", ""),
            placeholder="/home/me/music/genres",
            key=_FOLDER,
            help="Clipping, sample rates and missing treble are seen in the audio alone. It takes about a second for "
            "a hundred songs of half a minute.",
        )
        st.form_submit_button("Look into the audio", icon=":material/hearing:", on_click=_begin, args=(dataset,))
    if problem := st.session_state.get(_PROBLEM):
        st.error(problem, icon=":material/error:")
    elif task is not None and task.result is not None:
        st.caption(f"The audio of {task.result.n_with_audio} of {task.result.n_tracks} tracks was looked into.")
    elif task is not None and task.stopped:
        st.info("Stopped.", icon=":material/info:")
    elif task is not None:
        st.error(task.problem or _BROKEN_OFF, icon=":material/error:")


def _begin(dataset: Dataset) -> None:
    st.session_state[_PROBLEM] = None
    named = st.session_state[_FOLDER].strip()
    if not named:
        st.session_state[_PROBLEM] = "Name a folder first, such as /home/me/music/genres."
        return
    try:
        folder = storage.user_path(named).absolute()
    except GenreLabError as error:
        st.session_state[_PROBLEM] = str(error)
        return

    def work(progress: Progress) -> Diagnosis:
        return doctor.examine(dataset, folder, progress=progress)

    _tasks()[cached.digest(dataset)] = BackgroundTask(work)


@st.fragment(run_every=0.5)
def _follow(dataset: Dataset) -> None:
    """Progress of the examination, looked at twice a second, until it has ended."""
    task = _tasks().get(cached.digest(dataset))
    if task is None or not task.running:
        st.rerun()
    said = f"Looking into the audio: {task.done} of {task.total} files" if task.total else "Looking for the files…"
    bar, button = st.columns([5, 1], vertical_alignment="bottom")
    bar.progress(task.done / task.total if task.total else 0.0, said)
    if button.button("Stop", icon=":material/stop:", key="doctor_stop", disabled=task.stopped, width="stretch"):
        task.stop()


# --- what the session remembers -------------------------------------------------------------------------------------


def _tasks() -> dict[str, BackgroundTask[Diagnosis]]:
    """The visitor's examinations with audio, by the digest of the data set."""
    tasks: dict[str, BackgroundTask[Diagnosis]] = st.session_state.setdefault(_TASKS, {})
    return tasks


def _left_out() -> dict[str, dict[FindingKind, tuple[str, ...]]]:
    """Keys.LEFT_OUT: by the `identity` of a data set, for each switch that is on, the tracks that it leaves out."""
    return st.session_state.get(Keys.EXCLUDED) or {}


def _left_out_tracks(dataset: Dataset) -> frozenset[str]:
    chosen = _left_out().get(dataset.fingerprint, {})
    return frozenset(track for tracks in chosen.values() for track in tracks)
