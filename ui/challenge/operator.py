"""What the operator does with challenges: open, invite, close, reveal, remove a student, delete."""

from collections.abc import Callable

import streamlit as st

from genre_core import escaping
from genre_core.classroom import challenges
from genre_core.classroom.challenges import (
    CHALLENGE_SPLITS,
    MAX_SIZE,
    MAX_TITLE_LENGTH,
    MIN_SIZE,
    Challenge,
    ChallengeConfig,
    ChallengeSplit,
    DamagedChallenge,
    State,
)
from genre_core.datasets import BUNDLED, BUNDLED_FEATURES, Dataset
from genre_core.errors import GenreLabError
from ui import cached, qr, shell, text, visitors
from ui.challenge import session, sources
from ui.state import Keys

_BUNDLED, _IN_USE = "Bundled", "In use on Explore and Train"
_SIZES = tuple(percent / 100 for percent in range(round(100 * MIN_SIZE), round(100 * MAX_SIZE) + 1, 5))
_SPLITS: dict[ChallengeSplit, str] = {"track": "Track", "artist": "Artist"}


def show_all() -> None:
    """Show all challenges, and the form that opens a new one."""
    for known in challenges.list_challenges():
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            if isinstance(known, DamagedChallenge):
                shell.show_problem(f"Challenge {known.code}: {known.reason}", kind="warning")
                _show_deletion(known.code)
                continue
            st.markdown(f"**{escaping.markdown(known.config.title)}**  \n{known.code} · {known.created[:10]}")
            st.button("Show", key=f"class_show_{known.code}", on_click=session.look_at, args=(known.code,))
    with st.expander("Open a new challenge", icon=":material/emoji_events:"):
        _show_settings()


def _show_settings() -> None:
    title = st.text_input("Title", max_chars=MAX_TITLE_LENGTH, key="class_title")
    in_use: Dataset | None = st.session_state.get(Keys.DATASET)
    choices = [_BUNDLED, _IN_USE] if in_use is not None and in_use.name != BUNDLED else [_BUNDLED]
    source = st.segmented_control("Dataset", choices, default=_BUNDLED, required=True, key="class_source")
    if source == _BUNDLED:
        features = st.selectbox("Feature set", BUNDLED_FEATURES, format_func=text.features, key="class_features")
    is_secret = source == _IN_USE and in_use is not None and not sources.class_can_see(in_use)
    st.caption(sources.HIDDEN if is_secret else sources.VISIBLE)
    left, middle, right = st.columns(3)
    split = left.segmented_control(
        "Split by", CHALLENGE_SPLITS, format_func=_SPLITS.__getitem__, default="track", required=True, key="class_split"
    )
    test_size = middle.select_slider("Test set", _SIZES, 0.3, format_func=_percent, key="class_test_size")
    valid_size = right.select_slider("Validation set", _SIZES, 0.2, format_func=_percent, key="class_valid_size")
    if st.button("Open challenge", type="primary", icon=":material/play_arrow:", key="class_open"):
        with shell.messages():
            config = ChallengeConfig(title, split, test_size, valid_size)
            dataset = in_use if source == _IN_USE and in_use is not None else cached.bundled_dataset(features)
            session.look_at(challenges.open_challenge(dataset, config, is_secret=is_secret).code)
            st.rerun()


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def show_invitation(challenge: Challenge) -> None:
    """Show how students enter, for the projector."""
    with st.expander(f"Invite: code {challenge.code}", icon=":material/qr_code:"):
        qr.show(visitors.public_url(f"class?challenge={challenge.code}"), "Students open this address")


def show_controls(challenge: Challenge, state: State) -> None:
    """Show the buttons that change a challenge."""
    code = challenge.code
    st.markdown("**Operator**")
    with st.container(horizontal=True):
        if state != "revealed":
            is_open = state == "open"
            if not challenge.is_revealing:
                st.button(
                    "Close submissions" if is_open else "Open submissions again",
                    icon=":material/lock:" if is_open else ":material/lock_open:",
                    key="class_close",
                    on_click=_try,
                    args=(challenges.set_open, code, not is_open),
                )
            with st.popover("Reveal results", icon=":material/visibility:"):
                st.markdown("All submissions are closed, scored on the test set, and shown to everyone.")
                st.button(
                    "Reveal now", type="primary", key="class_reveal", on_click=_try, args=(cached.start_reveal, code)
                )
        _show_removal(code)
        _show_deletion(code)
    _show_progress(code, state)
    for reason in challenges.damaged_submissions(code):
        shell.show_problem(f"A submission can't be read: {reason}", kind="warning")


def _show_removal(code: str) -> None:
    students = {student.id: student.nickname for student in challenges.students(code)}
    if not students:
        return
    with st.popover("Remove a student", icon=":material/person_remove:"):
        chosen = st.selectbox("Student", list(students), format_func=students.__getitem__, key="class_student")
        st.caption("The student's submissions are deleted, too.")
        st.button("Remove", key="class_remove", on_click=_try, args=(challenges.remove_student, code, chosen))


def _show_deletion(code: str) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown("The challenge and all of its submissions are deleted.")
        st.button(
            "Delete challenge", key=f"class_delete_{code}", on_click=_try, args=(challenges.delete_challenge, code)
        )


def _show_progress(code: str, state: State) -> None:
    """Show the progress of the reveal, or why it failed."""
    job = cached.reveals().get(code)
    if job is None or state == "revealed":
        return
    if not job.running:
        shell.show_problem(job.problem or f"The results could not be revealed; {text.SEE_LOG}.")
        return

    def follow() -> None:
        if not job.running:
            st.rerun()
        st.progress(job.done / job.total if job.total else 0.0, cached.waiting_text(job, "Scoring on the test set"))

    st.fragment(follow, run_every=cached.POLL_S)()


def _try(change: Callable[..., None], *arguments: object) -> None:
    """Change something, and keep the message where it is refused."""
    try:
        change(*arguments)
    except GenreLabError as error:
        session.refuse(str(error))
