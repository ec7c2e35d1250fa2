"""The class screen, for a projector: it leads the class from clip to clip, and shows the answers after each."""

import html
from urllib.parse import urlsplit

import streamlit as st

from genre_core.classroom import ROUND_SECONDS, Quiz, QuizResult, QuizRoom, Round
from genre_core.figures import quiz as figures
from ui import cached, qr, text, visitors
from ui.quiz import answering, common, results

_LOCAL = ("localhost", "127.0.0.1", "::1")
_POLL_S = 1.0
_DEFAULT_ROUND_S = 20
_SECONDS = "quiz_round_seconds"


def show(room: QuizRoom, quiz: Quiz) -> None:
    """Show the class screen."""
    common.show_heading(room, quiz)
    now = room.round
    if now.phase == "lobby":
        _show_lobby(room)
    elif now.phase == "finished":
        _show_results(room, quiz)
    else:
        _show_clip(room, quiz, now)


def _show_lobby(room: QuizRoom) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        _show_how_to_join(room.config.number)
        with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
            st.metric("Players", room.n_players, width="content")
            st.segmented_control(
                "Time to answer",
                ROUND_SECONDS,
                default=_DEFAULT_ROUND_S,
                format_func="{} s".format,
                required=True,
                key=_SECONDS,
                persist_state="session",
            )
        st.button(
            "Start the quiz",
            type="primary",
            icon=":material/play_arrow:",
            shortcut="Enter",
            on_click=_open_clip,
            args=(room, 0),
            disabled=not room.n_players,
            help="The clips play on this screen. Players answer on their own devices.",
        )
    with right:
        qr.show(visitors.public_url(f"quiz?quiz={room.config.number}"), "Players can also scan this code")
    if urlsplit(st.context.url or "").hostname in _LOCAL:
        st.caption(
            "Other devices cannot open this address. To let them join, start the dashboard with "
            "`genre-lab app --address 0.0.0.0` and open it here by this computer's network address."
        )
    common.watch(lambda: room.n_players, _POLL_S)


def _open_clip(room: QuizRoom, clip: int) -> None:
    room.open_clip(clip, float(st.session_state.get(_SECONDS) or _DEFAULT_ROUND_S))


def _show_clip(room: QuizRoom, quiz: Quiz, now: Round) -> None:
    n_clips = len(quiz.clips)
    if now.phase == "open":
        st.fragment(_show_timer, run_every=_POLL_S)(room, n_clips)
    else:
        st.progress((now.clip + 1) / n_clips, f"Clip {now.clip + 1} of {n_clips}")
    st.audio(quiz.clips[now.clip].wav, autoplay=True, alt=f"Clip {now.clip + 1}")
    if now.phase == "open":
        st.button("Show the answers", icon=":material/bar_chart:", shortcut="Enter", on_click=room.close_clip)
        st.caption(f"Join at {_place_to_join()} with quiz number **{room.config.number}**.")
        return
    _show_answers(room, quiz, now.clip)
    if now.clip + 1 < n_clips:
        answering.go_on("Next clip", _open_clip, room, now.clip + 1)
    else:
        answering.go_on("Show results", room.finish)


def _show_timer(room: QuizRoom, n_clips: int) -> None:
    """Show the time that is left and the number of answers, until the round is over."""
    now = room.round
    if now.phase != "open":
        st.rerun()
    n_answers = sum(answer.clip == now.clip for answer in room.answers())
    st.progress(now.clip / n_clips, f"Clip {now.clip + 1} of {n_clips}")
    st.html('<div style="font-size:clamp(1.6rem,5vw,2.6rem);font-weight:700">Which genre is it?</div>')
    with st.container(horizontal=True, gap="large"):
        st.metric("Time left", f"{now.seconds_left:.0f} s", width="content")
        st.metric("Answers", f"{n_answers} of {room.n_players}", width="content")


def _show_answers(room: QuizRoom, quiz: Quiz, clip: int) -> None:
    """Show the true genre, the prediction and how often each genre was answered."""
    shown = quiz.clips[clip]
    genres = [answer.genre for answer in room.answers() if answer.clip == clip]
    counts = [genres.count(genre) for genre in range(len(quiz.genres))]
    left, right = st.columns([2, 3], gap="medium")
    with left:
        answering.show_truth(quiz, shown)
        correct = counts[shown.true_genre]
        st.markdown(f"Class: **{correct} of {len(genres)} correct**  \nModel: {answering.model_text(quiz, shown)}")
        common.show_origin(shown, room.config.source)
    with right:
        st.markdown("**Answers of the class**")
        st.plotly_chart(
            cached.figure(figures.answers, quiz, clip, counts),
            config=text.CHART,
            key="quiz_answers_figure",
            alt="Number of answers for each genre; the true genre and the prediction are named at the left.",
        )


def _show_results(room: QuizRoom, quiz: Quiz) -> None:
    answers = room.answers()
    if answers:
        results.show(room, QuizResult(quiz, answers), "the class")
    else:
        st.info("Nobody answered a clip.", icon=":material/info:")


def _place_to_join() -> str:
    here = urlsplit(visitors.public_url("quiz"))
    return f"{here.netloc}{here.path}"


def _show_how_to_join(number: int) -> None:
    st.html(
        '<div style="font-size:clamp(1.1rem,3vw,1.8rem)">Open <b>'
        f"{html.escape(_place_to_join())}</b> and enter quiz number</div>"
        f'<div style="font-size:clamp(3.5rem,14vw,9rem);line-height:1.05;font-weight:700">{number}</div>'
    )
