"""What the split does: the same configuration under each drawn split, and the means to measure those that are missing.

The trainings are remembered by run and split; after a reload of the page they are found among those of the trainer.
"""

from dataclasses import replace
from typing import Any

import streamlit as st

from genre_core import datasets, runs
from genre_core.datasets import Dataset
from genre_core.datasets.splits import DRAWN, MEANINGS, SplitConfig, SplitKind
from genre_core.figures import evaluate as figures
from genre_core.figures.formatting import duration
from genre_core.runs import RunInfo
from genre_core.runs.comparison import describe_gap, siblings
from genre_core.training import TrainingJob, expected_seconds
from ui import cached, doctor, shell
from ui.state import Keys
from ui.text import NO_BAR

_JOBS = "evaluate_jobs"
"""The visitor's trainings for this section: a TrainingJob for each (run, split)."""


def show(info: RunInfo) -> None:
    """The accuracies of a run and its siblings, what their gap means, and what is not measured yet."""
    found = siblings(info, runs.list_runs())
    measured = list(found.values()) + ([] if info.split.kind in DRAWN else [info])
    st.subheader("What the split does")
    st.markdown("The same model and the same data: only the choice of what it is tested on differs.")
    figure, said = st.columns([3, 2], gap="medium")
    figure.plotly_chart(
        figures.split_scores(measured, info.name),
        config=NO_BAR,
        key="evaluate_splits",
        alt="Accuracy per segment and per track under each split, with 95 % intervals.",
    )
    with said:
        if sentence := describe_gap(found):
            st.markdown(f"**{sentence}**")
        for kind in found:
            st.caption(MEANINGS[kind])
        missing = [kind for kind in DRAWN if kind not in found]
        if info.stopped and missing:
            st.caption(
                "This run was stopped early, so the same can't be measured under another split. Train it to its end."
            )
        elif missing:
            _show_missing(info, missing)


@st.fragment
def _show_missing(info: RunInfo, missing: list[SplitKind]) -> None:
    """A line for each split that is missing: why it can't be measured, how far it is, or what it would leave out."""
    with shell.messages():
        dataset = _dataset_of(info)
        jobs = {kind: job for kind in missing if (job := _job(info, kind))}
        going = [kind for kind, job in jobs.items() if not job.ended]
        measurable = []
        for kind in missing:
            if kind in going:
                continue
            config = _split(info, kind)
            problem = cached.split_problem(dataset, kind, config.folds) if dataset else None
            if problem:
                st.markdown(f"**{_name(kind)} it can't be measured.** {problem}")
                continue
            measurable.append(kind)
            notes = cached.split_notes(dataset, config) if dataset else []
            st.markdown(" ".join(["**Not measured yet.**", MEANINGS[kind], *notes]))
            if why := _why_not(jobs.get(kind)):
                st.warning(why, icon=":material/warning:")
        if going:
            _show_going(info, going)
        elif measurable and dataset is None:
            st.info(
                f"To measure what is missing, choose the data set {info.data} with the features {info.features} on "
                "Train, and come back.",
                icon=":material/database:",
            )
            st.page_link("pages/train.py", label="Choose it", icon=":material/tune:")
        elif measurable and dataset:
            _offer(info, dataset, measurable)


def _why_not(job: TrainingJob | None) -> str | None:
    """Why a training that has ended measured nothing that can be compared."""
    if job and job.run and job.run.info.stopped:
        return "It was stopped early, so it can't be compared."
    return job.problem if job else None


def _offer(info: RunInfo, dataset: Dataset, kinds: list[SplitKind]) -> None:
    """The button that starts the trainings."""
    shape, segments = dataset.feature_set.shape, len(dataset.values)
    wanted = {kind: _split(info, kind) for kind in kinds}
    seconds = cached.trainer().pace * sum(
        expected_seconds(info.config, split, segments, shape, len(dataset.genres)) for split in wanted.values()
    )
    label = "Measure the missing splits" if len(kinds) > 1 else "Measure the missing split"
    if st.button(label, icon=":material/play_arrow:", type="primary", key="evaluate_measure"):
        for kind, split in wanted.items():
            _jobs()[info.name, kind] = cached.trainer().start(dataset, info.config, split)
        st.rerun()
    st.caption(f"Trains the same model anew, in about {duration(seconds)}, and keeps it among your runs.")


@st.fragment(run_every=1.0)
def _show_going(info: RunInfo, kinds: list[SplitKind]) -> None:
    """The trainings that go on, looked at every second, until one has ended."""
    going = [job for kind in kinds if (job := _job(info, kind))]
    if any(job.ended for job in going):
        st.rerun()
    for job in going:
        st.progress(job.progress, f"{_name(job.split.config.kind)}: {_stand(job)}")
    if st.button("Stop", icon=":material/stop:", key="evaluate_stop"):
        for job in going:
            job.stop()


def _stand(job: TrainingJob) -> str:
    if job.state == "waiting":
        return "waiting…"
    if job.state == "saving":
        return "saving the run…"
    left = f", {duration(job.seconds_left)} left" if job.seconds_left is not None else ""
    stage = f"{job.stage}, " if job.stage else ""
    return f"training, {stage}{job.progress:.0%}{left}" if job.progress else f"training{left}…"


def _jobs() -> dict[tuple[str, SplitKind], TrainingJob]:
    known: dict[tuple[str, SplitKind], TrainingJob] = st.session_state.setdefault(_JOBS, {})
    return known


def _job(info: RunInfo, kind: SplitKind) -> TrainingJob | None:
    """The training of the same configuration under a split, whether this visit began it or one before."""
    if job := _jobs().get((info.name, kind)):
        return job
    for job in cached.trainer().jobs:
        known = job.dataset
        if (job.config, job.split.config) == (info.config, _split(info, kind)) and _is_of(info, known):
            _jobs()[info.name, kind] = job
            return job
    return None


def _split(info: RunInfo, kind: SplitKind) -> SplitConfig:
    return replace(info.split, kind=kind)


def _dataset_of(info: RunInfo) -> Dataset | None:
    """The data set that a run learned from, if it is at hand."""
    known: list[Any] = [st.session_state[Keys.DATASET]]
    if info.data == datasets.BUNDLED and info.features in datasets.BUNDLED_FEATURES:
        known.append(cached.bundled_dataset(info.features))
    at_hand = [dataset for dataset in known if dataset is not None]
    for dataset in [*at_hand, *map(doctor.training_dataset, at_hand)]:
        if _is_of(info, dataset):
            return dataset
    return None


def _is_of(info: RunInfo, dataset: Dataset) -> bool:
    """Whether a run learned from this data set."""
    same = all(getattr(dataset, name) == getattr(info, name) for name in ("features", "segment_samples", "genres"))
    return same and dataset.identity == info.data_id


def _name(kind: SplitKind) -> str:
    return {"random": "By segment (random)", "track": "By track", "artist": "By artist"}[kind]
