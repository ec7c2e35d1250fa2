"""The figures of a cross-validation show the scores and the genres of its folds."""

import numpy as np
import pytest

from genre_core import runs
from genre_core.figures import folds as figures
from genre_core.runs import RunInfo
from genre_core.runs.folds import FoldFacts, folds_of


@pytest.fixture(scope="module")
def default() -> tuple[RunInfo, tuple[FoldFacts, ...]]:
    run = runs.load_run(runs.DEFAULT_RUN)
    return run.info, folds_of(run.info, run.evaluation())


def test_each_fold_has_its_accuracies_and_intervals_below_those_of_all(
    default: tuple[RunInfo, tuple[FoldFacts, ...]],
) -> None:
    info, folds = default
    figure = figures.fold_scores(info, folds)
    assert [trace.name for trace in figure.data] == ["Accuracy (segments)", "Accuracy (tracks)"]
    for trace, name in zip(figure.data, ("accuracy", "track_accuracy"), strict=True):
        assert list(trace.x) == [getattr(scores, name) for scores in (info.scores, *(fold.scores for fold in folds))]
        highs = np.array(trace.x) + trace.error_x.array
        assert highs == pytest.approx([info.ci95[name].high, *(fold.ci95[name].high for fold in folds)])
        assert [data[0] for data in trace.customdata] == ["All folds", *(f"Fold {fold.number}" for fold in folds)]
    labels = figure.layout.yaxis.ticktext
    assert labels[0] == f"<b>All folds<br>{info.scores.tracks} tracks</b>"
    assert labels[1] == f"Fold 1<br>{folds[0].scores.tracks} tracks"


def test_the_table_of_genres_has_every_count(default: tuple[RunInfo, tuple[FoldFacts, ...]]) -> None:
    info, folds = default
    figure = figures.fold_genres(folds, info.genres)
    numbers = {(note.y, note.x): int(note.text) for note in figure.layout.annotations}
    assert numbers == {
        (row, column): fold.genre_tracks[genre]
        for row, genre in enumerate(info.genres)
        for column, fold in enumerate(folds)
    }
    empty, filled = (np.isfinite(np.array(trace.z, dtype=float)) for trace in figure.data)
    assert {cell for cell, n in numbers.items() if n == 0} == set(
        zip(*map(np.ndarray.tolist, np.nonzero(empty)), strict=True)
    )
    assert (empty != filled).all()
