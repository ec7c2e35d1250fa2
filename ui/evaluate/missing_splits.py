"""Training the configuration of a run under the splits that are missing.

The trainings are remembered by run and split; after the page is reloaded they are found among those of the trainer.
"""

from dataclasses import replace
from typing import Any

import streamlit as st

from genre_core import datasets, escaping
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SPLIT_DESCRIPTIONS, SplitConfig, SplitKind
from genre_core.runs import RunInfo, dataset_name
from genre_core.training import TrainingJob, expected_seconds
from genre_core.wording import duration
from ui import cached, doctor, shell, trainings
from ui.state import Keys

_JOBS = "evaluate_jobs"
"""The visitor's trainings of this section: a TrainingJob for each (run, split)."""


@st.fragment
def show(info: RunInfo, missing: list[SplitKind]) -> None:
    """Show for each missing split why it can't be trained, its progress, or what it would do."""
    with shell.messages():
        dataset = _dataset_of(info)
        jobs = {kind: job for kind in missing if (job := _job(info, kind))}
        running = [kind for kind, job in jobs.items() if not job.ended]
        trainable = []
        for kind in missing:
            if kind in running:
                continue
            split = _split(info, kind)
            problem = cached.split_problem(dataset, kind, split.folds) if dataset else None
            if problem:
                st.markdown(f"**{_name(kind)}: not possible.** {escaping.markdown(problem)}")
                continue
            trainable.append(kind)
            notes = map(escaping.markdown, cached.split_notes(dataset, split) if dataset else [])
            st.markdown(" ".join([f"**{_name(kind)}: not trained yet.**", SPLIT_DESCRIPTIONS[kind], *notes]))
            if reason := _failure(jobs.get(kind)):
                shell.show_problem(reason, kind="warning")
        if running:
            _show_progress(info, running)
        elif trainable and dataset is None:
            ask_for_dataset(info)
        elif trainable and dataset:
            _offer_training(info, dataset, trainable)


def can_be_trained(info: RunInfo, missing: list[SplitKind]) -> bool:
    """Whether the dataset of a run is here, or a training under a missing split is under way."""
    return _dataset_of(info) is not None or any(_job(info, kind) for kind in missing)


def ask_for_dataset(info: RunInfo) -> None:
    """Say which dataset the missing splits need, with a link to where it is chosen."""
    shell.show_problem(
        f"To train the missing splits, first choose the dataset {dataset_name(info)} with the feature set "
        f"{info.features} on the page Train.",
        kind="info",
        icon=":material/database:",
    )
    st.page_link("pages/train.py", label="Choose the dataset", icon=":material/tune:")


def _failure(job: TrainingJob | None) -> str | None:
    """Why an ended training gave no run to compare."""
    if job and job.run and job.run.info.stopped:
        return "Training was stopped early, so the run can't be compared."
    return job.problem if job else None


def _offer_training(info: RunInfo, dataset: Dataset, kinds: list[SplitKind]) -> None:
    """Show the button that starts the trainings."""
    shape, n_segments = dataset.feature_set.shape, len(dataset.values)
    splits = {kind: _split(info, kind) for kind in kinds}
    seconds = cached.trainer().slowdown * sum(
        expected_seconds(
            info.config, split, n_segments, shape, len(dataset.genres), augmentations=len(info.augmentations)
        )
        for split in splits.values()
    )
    label = "Train with the missing splits" if len(kinds) > 1 else "Train with the missing split"
    if st.button(label, icon=":material/play_arrow:", type="primary", key="evaluate_train_missing"):
        for kind, split in splits.items():
            _jobs()[info.name, kind] = trainings.start(dataset, info.config, split, augmentations=info.augmentations)
        st.rerun()
    st.caption(f"Trains the same model in about {duration(seconds)} and adds it to your runs.")


@st.fragment(run_every=1.0)
def _show_progress(info: RunInfo, kinds: list[SplitKind]) -> None:
    """Show the running trainings; when one has ended, the page runs again."""
    running = [job for kind in kinds if (job := _job(info, kind))]
    if any(job.ended for job in running):
        st.rerun()
    for job in running:
        st.progress(job.progress, f"{_name(job.split.config.kind)}: {_state(job)}")
    if st.button("Stop", icon=":material/stop:", key="evaluate_stop"):
        for job in running:
            job.stop()


def _state(job: TrainingJob) -> str:
    """As in: training, fold 2 of 5, 34 %, 20 seconds left."""
    if job.state in ("waiting", "saving"):
        return f"{job.state}…"
    parts = ["training", job.stage]
    if job.progress:
        parts.append(f"{100 * job.progress:.0f} %")
    if job.seconds_left is not None:
        parts.append(f"{duration(job.seconds_left)} left")
    return ", ".join(part for part in parts if part) + ("" if job.progress else "…")


def _jobs() -> dict[tuple[str, SplitKind], TrainingJob]:
    known: dict[tuple[str, SplitKind], TrainingJob] = st.session_state.setdefault(_JOBS, {})
    return known


def _job(info: RunInfo, kind: SplitKind) -> TrainingJob | None:
    """The training of the same configuration with a split, started in this session or in another."""
    if job := _jobs().get((info.name, kind)):
        return job
    for job in trainings.running():
        same_model = (job.config, job.task.augmentations) == (info.config, info.augmentations)
        if same_model and job.split.config == _split(info, kind) and _is_dataset_of(info, job.dataset):
            _jobs()[info.name, kind] = job
            return job
    return None


def _split(info: RunInfo, kind: SplitKind) -> SplitConfig:
    return replace(info.split, kind=kind)


def _dataset_of(info: RunInfo) -> Dataset | None:
    """The dataset of a run, if it is available."""
    available: list[Any] = [st.session_state[Keys.DATASET]]
    if info.dataset == datasets.BUNDLED and info.features in datasets.BUNDLED_FEATURES:
        available.append(cached.bundled_dataset(info.features))
    loaded = [dataset for dataset in available if dataset is not None]
    for dataset in [*loaded, *map(doctor.training_dataset, loaded)]:
        if _is_dataset_of(info, dataset):
            return dataset
    return None


def _is_dataset_of(info: RunInfo, dataset: Dataset) -> bool:
    """Whether a dataset is that of a run, with the copies by which its training set was augmented."""
    same = all(getattr(dataset, name) == getattr(info, name) for name in ("features", "segment_samples", "genres"))
    has_copies = set(info.augmentations) <= set(dataset.augmented.names)
    return same and has_copies and dataset.fingerprint == info.dataset_id


def _name(kind: SplitKind) -> str:
    return f"{kind.capitalize()} split"
