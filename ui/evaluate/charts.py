"""The views "Calibration", "Scores per genre" and "Learning curves"."""

import streamlit as st

from genre_core import escaping
from genre_core.evaluation import Evaluation
from genre_core.evaluation.further import classification_report
from genre_core.figures import evaluate as figures
from genre_core.figures.train import learning_curve
from genre_core.runs import RunInfo
from genre_core.wording import percent
from ui import cached, text
from ui.text import CHART, PERCENT


def show_calibration(info: RunInfo) -> None:
    """Show how well the confidence of predictions agrees with their accuracy."""
    calibration = cached.evaluation(info.name).calibration
    st.markdown(
        "Is a prediction with 80 % confidence correct in 80 % of cases? Here, confidence is the probability of a "
        "segment's predicted genre. Each bar is the accuracy of segments with similar confidence; the number at its "
        "base counts them. Where a **bar ends below its circle**, the run is overconfident."
    )
    left, right = st.columns([3, 2], gap="medium")
    left.plotly_chart(
        cached.figure(figures.calibration, calibration),
        config=CHART,
        key="evaluate_calibration",
        alt="Reliability diagram: accuracy against confidence.",
    )
    with right:
        largest = int(calibration.counts.argmax())
        confidence, accuracy = percent(calibration.confidence[largest]), percent(calibration.accuracy[largest])
        st.markdown(
            f"The largest group, {calibration.counts[largest]} of {info.scores.segments} segments, has a mean "
            f"confidence of {confidence}. **{accuracy} of them are predicted correctly.**"
        )
        st.markdown(
            f"Expected calibration error: **{calibration.error:.3f}**, the mean absolute difference between "
            "confidence and accuracy over the groups, weighted by their segments. With perfect calibration it is 0."
        )


def show_genre_scores(info: RunInfo) -> None:
    """Show precision, recall and F1 of each genre."""
    evaluation = cached.evaluation(info.name)
    st.markdown(
        "**Precision**: of the segments predicted as a genre, the share that is correct. **Recall**: of the segments "
        "of a genre, the share that is found. **F1**, the bar: the harmonic mean of the two."
    )
    left, right = st.columns([3, 2], gap="medium")
    left.plotly_chart(cached.figure(figures.genre_scores, evaluation), config=CHART, key="evaluate_genres")
    shares = {"precision": "Precision", "recall": "Recall"}
    table = evaluation.per_genre().sort_values("f1", ascending=False, kind="stable")
    table[list(shares)] *= 100
    right.dataframe(
        table,
        hide_index=True,
        column_config={"genre": "Genre", "segments": "Segments"}
        | {"f1": st.column_config.NumberColumn("F1", format="%.2f", width="small")}
        | {key: st.column_config.NumberColumn(name, format=PERCENT, width="small") for key, name in shares.items()},
        height=38 + 35 * len(table),
    )
    _show_report(info, evaluation)


def _show_report(info: RunInfo, evaluation: Evaluation) -> None:
    """Show the classification report, and its download."""
    with st.expander("Classification report", icon=":material/table:", key="evaluate_report"):
        st.caption(
            f"As scikit-learn prints it; support is the number of segments. Measured {text.measured_on(info)}. Genres "
            "without test segments are left out."
        )
        report = classification_report(evaluation)
        number = st.column_config.NumberColumn
        st.dataframe(
            report,
            hide_index=True,
            height=38 + 35 * len(report),
            column_config={"genre": ""}
            | {name: number(name, format="%.2f") for name in ("precision", "recall", "f1-score")},
        )
        st.download_button(
            "Classification report (CSV)",
            lambda: escaping.csv(report),
            f"{escaping.file_name(info.name)}-report.csv",
            "text/csv",
            key="evaluate_report_csv",
            icon=":material/download:",
            on_click="ignore",
        )


def show_learning_curves(info: RunInfo) -> None:
    """Show accuracy and loss over the epochs."""
    history = cached.run(info.name).history()
    if not history:
        st.caption(f"{info.config.title} is not trained in epochs, so it has no learning curves.")
        return
    st.plotly_chart(learning_curve(history, "accuracy"), config=CHART, key="evaluate_accuracy_curve")
    st.plotly_chart(learning_curve(history, "loss"), config=CHART, key="evaluate_loss_curve")
    st.caption(
        "A training curve that keeps improving while the test curve does not is a sign of overfitting. The training "
        "curve is measured with dropout and augmentation, so it may be worse than the test curve."
    )
