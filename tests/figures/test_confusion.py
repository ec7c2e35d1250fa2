"""Confusion matrices show the counts of the evaluation, and can be clicked."""

from typing import get_args

import numpy as np
import plotly.graph_objects as go
import pytest

from genre_core.evaluation import Evaluation
from genre_core.figures.confusion import CellValue, confusion_difference, confusion_matrix
from tests.confusion import GENRES, with_confusion

COUNTS = np.array([[5, 2, 0], [0, 3, 1], [0, 0, 4]])


@pytest.fixture
def evaluation() -> Evaluation:
    return with_confusion(COUNTS.tolist())


def texts(figure: go.Figure) -> np.ndarray:
    shown = np.empty((3, 3), dtype=object)
    for note in figure.layout.annotations:
        shown[note.y, note.x] = note.text
    return shown


def hover(figure: go.Figure, row: int, column: int) -> str:
    text: str = figure.data[-1].hovertext[3 * row + column]
    return text.replace("<br>", " ").replace("<b>", "").replace("</b>", "").replace("\u00a0", " ")


def test_cells_show_the_counts(evaluation: Evaluation) -> None:
    np.testing.assert_array_equal(texts(confusion_matrix(evaluation, "counts")).astype(int), COUNTS)


@pytest.mark.parametrize(("show", "axis"), [("row", 1), ("column", 0)])
def test_percentages_of_a_row_or_column_sum_to_100(evaluation: Evaluation, show: CellValue, axis: int) -> None:
    shares = texts(confusion_matrix(evaluation, show)).astype(float)
    assert shares.sum(axis=axis) == pytest.approx([100, 100, 100], abs=1)
    assert shares[0, 0] == pytest.approx(100 * COUNTS[0, 0] / COUNTS.sum(axis=axis)[0], abs=0.5)


def test_a_small_percentage_is_not_shown_as_0() -> None:
    labels = np.zeros(1000, dtype=np.int64)
    probabilities = np.tile([0.9, 0.1], (1000, 1))
    probabilities[0] = [0.1, 0.9]
    many = Evaluation(("blues", "jazz"), labels, labels.astype(str), np.zeros(1000), probabilities)
    notes = confusion_matrix(many, "row").layout.annotations
    assert [note.text for note in notes] == ["100", "<1", "0", "0"]


def test_every_cell_has_one_color_and_can_be_clicked(evaluation: Evaluation) -> None:
    *cells, markers = confusion_matrix(evaluation).data
    assert (np.sum([np.isfinite(np.array(cell.z, dtype=float)) for cell in cells], axis=0) == 1).all()
    assert len(markers.x) == 9
    for x, y, (true_genre, predicted_genre) in zip(markers.x, markers.y, markers.customdata, strict=True):
        assert (true_genre, predicted_genre) == (GENRES[y], GENRES[x])


def test_a_click_does_not_change_the_other_cells(evaluation: Evaluation) -> None:
    markers = confusion_matrix(evaluation).data[-1]
    assert markers.marker.opacity == markers.selected.marker.opacity == markers.unselected.marker.opacity == 0


def test_hovering_a_cell_gives_a_sentence(evaluation: Evaluation) -> None:
    assert hover(confusion_matrix(evaluation), 0, 1) == "2 of 7 true blues segments predicted as jazz (29 %)"
    assert hover(confusion_matrix(evaluation, "column"), 0, 1) == (
        "2 of 7 true blues segments predicted as jazz (29 %) 2 of 5 segments predicted as jazz are blues (40 %)"
    )


def test_names_of_genres_are_text() -> None:
    labels = np.array([0, 1])
    genres = ("R&B", "<b>jazz</b>")
    figure = confusion_matrix(Evaluation(genres, labels, labels.astype(str), np.zeros(2), np.eye(2)))
    assert list(figure.layout.xaxis.ticktext) == ["R&amp;B", "&lt;b>jazz&lt;/b>"]
    assert "R&amp;B" in figure.data[-1].hovertext[0]
    assert list(figure.data[-1].customdata[0]) == ["R&B", "R&B"]


def test_the_chosen_cell_is_outlined(evaluation: Evaluation) -> None:
    (frame,) = confusion_matrix(evaluation, chosen=("jazz", "polka")).layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (1.5, 2.5, 0.5, 1.5)
    assert not confusion_matrix(evaluation).layout.shapes


def test_true_genres_run_from_top_to_bottom(evaluation: Evaluation) -> None:
    figure = confusion_matrix(evaluation)
    top, bottom = figure.layout.yaxis.range[::-1]
    assert top < bottom
    assert figure.layout.yaxis.title.text == "True genre"
    assert figure.layout.xaxis.title.text == "Predicted genre"


def test_a_genre_without_segments_is_an_empty_row() -> None:
    one = Evaluation(GENRES, np.array([0]), np.array(["a"]), np.zeros(1), np.array([[0.8, 0.1, 0.1]]))
    for show in get_args(CellValue):
        assert texts(confusion_matrix(one, show))[1, 1] == "0"


def test_the_difference_is_the_second_minus_the_first_in_points_of_the_row() -> None:
    first = with_confusion([[8, 2, 0], [5, 5, 0], [0, 0, 4]])
    second = with_confusion([[3, 1, 0], [1, 9, 0], [2, 0, 2]])
    figure = confusion_difference(first, second)
    shown = texts(figure)
    assert shown[0, 0] == "−5" and shown[0, 1] == "+5"  # noqa: RUF001
    assert shown[1, 0] == "−40" and shown[1, 1] == "+40"  # noqa: RUF001
    assert shown[2, 0] == "+50" and shown[0, 2] == "0"
    better = np.array(figure.data[1].z)
    assert better[1, 1] > 0 and better[1, 0] > 0, "more correct predictions and fewer errors are both better"
    assert better[2, 0] < 0 and better[2, 2] < 0
    assert np.isnan(better[0, 2])
    swapped = np.array(confusion_difference(second, first).data[1].z)
    np.testing.assert_allclose(swapped, -better)


def test_the_difference_is_empty_for_a_genre_that_one_run_has_not_tested() -> None:
    figure = confusion_difference(
        with_confusion([[8, 2, 0], [5, 5, 0], [0, 0, 0]]), with_confusion([[8, 2, 0], [5, 5, 0], [0, 0, 4]])
    )
    assert texts(figure).tolist() == [["0"] * 3, ["0"] * 3, ["–"] * 3]  # noqa: RUF001
    assert "not tested" in hover(figure, 2, 2)
