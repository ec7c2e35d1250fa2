"""The view of a player: one clip after the other, then the results."""

import html

import streamlit as st

from genre_core import escaping
from genre_core.classroom import Quiz, QuizClip, QuizResult, QuizRoom
from genre_core.errors import ConfigError
from genre_core.figures.theme import genre_colors
from genre_core.wording import clock, percent
from ui import state
from ui.quiz import common, results, session
from ui.state import Keys

_OWN, _ALL = "Your answers", "All answers"
_SHORTCUTS = "1234567890"
"""Keys that answer, in the order of the genres."""


def show(room: QuizRoom, quiz: Quiz) -> None:
    """Show the clip at the player's position, or the results after the last one."""
    answers = {answer.clip: answer.genre for answer in room.answers(state.visitor())}
    position = st.session_state[Keys.QUIZ_POSITION] = min(st.session_state[Keys.QUIZ_POSITION], len(answers))
    n_clips = len(quiz.clips)
    if position == n_clips:
        _show_results(room, quiz)
        return
    common.show_heading(room, quiz)
    # Touch screens have no keyboard, so that the hints on shortcuts would only take space.
    st.html("<style>@media (hover: none) { .stButton kbd { display: none; } }</style>")
    st.progress((position + (position in answers)) / n_clips, f"Clip {position + 1} of {n_clips}")
    clip = quiz.clips[position]
    st.audio(clip.wav, autoplay=position > 0, alt=f"Clip {position + 1}")
    if position in answers:
        _show_feedback(quiz, clip, answers[position])
        st.button(
            "Next clip" if position + 1 < n_clips else "Show results",
            type="primary",
            icon=":material/arrow_forward:",
            shortcut="Enter",
            on_click=_go_on,
        )
    else:
        _show_genres(room, quiz, position)


def _show_genres(room: QuizRoom, quiz: Quiz, clip: int) -> None:
    """Show a button for each genre."""
    st.markdown("**Which genre is it?**")
    rules = [
        f".st-key-quiz_answer_{genre} button {{ border-left: 0.5rem solid {color}; min-width: 8.5rem; }}"
        for genre, color in enumerate(genre_colors(quiz.genres).values())
    ]
    st.html(f"<style>{' '.join(rules)}</style>")
    with st.container(horizontal=True, key="quiz_answers"):
        for genre, name in enumerate(quiz.genres):
            st.button(
                escaping.markdown(name),
                key=f"quiz_answer_{genre}",
                shortcut=_SHORTCUTS[genre] if genre < len(_SHORTCUTS) else None,
                on_click=_answer,
                args=(room, clip, genre),
            )


def _answer(room: QuizRoom, clip: int, genre: int) -> None:
    try:
        room.answer(state.visitor(), clip, genre)
    except ConfigError as error:
        session.leave(str(error))


def _go_on() -> None:
    st.session_state[Keys.QUIZ_POSITION] += 1


def _show_feedback(quiz: Quiz, clip: QuizClip, answer: int) -> None:
    """Show the true genre, the answer and the prediction."""
    true_genre, predicted_genre = quiz.genres[clip.true_genre], quiz.genres[clip.predicted_genre]
    color = genre_colors(quiz.genres)[true_genre]
    st.html(
        f'<div style="font-size:clamp(1.6rem,5vw,2.6rem);line-height:1.2;font-weight:700;'
        f'border-left:0.2em solid {color};padding-left:0.3em">True genre: {html.escape(true_genre)}</div>'
    )
    probability = percent(float(clip.probabilities[clip.predicted_genre]))
    st.markdown(
        f"You: **{escaping.markdown(quiz.genres[answer])}** {_mark(answer == clip.true_genre)}  \n"
        f"Model: **{escaping.markdown(predicted_genre)}** {_mark(clip.predicted_genre == clip.true_genre)} "
        f"(probability {probability})"
    )
    st.caption(f"{escaping.markdown(clip.track)}, from {clock(clip.start_s)}")


def _mark(correct: bool) -> str:
    return "✓" if correct else "✗"


def _show_results(room: QuizRoom, quiz: Quiz) -> None:
    common.show_heading(room, quiz)
    everyone, own = room.answers(), room.answers(state.visitor())
    choice = _OWN
    if len(everyone) > len(own):
        choice = st.segmented_control(
            "Answers", [_OWN, _ALL], default=_OWN, required=True, key="quiz_whose", label_visibility="collapsed"
        )
    if choice == _OWN:
        results.show(room, QuizResult(quiz, own), "you")
    else:
        results.show(room, QuizResult(quiz, everyone), "the class")
    common.watch(room, len(everyone))
