"""Sweep, a section of Train: many settings tried within a time budget."""

import math
from typing import Any

import streamlit as st

from genre_core.datasets import Dataset
from genre_core.errors import GenreLabError
from genre_core.figures.formatting import duration, score
from genre_core.models.config import Choice, Layers, Setting, format_value
from genre_core.runs import RunInfo
from genre_core.training.sweep import Order, Sweep, SweepPlan
from ui import cached, text
from ui.state import Keys
from ui.train.address import Configuration

_ORDERS: dict[Order, str] = {"grid": "Grid: one after the other", "random": "Random: in an order drawn by the seed"}
_MOST = 1000  # configurations
_BUDGETS_MIN = (1, 2, 5, 10, 20, 30, 60, 120)


def show_sweep(dataset: Dataset, configured: Configuration) -> None:
    """What to try, or how the visitor's sweep stands."""
    running: Sweep | None = st.session_state[Keys.SWEEP]
    with st.expander("Sweep: try many settings", icon=":material/tune:", expanded=running is not None):
        if running is not None and running.running:
            _live()
            return
        if running is not None:
            _result(running)
        _offer_running()
        _set_up(dataset, configured)


def _offer_running() -> None:
    # After a reload of the page the visitor's session is a new one, and the sweep goes on.
    for sweep in cached.sweeps():
        if sweep.running and st.button(f"Watch the sweep that is going on ({sweep.name})", key=f"watch_{sweep.name}"):
            st.session_state[Keys.SWEEP] = sweep
            st.rerun()


def _set_up(dataset: Dataset, configured: Configuration) -> None:
    st.caption(
        "Each setting is tried on a validation part, taken out of the training part. The best is then trained on the "
        "whole training part and tested once on the test part: choosing by the test part itself would flatter it."
    )
    config = configured.config
    if configured.split.folds:
        st.info("A sweep has one test part: choose it under **Tested on**, instead of folds.", icon=":material/info:")
        return
    varying = config.settings()
    names = st.multiselect(
        "Settings to vary",
        list(varying),
        format_func=lambda name: varying[name].label,
        key=f"sweep_names_{config.model}",
        placeholder="Choose one or more",
        persist_state="session",
    )
    choices = {name: _values(config.model, name, varying[name], getattr(config, name)) for name in names}
    left, right = st.columns(2)
    order = left.selectbox(
        "Order", list(_ORDERS), format_func=_ORDERS.__getitem__, key="sweep_order", persist_state="session"
    )
    minutes = right.select_slider(
        "Time for trying, minutes", _BUDGETS_MIN, value=5, key="sweep_budget", persist_state="session"
    )
    most = _MOST
    if order == "random":
        most = st.number_input("Try at most", 2, _MOST, value=20, key="sweep_most", persist_state="session")
    count = math.prod(len(values) for values in choices.values()) if choices else 0
    tried = f", of which {most} are drawn" if most < count else ""
    st.caption(f"{count} configurations{tried}." if count else "Choose what to vary.")
    if st.button("Start the sweep", icon=":material/play_arrow:", disabled=count < 2, key="sweep_start"):
        try:
            plan = SweepPlan(config, choices, configured.split, order, most=most, budget_s=60.0 * minutes)
            st.session_state[Keys.SWEEP] = sweep = Sweep(cached.trainer(), dataset, plan)
            cached.sweeps().append(sweep)
        except GenreLabError as error:
            st.error(str(error), icon=":material/error:")
            return
        st.rerun()


def _values(model: str, name: str, setting: Setting, now: Any) -> tuple[Any, ...]:
    if isinstance(setting, Choice):
        stops: list[Any] = list(setting.options)
    else:
        stops = sorted({*(setting.shapes if isinstance(setting, Layers) else setting.steps), now})
    place = stops.index(now)
    near = stops if isinstance(setting, Choice) else stops[max(place - 1, 0) : place + 2]
    return tuple(
        st.multiselect(
            setting.label,
            stops,
            default=near,
            format_func=format_value,
            key=f"sweep_{model}_{name}",
            persist_state="session",
            help=setting.help,
        )
    )


@st.fragment(run_every=0.7)
def _live() -> None:
    sweep: Sweep = st.session_state[Keys.SWEEP]
    if not sweep.running:
        st.rerun()
    tried, total = len(sweep.done), len(sweep.configs)
    what = f"{tried} of {total} tried, {duration(sweep.seconds_left)} of the budget left"
    if tried == total:
        what = "Testing the best one…"
    bar, button = st.columns([4, 1], vertical_alignment="center")
    bar.progress(min(tried / total, 1.0), what)
    if button.button("Stop", icon=":material/stop:", key="sweep_stop", disabled=sweep.stopped, width="stretch"):
        sweep.stop()
    if sweep.best:
        _tell_best(sweep, sweep.best)


def _tell_best(sweep: Sweep, best: RunInfo) -> None:
    chosen = ", ".join(f"{name} {format_value(getattr(best.config, name))}" for name in sweep.plan.choices)
    st.markdown(
        f"Best so far: **{chosen}**, {score(best.scores.track_accuracy)} of the tracks right on the "
        f"{best.split.description}."
    )


def _result(sweep: Sweep) -> None:
    if sweep.problem:
        st.warning(f"The sweep met a problem: {sweep.problem}", icon=":material/warning:")
    tried, total = len(sweep.done), len(sweep.configs)
    st.markdown(f"**{tried} of {total}** configurations were tried.")
    if sweep.best:
        _tell_best(sweep, sweep.best)
    if winner := sweep.winner:
        st.markdown(
            f"Trained on the whole training part and tested once, it names **{score(winner.scores.track_accuracy)}** "
            f"of the tracks and **{score(winner.scores.accuracy)}** of the segments right: "
            f"{text.split_in_words(winner)}."
        )
    if sweep.done and st.button("See the influence of each setting", icon=":material/insights:", key="sweep_compare"):
        st.switch_page("pages/compare.py")
