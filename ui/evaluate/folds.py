"""The section "Cross-validation": the scores of the folds, their spread, and what each fold tested."""

from dataclasses import asdict

import pandas as pd
import streamlit as st

from genre_core import escaping
from genre_core.evaluation import ACCURACIES, SCORE_NAMES, SCORES
from genre_core.figures import folds as figures
from genre_core.runs import RunInfo
from genre_core.runs.folds import FoldFacts, describe_final_model, describe_fold, describe_spread
from ui import cached
from ui.text import CHART, PERCENT

_DIVIDED = {
    "random": "The segments are divided at random into **{k} folds**; those of one track can be in several folds.",
    "track": "The tracks are divided into **{k} folds**; all segments of a track are in the same fold.",
    "artist": "The tracks are divided into **{k} folds**; all tracks of an artist are in the same fold.",
}
_UNTRAINED = {"random": "it", "track": "it", "artist": "its artist"}
_MANY_ARTISTS = 40
"""With more artists than this, the description of a fold scrolls."""


@st.fragment
def show(info: RunInfo) -> None:
    """Show the section for a cross-validated run."""
    k, kind = len(info.folds), info.split.kind
    st.subheader("Cross-validation", help="See Cross-validation and Fold in the glossary.")
    counts = info.counts
    tested = f"{counts.test_segments} segments" if kind == "random" else f"{counts.test_tracks} tracks"
    st.markdown(
        f"{_DIVIDED[kind].format(k=k)} Each fold is tested by a model that is trained on the other folds. So each of "
        f"the {tested} is tested once, by a model that was not trained on {_UNTRAINED[kind]}. The scores above are of "
        "all folds together."
    )
    folds = cached.folds(info.name)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if folds:
            st.plotly_chart(
                cached.figure(figures.fold_scores, info, folds),
                config=CHART,
                key="evaluate_folds",
                alt="Accuracy per segment and per track of each fold, with 95 % confidence intervals.",
            )
        else:
            _show_table(info)
    with right:
        st.markdown("**How much the folds differ**")
        for name in ACCURACIES:
            st.markdown(describe_spread(info.folds, name))
        st.caption(
            "Each fold tests other music, and few tracks: its 95 % confidence interval, the bar, is wide. How much the "
            "folds differ shows how much a score depends on the music that is tested."
        )
        st.markdown("**The model that predicts**")
        st.markdown(describe_final_model(info))
    if folds:
        with st.expander("All scores of the folds", icon=":material/table:"):
            _show_table(info)
        _show_tested(info, folds)


def _show_table(info: RunInfo) -> None:
    """Show all scores of the folds."""
    table = pd.DataFrame([{"fold": i} | asdict(fold) for i, fold in enumerate(info.folds, 1)])
    table[list(ACCURACIES)] *= 100
    formats = {key: PERCENT if key in ACCURACIES else "%.2f" for key in SCORES}
    st.dataframe(
        table,
        hide_index=True,
        column_config={"fold": "Fold", "segments": "Segments", "tracks": "Tracks"}
        | {key: st.column_config.NumberColumn(SCORE_NAMES[key], format=form) for key, form in formats.items()},
    )


def _show_tested(info: RunInfo, folds: tuple[FoldFacts, ...]) -> None:
    """Show which genres each fold tests, and the description of the chosen fold."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown("**Test tracks of each genre in each fold**")
        st.plotly_chart(
            cached.figure(figures.fold_genres, folds, info.genres),
            config=CHART,
            key="evaluate_fold_genres",
            alt="Number of test tracks of each genre in each fold.",
        )
    with right:
        numbers = [fold.number for fold in folds]
        number = st.pills("Fold", numbers, default=1, required=True, wrap=True, key=f"evaluate_fold_{info.name}")
        fold = folds[number - 1]
        with st.container(height=400 if len(fold.held_out_artists) > _MANY_ARTISTS else "content", border=False):
            for sentence in describe_fold(fold):
                st.markdown(escaping.markdown(sentence))
