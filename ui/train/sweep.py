"""Sweep, a section of the page Train: hyperparameter search within a time budget."""

import math
from typing import Any

import streamlit as st

from genre_core.datasets import Dataset
from genre_core.errors import GenreLabError
from genre_core.models.settings import Choice, Layers, Setting, format_value
from genre_core.runs import RunInfo
from genre_core.training.sweep import Search, Sweep, SweepPlan
from genre_core.wording import duration, score
from ui import shell, text, trainings
from ui.state import Keys
from ui.training_setup import TrainingSetup

_SEARCHES: dict[Search, str] = {"grid": "Grid: all combinations, in order", "random": "Random: combinations at random"}
_MAX_TRIALS = 1000
_BUDGETS_MIN = (1, 2, 5, 10, 20, 30, 60, 120)


def show_sweep(dataset: Dataset, setup: TrainingSetup) -> None:
    """Show the settings of a sweep, or the progress or result of the visitor's sweep."""
    sweep: Sweep | None = st.session_state[Keys.SWEEP]
    with st.expander("Hyperparameter sweep", icon=":material/tune:", expanded=sweep is not None):
        if sweep is not None and sweep.running:
            _show_progress()
            return
        if sweep is not None:
            _show_result(sweep)
            st.divider()
        _offer_running()
        _show_plan(dataset, setup)


def _offer_running() -> None:
    # Reloading the page starts a new session, while the sweep goes on.
    for sweep in trainings.running_sweeps():
        if st.button(f"Show the running sweep ({sweep.name})", key=f"train_sweep_show_{sweep.name}"):
            st.session_state[Keys.SWEEP] = sweep
            st.rerun()


def _show_plan(dataset: Dataset, setup: TrainingSetup) -> None:
    scored = (
        "the validation set; this dataset has no test set."
        if setup.split.selection
        else "a validation set taken out of the training set; the best one is then trained on the whole training set "
        "and evaluated once on the test set."
    )
    st.caption(f"A sweep trains the model with many combinations of settings. Each is scored on {scored}")
    config = setup.config
    if setup.split.folds:
        st.info("A sweep needs a single test set: set **Folds** to None.", icon=":material/info:")
        return
    settings = config.settings()
    names = st.multiselect(
        "Settings to vary",
        list(settings),
        format_func=lambda name: settings[name].label,
        key=f"train_sweep_names_{config.model}",
        placeholder="Choose settings",
        persist_state="session",
    )
    values = {name: _choose_values(config.model, name, settings[name], getattr(config, name)) for name in names}
    left, right = st.columns(2)
    search = left.selectbox(
        "Search", list(_SEARCHES), format_func=_SEARCHES.__getitem__, key="train_sweep_search", persist_state="session"
    )
    minutes = right.select_slider(
        "Time budget",
        _BUDGETS_MIN,
        value=5,
        format_func=lambda minutes: f"{minutes} min",
        key="train_sweep_budget",
        persist_state="session",
    )
    max_trials = _MAX_TRIALS
    if search == "random":
        max_trials = st.number_input(
            "Maximum number of trials", 2, _MAX_TRIALS, value=20, key="train_sweep_max_trials", persist_state="session"
        )
    count = math.prod(len(chosen) for chosen in values.values()) if values else 0
    drawn = f", of which {max_trials} are tried" if max_trials < count else ""
    st.caption(f"{count} combinations{drawn}." if count else "Choose at least one setting to vary.")
    if st.button("Run the sweep", icon=":material/play_arrow:", disabled=count < 2, key="train_sweep_start"):
        try:
            plan = SweepPlan(
                config,
                values,
                setup.split,
                search,
                max_trials=max_trials,
                budget_s=60.0 * minutes,
                augmentations=setup.augmentations,
            )
            st.session_state[Keys.SWEEP] = trainings.start_sweep(dataset, plan)
        except GenreLabError as error:
            shell.show_problem(str(error))
            return
        st.rerun()


def _choose_values(model: str, name: str, setting: Setting, current: Any) -> tuple[Any, ...]:
    """Show a widget for the values of a setting to try; at first, the current one and its neighbors."""
    if isinstance(setting, Choice):
        options: list[Any] = list(setting.options)
    else:
        options = sorted({*(setting.sweep_values if isinstance(setting, Layers) else setting.steps), current})
    i = options.index(current)
    nearby = options if isinstance(setting, Choice) else options[max(i - 1, 0) : i + 2]
    return tuple(
        st.multiselect(
            setting.label,
            options,
            default=nearby,
            format_func=format_value,
            key=f"train_sweep_{model}_{name}",
            persist_state="session",
            help=setting.help,
        )
    )


@st.fragment(run_every=0.7)
def _show_progress() -> None:
    sweep: Sweep = st.session_state[Keys.SWEEP]
    if not sweep.running:
        st.rerun()
    n_done, n_all = len(sweep.trials), len(sweep.configs)
    message = f"{n_done} of {n_all} trials, {duration(sweep.seconds_left)} of the time budget left"
    if (n_done == n_all or sweep.seconds_left == 0) and not sweep.plan.split.selection:
        message = "Evaluating the best configuration on the test set…"
    bar, button = st.columns([4, 1], vertical_alignment="center")
    bar.progress(min(n_done / n_all, 1.0), message)
    if button.button("Stop", icon=":material/stop:", key="train_sweep_stop", disabled=sweep.stopped, width="stretch"):
        sweep.stop()
    if sweep.best:
        _show_best(sweep, sweep.best)


def _show_best(sweep: Sweep, best: RunInfo) -> None:
    settings = best.config.settings()
    chosen = ", ".join(
        f"{settings[name].label} {format_value(getattr(best.config, name))}" for name in sweep.plan.values
    )
    st.markdown(
        f"Best trial: **{chosen}**, with an accuracy of {score(best.scores.track_accuracy)} (tracks) on "
        f"{best.split.test_set}."
    )


def _show_result(sweep: Sweep) -> None:
    if sweep.problem:
        shell.show_problem(sweep.problem, kind="warning")
    st.markdown(f"**{len(sweep.trials)} of {len(sweep.configs)}** trials are complete.")
    if sweep.best:
        _show_best(sweep, sweep.best)
    if final := sweep.final_run:
        st.markdown(
            f"Trained on the whole training set, this configuration has an accuracy of "
            f"**{score(final.scores.track_accuracy)}** (tracks) and **{score(final.scores.accuracy)}** (segments) "
            f"{text.evaluated_on(final)}."
        )
    if sweep.trials and st.button("Compare the trials", icon=":material/insights:", key="train_sweep_compare"):
        st.switch_page("pages/compare.py")
