"""The figures of Evaluate say what the evaluation says."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from genre_core import runs
from genre_core.datasets.splits import SplitConfig
from genre_core.evaluation import Evaluation
from genre_core.features import mel
from genre_core.figures import evaluate as figures
from genre_core.figures.formatting import clock, percent

GENRES = ("blues", "jazz", "polka")
COUNTS = np.array([[5, 2, 0], [0, 3, 1], [0, 0, 4]])


@pytest.fixture
def evaluation() -> Evaluation:
    cells = [divmod(i, 3) for i in range(9) for _ in range(COUNTS.flat[i])]
    labels, predicted = np.array(cells).T
    return Evaluation(
        genres=GENRES,
        labels=labels,
        track=np.array([f"{GENRES[label]}/{i // 2}" for i, label in enumerate(labels)]),
        start_s=np.arange(len(labels)) * 3.0,
        probabilities=np.full((len(labels), 3), 0.1) + 0.7 * np.eye(3)[predicted],
    )


def texts(figure) -> np.ndarray:
    shown = np.empty((3, 3), dtype=object)
    for note in figure.layout.annotations:
        shown[note.y, note.x] = note.text
    return shown


def test_cells_show_the_counts(evaluation):
    np.testing.assert_array_equal(texts(figures.confusion(evaluation, "counts")).astype(int), COUNTS)


@pytest.mark.parametrize(("show", "axis"), [("row", 1), ("column", 0)])
def test_shares_of_a_row_or_column_sum_to_one_hundred(evaluation, show, axis):
    shares = texts(figures.confusion(evaluation, show)).astype(float)
    assert shares.sum(axis=axis) == pytest.approx([100, 100, 100], abs=1)
    assert shares[0, 0] == pytest.approx(100 * COUNTS[0, 0] / COUNTS.sum(axis=axis)[0], abs=0.5)


def test_a_share_that_rounds_to_nothing_is_not_called_nothing():
    labels = np.zeros(1000, dtype=np.int64)
    probabilities = np.tile([0.9, 0.1], (1000, 1))
    probabilities[0] = [0.1, 0.9]
    many = Evaluation(("blues", "jazz"), labels, labels.astype(str), np.zeros(1000), probabilities)
    notes = figures.confusion(many, "row").layout.annotations
    assert [note.text for note in notes] == ["100", "<1", "0", "0"]


def test_every_cell_is_colored_once_and_can_be_clicked(evaluation):
    figure = figures.confusion(evaluation)
    *cells, markers = figure.data
    assert (np.sum([np.isfinite(np.array(cell.z, dtype=float)) for cell in cells], axis=0) == 1).all()
    assert len(markers.x) == 9
    for x, y, (genre, heard) in zip(markers.x, markers.y, markers.customdata, strict=True):
        assert (genre, heard) == (GENRES[y], GENRES[x])


def test_a_click_changes_the_look_of_nothing_else(evaluation):
    markers = figures.confusion(evaluation).data[-1]
    assert markers.marker.opacity == markers.selected.marker.opacity == markers.unselected.marker.opacity == 0


def test_the_pointer_reads_a_cell_in_words(evaluation):
    markers = figures.confusion(evaluation).data[-1]
    said = markers.hovertext[1].replace("<br>", " ").replace("\u00a0", " ")
    assert said == (
        "<b>2 of 7</b> blues segments (29 %) were heard as <b>jazz</b>. 40 % of all that was heard as jazz."
    )


def test_the_chosen_cell_is_framed(evaluation):
    (frame,) = figures.confusion(evaluation, chosen=("jazz", "polka")).layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (1.5, 2.5, 0.5, 1.5)
    assert not figures.confusion(evaluation).layout.shapes


def test_true_genres_run_from_top_to_bottom(evaluation):
    figure = figures.confusion(evaluation)
    top, bottom = figure.layout.yaxis.range[::-1]
    assert top < bottom
    assert figure.layout.yaxis.title.text == "true genre"
    assert figure.layout.xaxis.title.text == "heard as"


def test_a_genre_without_segments_breaks_nothing():
    one = Evaluation(GENRES, np.array([0]), np.array(["a"]), np.zeros(1), np.array([[0.8, 0.1, 0.1]]))
    for show in get_args(figures.Show):
        assert texts(figures.confusion(one, show))[1, 1] == "0"
    assert list(figures.genre_scores(one).data[0].y) == ["blues"]


def test_scores_of_genres_are_those_of_the_evaluation(evaluation):
    f1, precision, recall = figures.genre_scores(evaluation).data
    scores = evaluation.per_genre().set_index("genre")
    assert list(f1.x) == sorted(scores["f1"])
    for trace, column in ((f1, "f1"), (precision, "precision"), (recall, "recall")):
        assert dict(zip(trace.y, trace.x, strict=True)) == pytest.approx(scores[column].to_dict())


def test_the_true_genre_of_a_segment_is_marked():
    bars = figures.segment_probabilities([0.2, 0.7, 0.1], GENRES, "blues").data[0]
    assert list(bars.y) == ["polka", "<b>blues (true)</b>", "jazz"]
    assert list(bars.x) == [0.1, 0.2, 0.7]


def test_a_cell_lists_its_segments_the_surest_first(evaluation):
    evaluation.probabilities[5:7] = [[0.3, 0.6, 0.1], [0.05, 0.9, 0.05]]
    rows = evaluation.cell("blues", "jazz")
    assert list(rows["p_jazz"]) == [0.9, 0.6]
    assert set(rows["genre"]) == {"blues"}
    assert evaluation.cell("blues", "polka").empty


def test_scores_of_splits_stand_with_their_intervals():
    infos = [runs.load_run(name).info for name in ("paper-random", "paper-track")]
    figure = figures.split_scores(infos, "paper-track")
    for trace, name in zip(figure.data, ("accuracy", "track_accuracy"), strict=True):
        assert list(trace.x) == [getattr(info.scores, name) for info in infos]
        ends = np.array(trace.x) + trace.error_x.array, np.array(trace.x) - trace.error_x.arrayminus
        assert ends[0] == pytest.approx([info.ci95[name].high for info in infos])
        assert ends[1] == pytest.approx([info.ci95[name].low for info in infos])
        assert [said[0] for said in trace.customdata] == ["random split by segment", "split by track"]
    assert list(figure.layout.yaxis.ticktext) == ["random", "<b>by track</b>"]
    top, bottom = figure.layout.yaxis.range[::-1]
    assert top < 0 < 1 < bottom


def test_folds_and_untested_genres_are_named():
    info = runs.load_run("paper-track").info
    folds = replace(info, split=SplitConfig("artist", folds=5), untested_genres=("blues", "rock"))
    assert list(figures.split_scores([folds], "").layout.yaxis.ticktext) == [
        "by artist<br>5 folds<br>8 of 10<br>genres"
    ]


def test_calibration_shows_what_was_said_and_what_was_right():
    labels = np.zeros(20, dtype=np.int64)
    sure = np.repeat([0.75, 0.95], 10)
    heard = np.stack([sure, 1 - sure], axis=1)
    heard[:6] = heard[:6, ::-1]
    known = Evaluation(("blues", "jazz"), labels, labels.astype(str), np.zeros(20), heard)
    ideal, right, said = figures.calibration(known.calibration).data
    assert list(ideal.x) == list(ideal.y)
    assert list(right.x) == pytest.approx([0.75, 0.95])
    assert list(right.y) == pytest.approx([0.4, 1.0])
    assert list(right.text) == ["10", "10"]
    assert list(said.x) == list(said.y) == pytest.approx([0.75, 0.95])


def test_votes_of_a_track_run_over_its_time():
    labels = np.zeros(3, dtype=np.int64)
    heard = np.array([[0.7, 0.25, 0.05], [0.3, 0.65, 0.05], [0.97, 0.02, 0.01]])
    track = Evaluation(GENRES, labels, np.full(3, "blues/a"), np.array([0.0, 3.0, 9.0]), heard)
    figure = figures.track_votes(track.frame(), GENRES, 3.0, chosen=3.0)
    *parts, votes = figure.data
    assert [part.name for part in parts] == ["blues", "jazz", "others"]
    assert np.sum([part.y for part in parts], axis=0) == pytest.approx([1, 1, 1])
    assert all(list(part.x) == [1.5, 4.5, 10.5] for part in parts)
    assert list(votes.text) == ["✓", "✗", "✓"]
    assert votes.marker.color[0] == parts[0].marker.color == votes.marker.color[2]
    assert all(list(trace.customdata) == [0.0, 3.0, 9.0] for trace in figure.data)
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1) == (3.0, 6.0)
    assert not figures.track_votes(track.frame(), GENRES, 3.0).layout.shapes


def test_a_picture_has_its_tone_where_the_axis_says():
    samples = np.sin(2 * np.pi * 1000 * np.arange(66_149) / mel.RATE).astype(np.float32)
    figure = figures.segment_picture(mel.picture(samples), 6.0, 3.0)
    (heat,) = figure.data
    z = np.array(heat.z)
    assert z.max() == 0
    assert z.min() == -80
    (tick,) = [
        place
        for place, name in zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True)
        if name == "1 kHz"
    ]
    assert (z[:, 32].argmax() - tick) == pytest.approx(0, abs=0.6)
    assert 6 < heat.x[0] < heat.x[-1] < 9


def test_silence_is_a_dark_picture():
    heat = figures.segment_picture(np.zeros(mel.SHAPE, dtype=np.uint8), 0.0, 3.0).data[0]
    assert (np.array(heat.z) == -80).all()


def test_no_color_of_a_picture_is_one_that_streamlit_replaces():
    heat = figures.segment_picture(np.zeros(mel.SHAPE, dtype=np.uint8), 0.0, 3.0).data[0]
    assert not any(color.startswith("#") for _, color in heat.colorscale)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (0.001, "under 1 %"), (0.364, "36 %"), (0.9999, "over 99 %"), (1, "100 %")],
)
def test_a_share_never_claims_a_certainty_that_it_has_not(share, words):
    assert percent(share).replace("\u00a0", " ") == words


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (8.99985, "0:09"), (61, "1:01"), (3725, "1:02:05")])
def test_clock(seconds, words):
    assert clock(seconds) == words
