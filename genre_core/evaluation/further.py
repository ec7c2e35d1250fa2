"""Further scores, computed when they are asked for: top-k accuracy, Matthews correlation, and the areas under the
receiver operating characteristic (ROC) and the precision-recall curve of each genre.

A curve asks of one genre against all others: of the segments whose probability of the genre is above a limit, how many
are of the genre?  The limit runs from high to low.  Genres without test segments have no curve and are in no mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genre_core.evaluation.bootstrap import DRAWS, percentile_interval, track_draws
from genre_core.evaluation.evaluation import Evaluation
from genre_core.evaluation.scores import Interval
from genre_core.wording import interval as share_interval
from genre_core.wording import score as share_text

if TYPE_CHECKING:
    import pandas as pd

FURTHER_SCORES = ("top2_accuracy", "top3_accuracy", "mcc", "auroc", "average_precision")
"""The further scores, in the order in which they are shown."""
FURTHER_SCORE_NAMES = {
    "top2_accuracy": "Top-2 accuracy",
    "top3_accuracy": "Top-3 accuracy",
    "mcc": "Matthews correlation",
    "auroc": "AUROC",
    "average_precision": "Average precision",
}
"""Name of each further score for people."""
TOP_K = {"top2_accuracy": 2, "top3_accuracy": 3}
"""How many genres each top-k accuracy looks at."""
_GRID = np.linspace(0, 1, 201)
"""Where the curves of the genres are averaged."""


@dataclass(frozen=True)
class FurtherScores:
    """The further scores of predictions; None where a score says nothing."""

    top2_accuracy: float | None
    """Share of segments whose true genre is among the two most probable ones; None with two genres."""
    top3_accuracy: float | None
    """The same for three; None with three genres or fewer."""
    mcc: float
    """Matthews correlation coefficient of several classes, -1 to 1; 0 is chance."""
    auroc: float | None
    """Mean of the genres' areas under the ROC curve, 0 to 1; 0.5 is chance.  None with one genre to test."""
    average_precision: float | None
    """Mean of the genres' average precisions; chance is the mean share of a genre.  None like `auroc`."""
    ci95: dict[str, Interval]
    """Of each score that is not None; average precision has none, because its draws take too long."""


@dataclass(frozen=True, eq=False)
class GenreCurves:
    """The curves of one genre against all others, or their mean."""

    genre: str
    """Empty for the mean."""
    segments: int
    """Test segments of the genre, or all of the mean."""
    share: float
    """Share of the genre among the test segments: the precision of chance."""
    false_positive_rate: np.ndarray
    """shape (points,), ascending: share of the other genres' segments above the limit."""
    true_positive_rate: np.ndarray
    """shape (points,): share of the genre's segments above the limit; the ROC curve."""
    auroc: float
    recall: np.ndarray
    """shape (points of the other curve,), ascending."""
    precision: np.ndarray
    """shape (points of the other curve,): share of the genre among the segments above the limit."""
    average_precision: float


def further_scores(evaluation: Evaluation, *, areas: bool = True) -> FurtherScores:
    """The further scores with their 95 % confidence intervals, by the bootstrap over tracks.

    areas: whether to compute the areas, which takes most of the time; otherwise they are None.
    """
    tracks, track_index = np.unique(evaluation.track, return_inverse=True)
    n_tracks, n_genres = len(tracks), len(evaluation.genres)
    draws = track_draws(n_tracks)
    sizes = np.bincount(track_index, minlength=n_tracks).astype(float)
    values: dict[str, float | None] = dict.fromkeys(FURTHER_SCORES)
    drawn: dict[str, np.ndarray] = {}
    # Stable, so that the first of equally probable genres is the predicted one, as everywhere.
    order = np.argsort(-evaluation.probabilities, axis=1, kind="stable")
    for name, k in TOP_K.items():
        if n_genres > k:
            found = (order[:, :k] == evaluation.labels[:, None]).any(axis=1)
            values[name] = float(found.mean())
            drawn[name] = draws @ np.bincount(track_index, found, n_tracks) / (draws @ sizes)
    cells = np.zeros((n_tracks, n_genres, n_genres))
    np.add.at(cells, (track_index, evaluation.labels, evaluation.predicted), 1)
    mcc = matthews_correlation(evaluation.confusion[None].astype(float))
    drawn["mcc"] = matthews_correlation((draws @ cells.reshape(n_tracks, -1)).reshape(-1, n_genres, n_genres))
    of_genres = list(_areas(evaluation)) if areas else []
    if of_genres:
        values["auroc"], values["average_precision"] = np.mean(of_genres, axis=0).tolist()
        drawn["auroc"] = _drawn_auroc(evaluation, track_index, draws)
    values["mcc"] = float(mcc[0])
    return FurtherScores(**values, ci95={name: percentile_interval(of) for name, of in drawn.items()})  # type: ignore[arg-type]


