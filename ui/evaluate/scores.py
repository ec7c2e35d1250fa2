"""The scores of a run with their confidence intervals, the split, and what it means for them."""

import streamlit as st

from genre_core import escaping
from genre_core.datasets.splits import split_notes
from genre_core.evaluation import SCORE_NAMES, SCORES, interval_text, score_text
from genre_core.evaluation.further import FURTHER_SCORE_NAMES, further_interval_text, further_score_text
from genre_core.runs import RunInfo, dataset_name
from genre_core.wording import score
from ui import cached, shell, text

_HELP = {
    "accuracy": "Share of test segments that are predicted correctly.",
    "track_accuracy": "Share of test tracks that are predicted correctly, by the mean of the probabilities of their "
    "segments.",
    "macro_f1": "Mean F1 of the genres, all weighted equally. F1 is the harmonic mean of precision and recall.",
    "log_loss": "Mean cross-entropy per segment, in nats: lower is better, and confident errors cost most.",
}

_FURTHER_HELP = (
    "Top-2 and top-3 accuracy count the segments whose true genre is among the two or three most probable ones. The "
    "Matthews correlation sums up the whole confusion matrix: 1 if all predictions are correct, 0 by guessing."
)


def show(info: RunInfo) -> None:
    """Show the scores, always with their split."""
    with st.container(horizontal=True):
        for key in SCORES:
            st.metric(
                SCORE_NAMES[key],
                score_text(key, getattr(info.scores, key)),
                _interval(info, key),
                delta_color="off",
                delta_arrow="off",
                border=True,
                width="content",
                help=_HELP[key],
            )
    st.markdown(f"Measured {text.evaluated_on(info)}.")
    _show_further(info)
    parameters = f", {info.parameters:,} parameters" if info.config.is_network else ""
    st.caption(
        f"Below each score is its 95 % confidence interval, by a bootstrap over the {info.scores.tracks} test tracks. "
        f"Model: {info.description}{parameters}. Feature set: {escaping.markdown(info.features)}. Dataset: "
        f"{escaping.markdown(dataset_name(info))}."
    )
    for note in split_notes(info.split, info.excluded, info.untested_genres):
        shell.show_problem(note, kind="info", icon=":material/filter_alt:")
    if warning := text.leakage_warning(info):
        st.warning(warning, icon=":material/warning:")
    if validation := info.validation_scores:
        st.caption(
            f"Before the final fit, the model trained on the training set alone had an accuracy of "
            f"{score(validation.accuracy)} (segments) and {score(validation.track_accuracy)} (tracks) on the "
            f"validation set ({validation.segments} segments of {validation.tracks} tracks). The validation set "
            "decided when to stop training, so this is not a test result."
        )


def _show_further(info: RunInfo) -> None:
    """Show top-k accuracy and Matthews correlation, in a sentence; the areas under curves have a view."""
    scores = cached.further_scores(info.name)
    shown = [
        f"{FURTHER_SCORE_NAMES[name]} **{further_score_text(name, getattr(scores, name))}** "
        f"(95 % CI {further_interval_text(name, interval)})"
        for name, interval in scores.ci95.items()
    ]
    st.markdown(f"Of the same segments: {', '.join(shown)}.", help=_FURTHER_HELP)


def _interval(info: RunInfo, key: str) -> str:
    """The confidence interval; in words if all tracks have the same result."""
    interval = info.ci95[key]
    if interval.low == interval.high:
        return f"same for all {info.scores.tracks} tracks"
    return interval_text(key, interval)
