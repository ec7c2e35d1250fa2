"""The results of a challenge, once they are revealed: for all at once."""

import streamlit as st

from genre_core import escaping
from genre_core.classroom.challenges import Challenge, Outcome, OutcomeRow
from genre_core.figures import challenge as figures
from genre_core.wording import interval
from ui import cached, text


def show(challenge: Challenge) -> None:
    """Show the accuracies on both sets, and what they teach."""
    outcome = cached.challenge_outcome(challenge.code)
    if outcome is None:
        return
    st.markdown("**Results on the test set**")
    for sentence in outcome.lessons():
        st.markdown(escaping.markdown(sentence))
    if outcome.rows:
        _show_rows(outcome)
        st.download_button(
            "Download the results",
            lambda: escaping.csv(outcome.to_frame()),
            f"challenge-{challenge.code}.csv",
            "text/csv",
            icon=":material/download:",
            key="class_download",
        )
    else:
        st.info("Nobody has submitted a run.", icon=":material/info:")
    for nickname, problem in outcome.refused.items():
        st.warning(escaping.markdown(f"{nickname} has no rank. {problem}"), icon=":material/block:")


def _show_rows(outcome: Outcome) -> None:
    st.plotly_chart(cached.figure(figures.outcome, outcome), key="class_outcome", config=text.CHART)
    st.dataframe(
        [_cells(row) for row in outcome.rows],
        hide_index=True,
        column_config={
            "Test accuracy": st.column_config.NumberColumn(format=text.PERCENT),
            "Validation accuracy": st.column_config.NumberColumn(format=text.PERCENT),
            "Drop": st.column_config.TextColumn(help="From the validation set to the test set, in percentage points."),
        },
    )
    st.caption(
        "Accuracy per track of each student's best submission, with 95 % confidence intervals (CI): on **the "
        "validation set**, by which it was chosen, and on **the test set**, which was not shown before."
    )


def _cells(row: OutcomeRow) -> dict[str, str | float]:
    drop, bounds = 100 * row.drop, row.drop_ci95
    return {
        "Rank": row.rank,
        "Student": row.nickname,
        "Test accuracy": 100 * row.accuracy,
        "95 % CI": interval(row.ci95.low, row.ci95.high),
        "Validation accuracy": 100 * row.valid_accuracy,
        "Rank on validation set": row.valid_rank,
        "Drop": f"{drop:+.1f} points ({100 * bounds.low:+.1f} to {100 * bounds.high:+.1f})",
        "Submissions": row.submissions,
        "Model": row.description,
    }
