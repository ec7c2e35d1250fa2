"""The curves of a run's predictions, in a worker process of the dashboard."""

from dataclasses import dataclass

from genre_core.evaluation.further import FurtherScores, GenreCurves, further_scores, genre_curves
from genre_core.runs.loading import load_run


@dataclass(frozen=True, eq=False)
class RunCurves:
    """The ROC and precision-recall curves of a run."""

    scores: FurtherScores
    genres: tuple[GenreCurves, ...]
    """Without genres that the test set does not have; empty if it has only one."""
    mean: GenreCurves | None
    """None without genres."""


def run_curves(run: tuple[str, float]) -> RunCurves:
    """The curves of a run.

    run: its name, and when it was written: another run may get the same name later.
    """
    evaluation = load_run(run[0]).evaluation()
    curves = genre_curves(evaluation)
    return RunCurves(further_scores(evaluation), tuple(curves[:-1]), curves[-1] if curves else None)
