"""Predictions and runs as tables."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from genre_core import escaping
from genre_core.evaluation import SCORES
from genre_core.runs import Run, RunInfo, comparison, run_title


def predictions_csv(run: Run) -> str:
    """The predictions of a run for its test set as CSV, one line per segment.

    Columns: those of `Evaluation.to_frame`.
    """
    return escaping.csv(run.evaluation().to_frame())


def runs_table(infos: Sequence[RunInfo]) -> pd.DataFrame:
    """One row per run: what it is, its test set, its scores with confidence intervals, and its cost.

    Texts are as the user wrote them; use `escaping.csv` to export the table.
    """
    rows = []
    for info in infos:
        row: dict[str, Any] = {
            "run": info.name,
            "title": run_title(info),
            "model": info.config.model,
            "settings": info.description + (", stopped early" if info.stopped else ""),
            "features": info.features,
            "dataset": info.dataset,
            "split": info.split.description,
            "test_set": comparison.describe_test_set(info),
        }
        for key in SCORES:
            interval = info.ci95[key]
            row |= {key: getattr(info.scores, key), f"{key}_low": interval.low, f"{key}_high": interval.high}
        row |= {"seconds": info.seconds, "parameters": info.parameters, "created": info.created}
        rows.append(row | {"sweep": info.sweep, "note": info.note})
    return pd.DataFrame(rows)
