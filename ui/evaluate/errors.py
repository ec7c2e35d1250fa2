"""The view "Confident errors": all errors, most confident first."""

import pandas as pd
import streamlit as st

from genre_core.runs import RunInfo
from genre_core.wording import clock
from ui import cached, shell
from ui.evaluate import segment
from ui.evaluate.tables import PERCENT_COLUMN, select_row


@st.fragment
@shell.messages()
def show(info: RunInfo) -> None:
    """Show the view."""
    errors = cached.evaluation(info.name).errors()
    if errors.empty:
        st.success("All segments were predicted correctly.", icon=":material/check:")
        return
    st.markdown(
        f"**{len(errors)} of {info.scores.segments}** segments are predicted incorrectly; the most confident errors "
        "come first. They are worth listening to: the label may be wrong, or the track untypical of its genre. "
        "Choose a row to listen from there on."
    )
    left, right = st.columns([1, 1], gap="medium")
    with left:
        table = pd.DataFrame(
            {
                "Track": errors["track"],
                "Start": errors["start_s"].map(clock),
                "Predicted genre": errors["predicted_genre"],
                "Probability": 100 * errors["probability"],
                "True genre": errors["true_genre"],
            }
        )
        row = select_row(table, f"evaluate_errors_{info.name}", Probability=PERCENT_COLUMN)
    with right:
        segment.show(info, errors, "evaluate_errors_segments", chosen=row)
