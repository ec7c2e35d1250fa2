"""The scores of a run with their intervals, the split under which they were measured, and what is to be said of it."""

from dataclasses import asdict

import pandas as pd
import streamlit as st

from genre_core.datasets.splits import Split
from genre_core.evaluation import SCORES
from genre_core.figures.formatting import score
from genre_core.runs import RunInfo
from ui import text
from ui.text import PERCENT

_LABELS = {
    "accuracy": "Segments right",
    "track_accuracy": "Tracks right",
    "macro_f1": "Macro F1",
    "log_loss": "Log loss",
}
_HELP = {
    "accuracy": "Share of the tested segments whose most probable genre is the true one.",
    "track_accuracy": "Share of the tested tracks that are right when the answers to their segments are averaged.",
    "macro_f1": "Mean of the genres' F1, each counting the same.",
    "log_loss": "Mean of minus the logarithm of what it gave the true genre: small is good, sure mistakes cost most.",
}


def show(info: RunInfo) -> None:
    """The scores with their intervals, never without their split."""
    with st.container(horizontal=True):
        for name in SCORES:
            value = getattr(info.scores, name)
            st.metric(
                _LABELS[name],
                _as_said(name, value),
                _interval(info, name),
                delta_color="off",
                delta_arrow="off",
                border=True,
                width="content",
                help=_HELP[name],
            )
    st.markdown(f"Measured {text.where(info)}.")
    st.caption(
        f"Below each score its 95 % interval, by bootstrap over the {info.scores.tracks} tested tracks: where it would "
        f"lie with other tracks of the kind. Trained on {info.data}: {info.description}{_size(info)}."
    )
    for note in Split(info.split, (), info.left_out, info.untested_genres).notes:
        st.info(note, icon=":material/filter_alt:")
    if warning := text.memory_warning(info):
        st.warning(warning, icon=":material/warning:")
    _show_parts(info)


def _as_said(name: str, value: float) -> str:
    """A score as people read it."""
    return score(value) if name in ("accuracy", "track_accuracy") else f"{value:.2f}"


def _interval(info: RunInfo, name: str) -> str:
    """As in: 93.8 to 96.2; where all is right the bootstrap knows of no other tracks."""
    interval = info.ci95[name]
    if interval.low == interval.high:
        return f"all {info.scores.tracks} tracks alike"
    low, high = _as_said(name, interval.low), _as_said(name, interval.high)
    return f"{low.removesuffix(chr(0xA0) + '%')} to {high.removesuffix(chr(0xA0) + '%')}"


def _show_parts(info: RunInfo) -> None:
    """The scores of the folds, and those of the validation part, each with what they are."""
    if info.folds:
        with st.expander(f"Fold by fold ({info.split.description})", icon=":material/splitscreen:"):
            table = pd.DataFrame([{"fold": i} | asdict(fold) for i, fold in enumerate(info.folds, 1)])
            table[["accuracy", "track_accuracy"]] *= 100
            st.dataframe(
                table,
                hide_index=True,
                column_config=_LABELS
                | {
                    name: st.column_config.NumberColumn(_LABELS[name], format=PERCENT)
                    for name in ("accuracy", "track_accuracy")
                }
                | {
                    name: st.column_config.NumberColumn(_LABELS[name], format="%.2f")
                    for name in ("macro_f1", "log_loss")
                },
            )
            st.caption(
                "Each fold was tested by a model that had not learned from it. The scores above are of all folds "
                "together; the model that is kept learned from all of them, and is tested by none."
            )
    if chosen := info.selection:
        st.caption(
            f"On the validation part ({chosen.segments} segments, {chosen.tracks} tracks; {info.split.description}) "
            f"the model that learned from the training part alone names {score(chosen.accuracy)} of the segments and "
            f"{score(chosen.track_accuracy)} of the tracks right. That part chose when to stop, so this is no test."
        )


def _size(info: RunInfo) -> str:
    return f", {info.parameters:,} parameters" if info.config.is_network else ""
