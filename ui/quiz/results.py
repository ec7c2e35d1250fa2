"""The results of a quiz: both accuracies with intervals, the significance of the difference, confusion matrices and the
clips."""

import numpy as np
import pandas as pd
import streamlit as st

from genre_core import escaping
from genre_core.classroom import QuizResult, QuizRoom, accuracy_interval
from genre_core.figures import quiz as figures
from genre_core.wording import interval, percent
from ui import cached, text
from ui.quiz import common, session

_MODEL = "Model"


def show(room: QuizRoom, result: QuizResult, players: str) -> None:
    """Show the results.

    Parameters
    ----------
    players : whose answers these are, in lower case: "you" or "the class".
    """
    info, title = cached.run(room.config.run).info, players.capitalize()
    with st.container(horizontal=True, gap="medium"):
        _show_score(title, result.player_correct)
        _show_score(_MODEL, result.run_correct)
        st.metric(
            "Agreement",
            percent(result.agreement),
            help="Share of answers that equal the predicted genre, whether correct or not.",
            width="content",
        )
    st.markdown(
        f"**{result.comparison(players)}** {result.p_value_in_words} "
        f"Random guessing has an accuracy of {percent(1 / len(info.genres))}."
    )
    st.plotly_chart(
        figures.scores(result, title),
        config=text.CHART,
        key="quiz_scores",
        alt=f"Share of correct clips with 95 % confidence interval: {title} and the model; the numbers are above.",
    )
    with st.container(horizontal=True):
        st.button(
            "Play again with other clips",
            type="primary",
            icon=":material/refresh:",
            on_click=session.start_again,
            args=(room,),
        )
        st.button("Change settings", icon=":material/tune:", on_click=session.leave)
    common.show_run(info, room.config.source)
    sides = zip(st.columns(2, gap="medium"), (title, _MODEL), figures.confusions(result), strict=True)
    for column, heading, figure in sides:
        with column:
            st.subheader(heading)
            st.plotly_chart(figure, config=text.CHART, key=f"quiz_matrix_{heading}", alt=f"Confusion matrix: {heading}")
    unit = "the number of clips" if result.n_players == 1 else "percent of the true genre"
    st.caption(f"Confusion matrices: correct cells are blue, errors are orange. Each cell shows {unit}.")
    _show_clips(room, result, title)
    st.download_button(
        "Download answers (CSV)",
        escaping.csv(result.answer_table()),
        f"quiz-{room.config.number}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _show_score(title: str, correct: np.ndarray) -> None:
    """Show the number of correct clips and the confidence interval of the accuracy."""
    accuracy = accuracy_interval(correct)
    st.metric(
        title,
        f"{correct.sum():.3g} of {len(correct)} correct",
        f"95 % CI {interval(accuracy.low, accuracy.high)}",
        delta_color="off",
        delta_arrow="off",
        help="Correct clips; with several players, the mean over the answers to each clip. The exact binomial 95 % "
        "confidence interval (CI) of the accuracy is wide because there are few clips.",
        width="content",
    )


def _show_clips(room: QuizRoom, result: QuizResult, title: str) -> None:
    """Show a row per clip; the selected clip is played."""
    table = result.clip_table()
    correct = "Your answers correct" if title == "You" else "Players' answers correct"
    chosen = st.dataframe(
        pd.DataFrame(
            {
                "Clip": table["clip"],
                "True genre": table["true_genre"],
                title: table["answer"],
                _MODEL: table["predicted_genre"],
                correct: 100 * table["correct"],
                "Model's probability": 100 * table["probability"],
                "Track": [common.title_of(result.quiz.clips[clip], room.config.source) for clip in result.clips],
            }
        ),
        hide_index=True,
        column_config={
            title: st.column_config.TextColumn(help="The most frequent answer"),
            _MODEL: st.column_config.TextColumn(help="The predicted genre"),
            correct: st.column_config.NumberColumn(format="%.0f %%", width="small", help="Share of correct answers"),
            "Model's probability": st.column_config.NumberColumn(
                format="%.0f %%", width="small", help="Probability of the predicted genre"
            ),
        },
        height=38 + 35 * len(table),
        key="quiz_clips_table",
        on_select="rerun",
        selection_mode="single-row",
    )
    if rows := chosen.selection.rows:
        clip = result.clips[rows[0]]
        st.audio(result.quiz.clips[clip].wav, autoplay=True, alt=f"Clip {clip + 1}")
        common.show_origin(result.quiz.clips[clip], room.config.source)
    else:
        st.caption("Select a row to play its clip again.")
