"""The data doctor: what is wrong with the dataset in use, and which tracks to exclude from training."""

from functools import partial

import streamlit as st

from genre_core import escaping
from genre_core.datasets import Dataset, doctor
from genre_core.datasets.doctor import Diagnosis, Finding, FindingKind
from genre_core.errors import GenreLabError
from genre_core.jobs import Job
from genre_core.wording import counted
from ui import audio_folder, cached, shell
from ui.state import Keys, visitor
from ui.text import SEE_LOG

_FOLDER, _JOBS, _PROBLEM = "doctor_folder", "doctor_jobs", "doctor_problem"
"""Text box with the folder; the visitor's examinations with audio, one per dataset; why one could not be started."""

_NAMES: dict[FindingKind, tuple[str, str]] = {
    "exact-duplicates": (":material/content_copy:", "Exact duplicates"),
    "near-duplicates": (":material/file_copy:", "Near duplicates"),
    "one-artist": (":material/artist:", "Single-artist genres"),
    "bandwidth": (":material/graphic_eq:", "Limited bandwidth"),
    "sample-rate": (":material/speed:", "Sample rates"),
    "class-balance": (":material/balance:", "Class balance"),
    "silence": (":material/volume_off:", "Silence"),
    "clipping": (":material/equalizer:", "Clipping"),
    "too-short": (":material/timer_off:", "Too short"),
    "outliers": (":material/scatter_plot:", "Outliers"),
}
_DUPLICATES: tuple[FindingKind, ...] = ("exact-duplicates", "near-duplicates")
_WHY_AUDIO = (
    "Clipping, sample rates and bandwidth can only be checked in the audio. It takes a few seconds for a hundred "
    "tracks of 30 s."
)
_FAILED = f"The check of the audio failed; {SEE_LOG}. Try again."


@st.fragment
@shell.messages()
def show_doctor(dataset: Dataset) -> None:
    """Show all findings on a dataset."""
    job = _jobs().get(cached.digest(dataset))
    diagnosis = job.result if job is not None and job.result is not None else cached.examine(dataset)
    st.markdown(f"**{_headline(diagnosis)}**")
    st.caption(
        "A model learns everything that separates the genres, including faults of the recordings. A warning marks a "
        "fault that makes scores too high or harms the model; a note is less serious. Tracks excluded from the dataset "
        "are used neither for training nor for testing on Train."
    )
    for finding in diagnosis.findings:
        _show_finding(dataset, finding)
    if diagnosis.findings:
        st.download_button(
            "Download the findings",
            lambda: escaping.csv(diagnosis.to_frame()),
            "findings.csv",
            "text/csv",
            icon=":material/download:",
            key="doctor_download",
        )
    if message := exclusion_message(dataset):
        st.info(message, icon=":material/filter_alt:")
    _show_unchecked(diagnosis)
    if job is not None and job.running:
        _follow(dataset)
    else:
        _offer_audio(dataset, job)


def training_dataset(dataset: Dataset) -> Dataset:
    """The dataset without the tracks that the visitor excludes from training.

    Raises DatasetError if fewer than two genres remain.
    """
    return doctor.exclude_tracks(dataset, _excluded_tracks(dataset))


def exclusion_message(dataset: Dataset) -> str | None:
    """A sentence on the tracks that are excluded from training; None if there are none."""
    count = len(_excluded_tracks(dataset))
    if not count:
        return None
    tracks, are = counted(count, "track"), "is" if count == 1 else "are"
    return f"{tracks} {are} excluded from the dataset in Explore, Data doctor; {dataset.n_tracks - count} remain."


# --- findings -------------------------------------------------------------------------------------------------------


def _headline(diagnosis: Diagnosis) -> str:
    if not diagnosis.findings:
        return "No problem was found in this dataset"
    warnings = sum(finding.severity == "warning" for finding in diagnosis.findings)
    notes = len(diagnosis.findings) - warnings
    counts = [(warnings, "warning"), (notes, "note")]
    return ", ".join(counted(n, noun) for n, noun in counts if n)


def _show_finding(dataset: Dataset, finding: Finding) -> None:
    icon, name = _NAMES[finding.kind]
    with st.container(border=True):
        badge = ":orange-badge[warning]" if finding.severity == "warning" else ":blue-badge[note]"
        st.markdown(f"{icon} **{name}** {badge}  \n{escaping.markdown(finding.message)}")
        if finding.to_exclude:
            _exclusion_toggle(dataset, finding)
        elif finding.kind == "one-artist":
            st.caption(
                "Excluding tracks does not help. With an artist split, Train lists the genres that can't be tested."
            )
        count = len(finding.tracks)
        label = f"Show the {count} tracks" if count > 1 else "Show the track" if count else "Show the genres"
        with st.expander(label):
            st.dataframe(_rows(finding), hide_index=True, height="auto" if count < 10 else 380)


def _rows(finding: Finding) -> list[dict[str, str | float]]:
    """Table rows for each duplicate, for each track, or for each genre where no track is concerned."""
    rows: list[dict[str, str | float]] = []
    for detail in finding.details:
        if finding.kind in _DUPLICATES:
            first, *copies = detail.tracks
            rows += [
                {"Track": copy, "Duplicate of": first, "Finding": detail.note, "Similarity": detail.value}
                for copy in copies
            ]
        else:
            rows += [{"Track": track, "Finding": detail.note} for track in detail.tracks]
            rows += [{"Finding": detail.note}] if not detail.tracks else []
    return rows