def further_score_text(name: str, value: float) -> str:
    """A further score as text: a top-k accuracy as in "85.1 %", the others as in "0.69"."""
    return share_text(value) if name in TOP_K else f"{value:.2f}"


def further_interval_text(name: str, interval: Interval) -> str:
    """The confidence interval of a further score as text."""
    if name in TOP_K:
        return share_interval(interval.low, interval.high)
    return f"{interval.low:.2f} to {interval.high:.2f}"


def matthews_correlation(confusion: np.ndarray) -> np.ndarray:
    """The Matthews correlation coefficient of several classes (J. Gorodkin, Computational Biology and Chemistry 28,
    2004).

    Parameters
    ----------
    confusion : shape (matrices, genres, genres): confusion matrices.

    Returns
    -------
    shape (matrices,): from -1 to 1; 0 where all segments have or get the same genre.
    """
    true, predicted = confusion.sum(axis=2), confusion.sum(axis=1)
    n = true.sum(axis=1)
    covariance = np.einsum("nii->n", confusion) * n - (true * predicted).sum(axis=1)
    spread = (n**2 - (true**2).sum(axis=1)) * (n**2 - (predicted**2).sum(axis=1))
    quotient: np.ndarray = np.divide(covariance, np.sqrt(spread), out=np.zeros_like(n), where=spread > 0)
    return quotient


def genre_curves(evaluation: Evaluation) -> list[GenreCurves]:
    """The curves of each genre that can be tested, and last their mean; empty if there is only one genre to test.

    The mean ROC curve is the mean of the true positive rates at each false positive rate, the mean precision-recall
    curve that of the precisions at each recall.  Its areas are the means of the genres' areas.
    """
    from sklearn.metrics import precision_recall_curve, roc_curve

    curves = []
    for (index, is_genre), (auroc, average_precision) in zip(_tested(evaluation), _areas(evaluation), strict=True):
        probability = evaluation.probabilities[:, index]
        false_positive, true_positive, _ = roc_curve(is_genre, probability)
        precision, recall, _ = precision_recall_curve(is_genre, probability, drop_intermediate=True)
        curves.append(
            GenreCurves(
                genre=evaluation.genres[index],
                segments=int(is_genre.sum()),
                share=float(is_genre.mean()),
                false_positive_rate=false_positive,
                true_positive_rate=true_positive,
                auroc=auroc,
                recall=recall[::-1],
                precision=precision[::-1],
                average_precision=average_precision,
            )
        )
    return [*curves, _mean(curves)] if curves else []


def classification_report(evaluation: Evaluation) -> pd.DataFrame:
    """Precision, recall, F1 and support (number of segments) of each genre and their means, as of scikit-learn.

    Columns: genre, precision, recall, f1-score, support.  After the genres come the rows "accuracy" (which has an
    f1-score alone), "macro avg" and "weighted avg".  Genres without test segments are left out.
    """
    import pandas as pd

    table = evaluation.per_genre().rename(columns={"f1": "f1-score", "segments": "support"})
    table = table[table["support"] > 0].reset_index(drop=True)
    scores = ["precision", "recall", "f1-score"]
    support = int(table["support"].sum())
    weights = table["support"] / support
    totals = [
        {"genre": "accuracy", "f1-score": evaluation.accuracy},
        {"genre": "macro avg", **table[scores].mean()},
        {"genre": "weighted avg", **table[scores].mul(weights, axis=0).sum()},
    ]
    return pd.concat([table, pd.DataFrame(totals).assign(support=support)], ignore_index=True)


