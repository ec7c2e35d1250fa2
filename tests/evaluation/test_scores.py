"""Scores and intervals as text."""

from genre_core.evaluation import Interval, interval_text, score_text


def test_accuracies_are_given_in_percent_and_other_scores_as_numbers() -> None:
    assert score_text("accuracy", 0.9638).replace("\u00a0", " ") == "96.4 %"
    assert score_text("log_loss", 1.234) == "1.23"
    assert interval_text("track_accuracy", Interval(0.5, 1.0)).replace("\u00a0", " ") == "50.0 to 100.0 %"
    assert interval_text("macro_f1", Interval(0.9, 0.955)) == "0.90 to 0.95"