def _exclusion_toggle(dataset: Dataset, finding: Finding) -> None:
    fingerprint = dataset.fingerprint
    key = f"doctor_exclude_{fingerprint}_{finding.kind}"
    count = len(finding.to_exclude)
    noun = "duplicate" if finding.kind in _DUPLICATES else "track"
    tracks = f"the {noun}" if count == 1 else f"the {counted(count, noun)}"

    def save() -> None:
        others = {kind: names for kind, names in _exclusions().get(fingerprint, {}).items() if kind != finding.kind}
        chosen = {finding.kind: finding.to_exclude} if st.session_state[key] else {}
        st.session_state[Keys.EXCLUDED] = {**_exclusions(), fingerprint: {**others, **chosen}}

    # Streamlit forgets the toggles of a page that was left.
    st.session_state[key] = finding.kind in _exclusions().get(fingerprint, {})
    st.toggle(f"Exclude {tracks} from the dataset", key=key, on_change=save)


def _show_unchecked(diagnosis: Diagnosis) -> None:
    """Show what could not be checked."""
    if diagnosis.unreadable:
        with st.expander(f"{counted(len(diagnosis.unreadable), 'file')} can't be read", icon=":material/warning:"):
            st.dataframe([{"File": f, "Reason": r} for f, r in diagnosis.unreadable.items()], hide_index=True)
    if diagnosis.unchecked:
        names_by_reason: dict[str, list[str]] = {}
        for kind, reason in diagnosis.unchecked.items():
            names_by_reason.setdefault(reason, []).append(_NAMES[kind][1])
        lines = [
            f"Not checked: {', '.join(names).lower()} ({escaping.markdown(reason)})."
            for reason, names in names_by_reason.items()
        ]
        st.caption("  \n".join(lines))


# --- audio ----------------------------------------------------------------------------------------------------------


def _offer_audio(dataset: Dataset, job: Job[Diagnosis] | None) -> None:
    """Show the form to check the audio, and how the last check ended."""
    if dataset.gathered and not cached.may_hear(dataset.gathered):
        return
    if not (dataset.gathered or audio_folder.is_offered()):
        return
    with st.form("doctor_form", border=False):
        if dataset.gathered:
            st.caption(_WHY_AUDIO)
        else:
            audio_folder.enter(_FOLDER, _WHY_AUDIO)
        st.form_submit_button("Check the audio", icon=":material/hearing:", on_click=_begin, args=(dataset,))
    if problem := st.session_state.get(_PROBLEM):
        shell.show_problem(problem)
    elif job is not None and job.result is not None:
        st.caption(f"The audio of {job.result.n_with_audio} of {job.result.n_tracks} tracks was checked.")
    elif job is not None and job.stopped:
        st.info("Stopped.", icon=":material/info:")
    elif job is not None:
        shell.show_problem(job.problem or _FAILED)


def _begin(dataset: Dataset) -> None:
    st.session_state[_PROBLEM] = None
    try:
        folder = None if dataset.gathered else audio_folder.entered(_FOLDER)
    except GenreLabError as error:
        st.session_state[_PROBLEM] = str(error)
        return

    examine = partial(doctor.examine, gathered=bool(dataset.gathered))
    try:
        _jobs()[cached.digest(dataset)] = cached.background_workers().submit(
            examine, dataset, folder, visitor=visitor(), with_progress=True
        )
    except GenreLabError as error:
        st.session_state[_PROBLEM] = str(error)


@st.fragment(run_every=0.5)
def _follow(dataset: Dataset) -> None:
    """Show the progress of the check, updated twice a second, until it ends."""
    job = _jobs().get(cached.digest(dataset))
    if job is None or not job.running:
        st.rerun()
    label = cached.waiting_text(job, "Looking for the files")
    if job.total:
        label = f"Checking the audio: {job.done} of {job.total} files"
    bar, button = st.columns([5, 1], vertical_alignment="bottom")
    bar.progress(job.done / job.total if job.total else 0.0, label)
    if button.button("Stop", icon=":material/stop:", key="doctor_stop", disabled=job.stopped, width="stretch"):
        job.stop()


# --- session state --------------------------------------------------------------------------------------------------


def _jobs() -> dict[str, Job[Diagnosis]]:
    """The visitor's examinations with audio, by the digest of the dataset."""
    jobs: dict[str, Job[Diagnosis]] = st.session_state.setdefault(_JOBS, {})
    return jobs


def _exclusions() -> dict[str, dict[FindingKind, tuple[str, ...]]]:
    """The excluded tracks of each finding whose toggle is on, by the fingerprint of the dataset."""
    return st.session_state.get(Keys.EXCLUDED) or {}


def _excluded_tracks(dataset: Dataset) -> frozenset[str]:
    chosen = _exclusions().get(dataset.fingerprint, {})
    return frozenset(track for tracks in chosen.values() for track in tracks)