def _tested(evaluation: Evaluation) -> Iterator[tuple[int, np.ndarray]]:
    """Index and segments (bool) of each genre that some test segments have and others have not."""
    for index in range(len(evaluation.genres)):
        is_genre = evaluation.labels == index
        if is_genre.any() and not is_genre.all():
            yield index, is_genre


def _areas(evaluation: Evaluation) -> Iterator[tuple[float, float]]:
    """Area under the ROC curve and average precision of each genre that can be tested."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    for index, is_genre in _tested(evaluation):
        probability = evaluation.probabilities[:, index]
        yield float(roc_auc_score(is_genre, probability)), float(average_precision_score(is_genre, probability))


def _drawn_auroc(evaluation: Evaluation, track_index: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """The mean area under the ROC curve in each draw, shape (DRAWS,).

    The area of a genre is the share of pairs, of one of its segments and another one, that are in the right order
    (half of those with equal probabilities).  The pairs are counted once for each two tracks, and weighted in a draw by
    how often it has the two.
    """
    n_tracks = draws.shape[1]
    sums, counts = np.zeros(DRAWS), np.zeros(DRAWS)
    order = np.argsort(track_index, kind="stable")
    track_index, labels = track_index[order], evaluation.labels[order]
    for index, _ in _tested(evaluation):
        probability, is_genre = evaluation.probabilities[order, index], labels == index
        own, other = probability[is_genre], probability[~is_genre]
        right = (own[:, None] > other).astype(np.float32) + 0.5 * (own[:, None] == other).astype(np.float32)
        own_tracks, own_starts = np.unique(track_index[is_genre], return_index=True)
        other_tracks, other_starts = np.unique(track_index[~is_genre], return_index=True)
        pairs = np.add.reduceat(np.add.reduceat(right, own_starts, axis=0), other_starts, axis=1)
        own_counts, other_counts = (
            np.bincount(track_index[rows], minlength=n_tracks).astype(float) for rows in (is_genre, ~is_genre)
        )
        all_pairs = (draws @ own_counts) * (draws @ other_counts)
        right_pairs = ((draws[:, own_tracks] @ pairs) * draws[:, other_tracks]).sum(axis=1)
        has_both = all_pairs > 0
        sums += np.divide(right_pairs, all_pairs, out=np.zeros(DRAWS), where=has_both)
        counts += has_both
    return sums[counts > 0] / counts[counts > 0]


def _mean(curves: list[GenreCurves]) -> GenreCurves:
    return GenreCurves(
        genre="",
        segments=sum(curve.segments for curve in curves),
        share=float(np.mean([curve.share for curve in curves])),
        false_positive_rate=np.concatenate([[0.0], _GRID]),  # from the corner up, before the first false positive
        true_positive_rate=np.concatenate(
            [[0.0], np.mean([_highest(c.false_positive_rate, c.true_positive_rate) for c in curves], axis=0)]
        ),
        auroc=float(np.mean([curve.auroc for curve in curves])),
        recall=_GRID,
        precision=np.mean([_precision_at(curve) for curve in curves], axis=0),
        average_precision=float(np.mean([curve.average_precision for curve in curves])),
    )


def _highest(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A rising curve on the grid; where it is vertical, its upper end."""
    last = np.append(x[1:] != x[:-1], True)
    return np.interp(_GRID, x[last], y[last])


def _precision_at(curve: GenreCurves) -> np.ndarray:
    """The precision at the lowest limit that has at least each recall of the grid."""
    place = np.searchsorted(curve.recall, _GRID - 1e-12)
    found: np.ndarray = curve.precision[np.minimum(place, len(curve.precision) - 1)]
    return found
