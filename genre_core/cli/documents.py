"""Parts that the JSON documents of several commands share."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genre_core.evaluation import Evaluation, Interval
    from genre_core.runs import RunInfo


def run_document(info: RunInfo) -> dict[str, Any]:
    """A run without its predictions."""
    from genre_core.evaluation import SCORES

    return {
        "run": info.name,
        "title": info.title,
        "note": info.note,
        "created": info.created,
        "dataset": info.dataset,
        "features": info.features,
        "model": info.config.model,
        "settings": info.config.values,
        "seed": info.config.seed,
        "augmentations": list(info.augmentations),
        "split": {
            "kind": info.split.kind,
            "folds": info.split.folds,
            "selection": info.split.selection,
            **asdict(info.counts),
            "excluded": info.excluded,
            "untested_genres": list(info.untested_genres),
        },
        "parameters": info.parameters,
        "epochs": info.epochs,
        "stopped": info.stopped,
        "seconds": info.seconds,
        **{name: getattr(info.scores, name) for name in SCORES},
        "ci95": intervals_document(info.ci95),
    }


def intervals_document(ci95: dict[str, Interval]) -> dict[str, list[float]]:
    """Confidence intervals, each as its two bounds."""
    return {name: [interval.low, interval.high] for name, interval in ci95.items()}


def evaluation_document(evaluation: Evaluation | None, genres: tuple[str, ...]) -> dict[str, Any]:
    """Scores with their intervals, and the confusion matrix; null and zeros where nothing was evaluated."""
    from genre_core.evaluation import SCORES

    if evaluation is None:
        none = dict.fromkeys((*SCORES, "ci95"))
        return {**none, "genres": list(genres), "confusion": [[0] * len(genres) for _ in genres]}
    return {
        **{name: getattr(evaluation, name) for name in SCORES},
        "ci95": intervals_document(evaluation.ci95),
        "genres": list(evaluation.genres),
        "confusion": evaluation.confusion.tolist(),
    }


def further_document(evaluation: Evaluation) -> dict[str, Any]:
    """The further scores with their intervals, and the areas under the curves of each genre; null where undefined."""
    from genre_core.evaluation.further import FURTHER_SCORES, further_scores, genre_curves

    scores = further_scores(evaluation)
    intervals = intervals_document(scores.ci95)
    curves = {curve.genre: curve for curve in genre_curves(evaluation)[:-1]}
    return {
        **{name: getattr(scores, name) for name in FURTHER_SCORES},
        "ci95": {name: intervals.get(name) for name in FURTHER_SCORES if name != "average_precision"},
        "per_genre": [
            {
                "genre": genre,
                "auroc": curves[genre].auroc if genre in curves else None,
                "average_precision": curves[genre].average_precision if genre in curves else None,
            }
            for genre in evaluation.genres
        ],
    }
