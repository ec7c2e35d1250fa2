"""The live leaderboard: it refreshes itself."""

import streamlit as st

from genre_core import escaping
from genre_core.classroom import challenges
from genre_core.classroom.challenges import Board, BoardRow, Challenge, State
from genre_core.figures import challenge as figures
from genre_core.wording import counted, interval
from ui import cached, shell, text

_POLL_S = 3.0


def show_board(challenge: Challenge, state: State) -> None:
    """Show the board, and run the page again when the challenge is closed, opened or revealed."""

    @shell.messages()
    def refresh() -> None:
        if challenges.challenge_state(challenges.find_challenge(challenge.code)) != state:
            st.rerun()
        _show(cached.challenge_board(challenge.code), challenge)

    st.fragment(refresh, run_every=_POLL_S)()


def _show(board: Board, challenge: Challenge) -> None:
    st.markdown("**Leaderboard**")
    if board.rows:
        st.dataframe(
            [_cells(row) for row in board.rows],
            hide_index=True,
            column_config={
                "Accuracy (tracks)": st.column_config.NumberColumn(format=text.PERCENT),
                "Difference from the leader": st.column_config.TextColumn(width="large", help="In percentage points."),
            },
        )
        st.plotly_chart(cached.figure(figures.board, board), key="class_board", config=text.CHART)
        st.caption(
            f"Accuracy per track of the best submission of each student, on **the validation set** "
            f"({counted(challenge.valid_tracks, 'track')}), with the 95 % confidence interval (CI). A difference from "
            "the leader is chance if its 95 % CI holds 0: all are compared on the same tracks."
        )
    if board.without:
        names = escaping.markdown(", ".join(board.without))
        st.caption(f"Without a submission: {names}.")
    elif not board.rows:
        st.caption("Nobody has entered yet.")


def _cells(row: BoardRow) -> dict[str, str | float]:
    return {
        "Rank": row.rank,
        "Student": row.nickname,
        "Accuracy (tracks)": 100 * row.accuracy,
        "95 % CI": interval(row.ci95.low, row.ci95.high),
        "Submissions": row.submissions,
        "Difference from the leader": _difference(row),
    }


def _difference(row: BoardRow) -> str:
    if row.is_leader:
        return "Leader"
    low, high = row.difference_ci95.low, row.difference_ci95.high
    kind = "chance" if row.is_chance else "more than chance"
    return f"{100 * row.difference:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f}): {kind}"
