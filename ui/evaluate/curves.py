"""The view "ROC and precision-recall": the curves of each genre against all others, and their areas."""

import pandas as pd
import streamlit as st

from genre_core.evaluation.further import further_interval_text
from genre_core.figures import curves as figures
from genre_core.runs import RunInfo
from genre_core.runs.curves import RunCurves
from ui import cached, shell
from ui.text import CHART

_ROC, _PRECISION_RECALL = "ROC curve", "Precision-recall curve"
_MEANINGS = {
    _ROC: "Each line asks for one genre: of **its segments**, how many are found (up), and how many of **the others** "
    "are predicted as it (right), as the limit of the probability falls. The closer a line comes to the corner at the "
    "top left, the better.",
    _PRECISION_RECALL: "Each line asks for one genre: when so many of **its segments** are found (recall, right), how "
    "many of **those that were picked** are right (precision, up). The closer a line comes to the corner at the top "
    "right, the better.",
}


@st.fragment
@shell.messages()
def show(info: RunInfo) -> None:
    """Show the view."""
    curves = cached.curves(info.name)
    if curves.mean is None:
        st.info("The test set has only one genre, so there is nothing to tell apart.", icon=":material/info:")
        return
    kind = st.segmented_control(
        "Curve", list(_MEANINGS), default=_ROC, required=True, wrap=True, key="evaluate_curve", persist_state="session"
    )
    st.markdown(_MEANINGS[kind])
    left, right = st.columns([3, 2], gap="medium")
    draw = figures.roc if kind == _ROC else figures.precision_recall
    left.plotly_chart(
        cached.figure(draw, curves),
        config=CHART,
        key="evaluate_curves",
        alt=f"{kind} of each genre and their mean. The areas are in the table beside it.",
    )
    with right:
        _show_areas(curves)
    untested = len(info.genres) - len(curves.genres)
    if untested:
        st.caption(f"{untested} of {len(info.genres)} genres have no test segments, and no curve.")


def _show_areas(curves: RunCurves) -> None:
    """Show the areas under both curves, the mean first."""
    shown = ([curves.mean] if curves.mean else []) + sorted(curves.genres, key=lambda curve: -curve.auroc)
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.DataFrame(
            {
                "genre": [curve.genre or "Mean" for curve in shown],
                "auroc": [curve.auroc for curve in shown],
                "average_precision": [curve.average_precision for curve in shown],
                "segments": [curve.segments for curve in shown],
            }
        ),
        hide_index=True,
        height=38 + 35 * len(shown),
        column_config={
            "genre": "Genre",
            "auroc": number("AUROC", format="%.2f", width=75, help="Area under the ROC curve; 0.5 by guessing"),
            "average_precision": number(
                "Average precision",
                format="%.2f",
                width=130,
                help="Area under the precision-recall curve; by guessing it is the genre's share of the segments",
            ),
            "segments": number("Segments", width=80),
        },
    )
    if interval := curves.scores.ci95.get("auroc"):
        st.caption(
            f"Mean AUROC: 95 % confidence interval {further_interval_text('auroc', interval)}, by a bootstrap over "
            "tracks. All genres weigh the same in the means."
        )
