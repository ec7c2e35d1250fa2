"""Settings and scores: runs of one model on one test set, and the trials of sweeps."""

import zlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from genre_core import escaping
from genre_core.evaluation import SCORE_NAMES, SCORES, interval_text
from genre_core.figures import settings as figures
from genre_core.models.settings import format_value
from genre_core.runs import RunInfo, comparison
from genre_core.runs.comparison import ranking_key, setting_name, varied_settings
from genre_core.wording import duration, score
from ui.compare import table
from ui.text import CHART


def show_settings(shown: list[RunInfo]) -> None:
    """Show the settings and scores of runs with the same model and test set as parallel coordinates."""
    st.subheader("Settings and scores")
    groups: dict[tuple[str, str], list[RunInfo]] = {}
    for info in shown:
        groups.setdefault((info.config.short_title, comparison.describe_test_set(info)), []).append(info)
    groups = {key: group for key, group in groups.items() if varied_settings(group)}
    if not groups:
        st.caption("Train the same model with different settings and the same split to compare the settings here.")
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    model, test_set = left.selectbox(
        "Model and test set",
        sorted(groups, key=lambda key: (groups[key][0].is_trial, -len(groups[key]))),
        key=f"compare_group_{zlib.crc32(repr(list(groups)).encode()):08x}",
        format_func=lambda key: f"{' · '.join(key)} ({len(groups[key])} runs)",
    )
    with right:
        by = _choose_score("compare_settings_score")
    st.plotly_chart(
        figures.parallel_coordinates(groups[model, test_set], by), config=CHART, key="compare_parallel_coordinates"
    )
    st.caption(
        f"Each line is a run; blue is the best, orange the worst. Test set: {escaping.markdown(test_set)}. Drag along "
        "an axis to highlight the runs in that range."
    )


def _choose_score(key: str) -> figures.Score:
    chosen: figures.Score = st.segmented_control(
        "Score", figures.DRAWN_SCORES, key=key, format_func=SCORE_NAMES.__getitem__, default="track_accuracy",
        required=True, wrap=True,
    )  # fmt: skip
    return chosen


def show_sweeps(infos: Sequence[RunInfo]) -> None:
    """Show the effect of each setting in a sweep, if there is one."""
    sweeps: dict[str, list[RunInfo]] = {}
    for info in infos:
        if info.is_trial and not info.stopped:
            sweeps.setdefault(info.sweep, []).append(info)
    if not sweeps:
        return
    st.subheader("Sweeps")
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    name = left.selectbox(
        "Sweep", list(sweeps), key="compare_sweep", persist_state="session",
        format_func=lambda name: f"{sweeps[name][0].config.short_title}, {len(sweeps[name])} trials · {name}",
    )  # fmt: skip
    with right:
        by = _choose_score("compare_sweep_score")
    trials = sorted(sweeps[name], key=lambda info: (getattr(info.scores, by), ranking_key(info)), reverse=True)
    varied = varied_settings(trials)
    _show_sets(trials[0], [info for info in infos if info.sweep == name and not info.split.selection])
    for number, setting in enumerate(varied):
        if number % 2 == 0:
            pair = st.columns(2, gap="medium")  # pairs, so that a phone, which stacks columns, keeps the order
        pair[number % 2].plotly_chart(
            figures.setting_effect(trials, setting, by), config=CHART, key=f"compare_effect_{setting}"
        )
    st.caption(
        f"Points are trials, the line is the mean over the other settings, and the star is the best trial. The steeper "
        f"the line, the larger the effect of the setting. {SCORE_NAMES[by]} is measured on the validation set."
    )
    st.dataframe(
        _trials_table(trials, varied), hide_index=True, column_config=table.columns(), key="compare_trials_table"
    )
    st.caption(f"{len(trials)} trials, best first. Training time: {duration(sum(info.seconds for info in trials))}.")


def _show_sets(best: RunInfo, final_runs: list[RunInfo]) -> None:
    """Explain that the scores of trials are those of a validation set, and show the test scores of the final runs."""
    scores = best.scores
    st.markdown(
        f"**Scores of trials are measured on the validation set**: {scores.segments} segments of {scores.tracks} "
        f"tracks taken out of the training set ({escaping.markdown(comparison.describe_test_set(best))}). The best of "
        "many trials is partly due to chance, so report the test score of the best configuration instead."
    )
    for final in final_runs:
        st.success(
            f"The best configuration ({escaping.markdown(final.description)}), trained on the whole training set, has "
            f"an accuracy per track of **{score(final.scores.track_accuracy)}** "
            f"(95 % CI {interval_text('track_accuracy', final.ci95['track_accuracy'])}) on the test set "
            f"({escaping.markdown(comparison.describe_test_set(final))}).",
            icon=":material/trophy:",
        )


def _trials_table(trials: list[RunInfo], varied: list[str]) -> pd.DataFrame:
    """The varied settings, scores and training time of the trials."""
    shown = table.display_table(trials, {trials[0].name}, ranked=True)
    settings = {
        setting_name(trials[0], name): [format_value(getattr(info.config, name)) for info in trials] for name in varied
    }
    scores = [column for column in shown if column.startswith(SCORES)]
    return pd.concat([shown[["rank", "best"]], pd.DataFrame(settings), shown[[*scores, "seconds"]]], axis=1)
