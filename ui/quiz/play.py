"""The view of a player: at their own pace, or with the class screen."""

from functools import partial

import streamlit as st

from genre_core import escaping
from genre_core.classroom import Answer, Quiz, QuizResult, QuizRoom, Round
from genre_core.errors import ConfigError
from ui import state
from ui.quiz import answering, common, results, session
from ui.state import Keys

_OWN, _ALL = "Your answers", "All answers"
_POLL_S, _POLL_CLASS_S = 2.0, 1.0


def show(room: QuizRoom, quiz: Quiz) -> None:
    """Show the clip that the player is at, or the results after the last one."""
    if room.is_led:
        _follow(room, quiz)
        return
    answers = _by_clip(room.answers(state.visitor()))
    position = st.session_state[Keys.QUIZ_POSITION] = min(st.session_state[Keys.QUIZ_POSITION], len(answers))
    n_clips = len(quiz.clips)
    if position == n_clips:
        _show_results(room, quiz)
        return
    common.show_heading(room, quiz)
    answering.use_style(quiz)
    st.progress((position + (position in answers)) / n_clips, f"Clip {position + 1} of {n_clips}")
    clip = quiz.clips[position]
    st.audio(clip.wav, autoplay=position > 0, alt=f"Clip {position + 1}")
    if position in answers:
        answering.show_feedback(quiz, clip, answers[position], room.config.source)
        answering.go_on("Next clip" if position + 1 < n_clips else "Show results", _go_on)
    else:
        answering.show_genres(quiz, partial(_answer, room, position))


def _follow(room: QuizRoom, quiz: Quiz) -> None:
    """Show the clip that the class is at."""
    if room.next is not None:
        session.enter(room.next)
        st.rerun()
    room.join(state.visitor())
    now = room.round
    if now.phase == "finished":
        _show_results(room, quiz)
        return
    common.show_heading(room, quiz)
    answering.use_style(quiz)
    if now.phase == "lobby":
        st.info("You have joined. The quiz starts on the class screen.", icon=":material/hourglass_top:")
    else:
        _show_round(room, quiz, now)
    common.watch(lambda: _place(room), _POLL_CLASS_S)


def _show_round(room: QuizRoom, quiz: Quiz, now: Round) -> None:
    clip, n_clips = quiz.clips[now.clip], len(quiz.clips)
    answer = _by_clip(room.answers(state.visitor())).get(now.clip)
    st.progress((now.clip + (now.phase == "closed")) / n_clips, f"Clip {now.clip + 1} of {n_clips}")
    st.audio(clip.wav, alt=f"Clip {now.clip + 1}")
    if now.phase == "closed":
        answering.show_feedback(quiz, clip, answer, room.config.source)
    elif answer is None:
        answering.show_genres(quiz, partial(_answer, room, now.clip))
    else:
        st.info(
            f"Your answer: **{escaping.markdown(quiz.genres[answer])}**. The true genre is shown when the time is up.",
            icon=":material/hourglass_top:",
        )


def _place(room: QuizRoom) -> tuple[object, ...]:
    """What a player who follows the class screen must be told of."""
    now = room.round
    return now.phase, now.clip, room.next


def _by_clip(answers: tuple[Answer, ...]) -> dict[int, int]:
    """The genre that one player answered to each clip."""
    return {answer.clip: answer.genre for answer in answers}


def _answer(room: QuizRoom, clip: int, genre: int) -> None:
    try:
        room.answer(state.visitor(), clip, genre)
    except ConfigError as error:
        session.leave(str(error))


def _go_on() -> None:
    st.session_state[Keys.QUIZ_POSITION] += 1


def _show_results(room: QuizRoom, quiz: Quiz) -> None:
    common.show_heading(room, quiz)
    everyone, own = room.answers(), room.answers(state.visitor())
    choice = _OWN if own else _ALL
    if own and len(everyone) > len(own):
        choice = st.segmented_control(
            "Answers", [_OWN, _ALL], default=_OWN, required=True, key="quiz_whose", label_visibility="collapsed"
        )
    if not everyone:
        st.info("Nobody answered a clip.", icon=":material/info:")
    elif choice == _OWN:
        results.show(room, QuizResult(quiz, own), "you")
    else:
        results.show(room, QuizResult(quiz, everyone), "the class")
    common.watch(lambda: (len(room.answers()), _place(room)), _POLL_S)
