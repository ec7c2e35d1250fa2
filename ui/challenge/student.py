"""What a student does in a challenge: enter with a nickname, train on its dataset, submit runs."""

import streamlit as st

from genre_core import escaping, runs
from genre_core.classroom import challenges
from genre_core.classroom.challenges import MAX_NICKNAME_LENGTH, MAX_SUBMISSIONS, SPLIT, Challenge, State, Student
from genre_core.errors import GenreLabError
from genre_core.features import feature_set
from genre_core.jobs import Job
from genre_core.wording import counted, score
from ui import cached, lessons, visitors
from ui.challenge import session
from ui.state import Keys

_NICKNAME, _RUN, _JOB = "class_nickname", "class_run", "class_submission"


def show(challenge: Challenge, state: State) -> None:
    """Show the next step of the visitor."""
    entered = challenges.student_of(challenge.code, visitors.current().id)
    if state == "closed":
        st.info("Nothing can be submitted any more. The results will appear here.", icon=":material/lock:")
    elif entered is None:
        _show_entry(challenge)
    else:
        _show_steps(challenge, entered)


def _show_entry(challenge: Challenge) -> None:
    with st.form("class_entry", border=True):
        st.text_input(
            "Nickname",
            max_chars=MAX_NICKNAME_LENGTH,
            key=_NICKNAME,
            help="All who take part see it. Don't use your name.",
        )
        st.form_submit_button("Take part", icon=":material/person_add:", on_click=_enter, args=(challenge.code,))


def _enter(code: str) -> None:
    try:
        challenges.enter_challenge(code, visitors.current().id, st.session_state[_NICKNAME])
    except GenreLabError as error:
        session.refuse(str(error))


def _show_steps(challenge: Challenge, entered: Student) -> None:
    mine = [one for one in challenges.submissions(challenge.code) if one.student == entered.id]
    with st.container(border=True):
        st.markdown(f"You take part as **{escaping.markdown(entered.nickname)}**.")
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Use its dataset in Train", icon=":material/tune:", key="class_train"):
                _train(challenge)
            st.caption("Train as many runs as you like, then submit the best ones here.")
        _show_submission(challenge, [one.run for one in mine])
        if mine:
            last = mine[-1]
            st.caption(
                f"{counted(len(mine), 'submission')} of {MAX_SUBMISSIONS}. The last one has an accuracy of "
                f"{score(last.scores.track_accuracy)} (tracks) on the validation set."
            )


def _train(challenge: Challenge) -> None:
    """Open Train with the dataset of the challenge and its split."""
    st.session_state[Keys.DATASET] = cached.challenge_dataset(challenge)
    st.session_state[Keys.DATASET_JOB] = None
    lessons.leave("train")
    model = "cnn" if feature_set(challenge.features).is_picture else "mlp"
    st.switch_page("pages/train.py", query_params={"model": model, "features": challenge.features, "split": SPLIT.kind})


def _show_submission(challenge: Challenge, submitted: list[str]) -> None:
    job: Job[object] | None = st.session_state.get(_JOB)
    if job is not None:
        if not cached.ready([job], "Scoring the run on the validation set"):
            return
        st.session_state[_JOB] = None
        if job.failed:
            session.refuse(job.problem or "The run could not be scored; try again.")
        st.rerun()
    owner = visitors.current().id
    infos = {
        info.name: info
        for info in runs.list_runs()
        if challenges.unsuitable(challenge, owner, info) is None and info.name not in submitted
    }
    if not infos:
        other = "other run to submit: train another" if submitted else "run to submit yet: train one"
        st.caption(f"You have no {other} on the dataset of this challenge.")
        return
    labels = runs.run_labels(list(infos.values()))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Run", list(infos), format_func=labels.__getitem__, key=_RUN)
        if chosen not in infos:  # a browser may answer with any text
            return
        full = len(submitted) >= MAX_SUBMISSIONS
        if st.button("Submit", type="primary", icon=":material/upload:", key="class_submit", disabled=full):
            st.session_state[_JOB] = cached.submit_to_challenge(challenge.code, chosen)
            st.rerun()
