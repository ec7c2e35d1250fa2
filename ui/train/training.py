"""Training, the second half of the page Train: estimate, start, progress and result."""

import streamlit as st

from genre_core import escaping, runs
from genre_core.datasets import Dataset
from genre_core.evaluation import interval_text
from genre_core.figures.train import Quantity, learning_curve
from genre_core.models.config import MlpConfig
from genre_core.training import TrainingJob, expected_seconds
from genre_core.wording import counted, duration, score
from ui import augmented_scores, cached, shell, text, trainings
from ui.state import Keys
from ui.training_setup import TrainingSetup

_OPENED = "train_opened"
"""Name of the run that the other pages were last told to open."""


def show_start(dataset: Dataset, setup: TrainingSetup) -> None:
    """Show the size of the model, the estimated time, what the split excludes, and the button that starts."""
    config, split = setup.config, setup.split
    shape, n_genres = dataset.feature_set.shape, len(dataset.genres)
    seconds = cached.trainer().slowdown * expected_seconds(
        config, split, len(dataset.values), shape, n_genres, augmentations=len(setup.augmentations)
    )
    if isinstance(config, MlpConfig):
        parameters, time = st.columns(2)
        parameters.metric("Parameters", f"{config.parameters(shape[0], n_genres):,}", border=True)
        time.metric("Estimated time", duration(seconds), border=True)
        sizes = (shape[0], *config.layers, n_genres)
        st.caption(f"Units per layer, from features to genres: {' → '.join(map(str, sizes))}")
    else:
        st.metric("Estimated time", duration(seconds), border=True)
    problem = cached.split_problem(dataset, split.kind, split.folds)
    if problem:
        shell.show_problem(problem, kind="warning", icon=":material/call_split:")
    for note in cached.split_notes(dataset, split):
        st.caption(escaping.markdown(note))
    job: TrainingJob | None = st.session_state[Keys.TRAINING]
    is_busy = job is not None and not job.ended
    disabled, clicked_before = is_busy or problem is not None, st.session_state[Keys.START_TRAINING]
    st.session_state[Keys.START_TRAINING] = False
    if clicked_before and is_busy:
        st.toast("A training is running; stop it to start another one.", icon=":material/info:")
    clicked = st.button(
        "Start training", type="primary", icon=":material/play_arrow:", disabled=disabled, width="stretch"
    )
    if clicked or (clicked_before and not disabled):
        st.session_state[Keys.TRAINING] = trainings.start(dataset, config, split, augmentations=setup.augmentations)
        st.rerun()


def show_training(setup: TrainingSetup) -> None:
    """Show the visitor's training: its progress, or its result."""
    job: TrainingJob | None = st.session_state[Keys.TRAINING]
    if job is None:
        _offer_running()
        if setup.config.is_network:
            st.info("The learning curves will appear here.", icon=":material/show_chart:")
    elif job.ended:
        _open_next(job)
        _show_result(job)
    else:
        _show_progress()


def _open_next(job: TrainingJob) -> None:
    """Let the other pages open the run of a training that has just ended."""
    if job.run and st.session_state.get(_OPENED) != job.run.info.name:
        st.session_state[_OPENED] = st.session_state[Keys.RUN] = job.run.info.name


def _offer_running() -> None:
    # Reloading the page starts a new session, while the training goes on.
    for i, job in enumerate(trainings.running()):
        label = f"Show the running training ({job.config.short_title}, {job.split.config.description})"
        if st.button(label, key=f"train_show_{i}"):
            st.session_state[Keys.TRAINING] = job
            st.rerun()


@st.fragment(run_every=0.7)
def _show_progress() -> None:
    job: TrainingJob = st.session_state[Keys.TRAINING]
    if job.ended:
        st.rerun()
    with shell.messages(), st.container(border=True):
        bar, button = st.columns([4, 1], vertical_alignment="center")
        bar.progress(job.progress, text=_progress_text(job))
        if button.button("Stop", icon=":material/stop:", key="train_stop", width="stretch"):
            job.stop()
        if job.config.is_network:
            _show_curves(job)
        else:
            st.caption("This model is trained in one step, without a learning curve.")
        st.caption(f"Evaluated on {job.split.config.test_set}.")


def _progress_text(job: TrainingJob) -> str:
    if job.state == "waiting":
        jobs = cached.trainer().jobs
        ahead = jobs.index(job) if job in jobs else 0
        return f"Waiting for {counted(ahead, 'other training')}…" if ahead else "Starting…"
    if job.state == "saving":
        return "Saving the run…"
    parts = [job.stage] if job.stage else []
    if job.epochs:
        parts.append(f"epoch {job.epochs[-1].epoch} of {job.config.total_epochs}")
    if job.seconds_left is not None:
        parts.append(f"{duration(job.seconds_left)} left")
    shown = ", ".join(parts) or "starting…"
    return f"{shown[0].upper()}{shown[1:]}"


def _show_curves(job: TrainingJob) -> None:
    # A run with folds has the mean of their learning curves; before, the curve of the current fit is shown.
    epochs = job.run.history() if job.run else list(job.epochs)
    quantities: tuple[Quantity, ...] = ("accuracy", "loss")
    for quantity in quantities:
        figure = learning_curve(
            epochs,
            quantity,
            total_epochs=job.config.total_epochs,
            evaluated_on="Validation set" if job.validates else "Test set",
        )
        st.plotly_chart(figure, config=text.CHART, key=f"train_{quantity}")


def _show_result(job: TrainingJob) -> None:
    with st.container(border=True):
        if job.run is None:
            shell.show_problem(job.problem or "The training was stopped.", kind="warning")
            return
        info = job.run.info
        st.subheader("Training stopped" if info.stopped else "Training complete")
        st.caption(f"Saved as the run **{escaping.markdown(runs.run_label(info))}**.")
        shown = (("Accuracy (segments)", "accuracy"), ("Accuracy (tracks)", "track_accuracy"))
        for column, (label, name) in zip(st.columns(2), shown, strict=True):
            column.metric(label, score(getattr(info.scores, name)))
            column.caption(f"95 % confidence interval: {interval_text(name, info.ci95[name])}")
        st.caption(f"Macro F1 {info.scores.macro_f1:.2f}, log loss {info.scores.log_loss:.2f}.")
        st.markdown(f"Evaluated {text.evaluated_on(info)}.")
        augmented_scores.show(info, key="train_augmented_scores")
        for note in job.split.notes:
            st.caption(escaping.markdown(note))
        if warning := text.leakage_warning(info):
            st.caption(warning)
        stopped = f" Stopped after {info.epochs} of {job.config.total_epochs} epochs." if info.stopped else ""
        st.caption(f"Trained in {duration(info.seconds)}: {info.description}.{stopped}")
        if info.config.is_network:
            _show_curves(job)
        for column, (label, icon, page) in zip(
            st.columns(3),
            (
                ("Evaluate", "grid_on", "evaluate"),
                ("Predict", "music_note", "predict"),
                ("Compare", "compare_arrows", "compare"),
            ),
            strict=True,
        ):
            if column.button(label, icon=f":material/{icon}:", key=f"train_{page}", width="stretch"):
                st.session_state[Keys.RUN] = info.name
                st.session_state[Keys.COMPARED] = [info.name]
                st.switch_page(f"pages/{page}.py")
