"""A clip with its buttons to answer, and what is shown after that.

On a phone the buttons are two in a row at the bottom of the window, where a thumb reaches them.
"""

import html
from collections.abc import Callable

import streamlit as st

from genre_core import escaping
from genre_core.classroom import ClipSource, Quiz, QuizClip
from genre_core.figures.theme import genre_colors
from genre_core.wording import percent
from ui.quiz import common

_SHORTCUTS = "1234567890"
"""Keys that answer, in the order of the genres."""
_MANY_GENRES = 10
_STYLE = """
/* Touch screens have no keyboard, so that the hints on shortcuts would only take space. */
@media (hover: none) { .stButton kbd { display: none; } }
@media (max-width: 640px) {
    .stMainBlockContainer h1, .st-key-quiz_details, .st-key-quiz_take_over, .st-key-glossary { display: none; }
    .stMainBlockContainer { padding-bottom: 1rem !important; }
    .stMainBlockContainer > [data-testid=stVerticalBlock] { min-height: calc(100dvh - 5.5rem); gap: 0.6rem; }
    [data-testid=stLayoutWrapper]:has(> .st-key-quiz_answers),
    [data-testid=stLayoutWrapper]:has(> .st-key-quiz_go_on) { margin-top: auto; }
    .st-key-quiz_answers { display: grid; grid-template-columns: repeat(COLUMNS, 1fr); gap: 0.5rem; }
    .st-key-quiz_answers > *, .st-key-quiz_answers .stButton { width: 100%; min-width: 0; }
    .st-key-quiz_answers button { min-height: 3.5rem; width: 100%; }
    .st-key-quiz_go_on button { min-height: 3.5rem; }
}
"""


def use_style(quiz: Quiz) -> None:
    """Lay the page out for a phone in one hand."""
    columns = "2" if len(quiz.genres) <= _MANY_GENRES else "3"
    st.html(f"<style>{_STYLE.replace('COLUMNS', columns)}</style>")


def show_genres(quiz: Quiz, answer: Callable[[int], None]) -> None:
    """Show a button for each genre, which calls `answer` with the index of the genre."""
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
                on_click=answer,
                args=(genre,),
            )


def go_on(label: str, on_click: Callable[..., None], *args: object) -> None:
    """The button to what comes next."""
    with st.container(key="quiz_go_on"):
        st.button(
            label,
            type="primary",
            icon=":material/arrow_forward:",
            shortcut="Enter",
            on_click=on_click,
            args=args,
            width="stretch",
        )


def show_truth(quiz: Quiz, clip: QuizClip) -> None:
    """Show the true genre."""
    true_genre = quiz.genres[clip.true_genre]
    color = genre_colors(quiz.genres)[true_genre]
    st.html(
        f'<div style="font-size:clamp(1.6rem,5vw,2.6rem);line-height:1.2;font-weight:700;'
        f'border-left:0.2em solid {color};padding-left:0.3em">True genre: {html.escape(true_genre)}</div>'
    )


def show_feedback(quiz: Quiz, clip: QuizClip, answer: int | None, source: ClipSource) -> None:
    """Show the true genre, the answer and the prediction."""
    show_truth(quiz, clip)
    own = "no answer" if answer is None else answer_text(quiz, clip, answer)
    st.markdown(f"You: {own}  \nModel: {model_text(quiz, clip)}")
    common.show_origin(clip, source)


def answer_text(quiz: Quiz, clip: QuizClip, answer: int) -> str:
    """A genre, and whether it is the true one, as Markdown."""
    return f"**{escaping.markdown(quiz.genres[answer])}** {'✓' if answer == clip.true_genre else '✗'}"


def model_text(quiz: Quiz, clip: QuizClip) -> str:
    """The prediction of the run with its probability, as Markdown."""
    probability = percent(float(clip.probabilities[clip.predicted_genre]))
    return f"{answer_text(quiz, clip, clip.predicted_genre)} (probability {probability})"
