"""The predictions of a run for its test set, as a Parquet file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from genre_core import old_names
from genre_core.evaluation import Evaluation

PREDICTIONS_FILE = "predictions.parquet"


def write_predictions(folder: Path, evaluation: Evaluation) -> None:
    """Write the columns `track`, `start_s`, `true_genre`, `fold` and `artist` where the evaluation has them, and
    `p_GENRE` for each genre, one row per segment.
    """
    table = evaluation.to_frame().drop(columns="predicted_genre")
    table.to_parquet(folder / PREDICTIONS_FILE, compression="zstd")


def read_predictions(folder: Path, genres: tuple[str, ...], fold_sizes: Sequence[int] = ()) -> Evaluation:
    """Read the predictions of a run.

    Parameters
    ----------
    fold_sizes : number of segments that each fold tested; empty without folds.

    Raises
    ------
    OSError, ValueError, LookupError
        If the file is missing or damaged.
    """
    frame = pd.read_parquet(folder / PREDICTIONS_FILE).rename(columns=old_names.PREDICTION_COLUMNS)
    indices = {genre: i for i, genre in enumerate(genres)}
    return Evaluation(
        genres=genres,
        labels=np.array([indices[genre] for genre in frame["true_genre"]], dtype=np.int64),
        track=frame["track"].to_numpy(dtype=object).astype(str),
        start_s=frame["start_s"].to_numpy(),
        probabilities=frame[[f"p_{genre}" for genre in genres]].to_numpy(),
        fold=_folds(frame, fold_sizes),
        artist=frame["artist"].to_numpy(dtype=object).astype(str) if "artist" in frame else None,
    )


def _folds(frame: pd.DataFrame, sizes: Sequence[int]) -> np.ndarray | None:
    """The fold of each segment; earlier versions wrote fold after fold, without a column for it."""
    if "fold" in frame:
        return frame["fold"].to_numpy(dtype=np.int64)
    return np.repeat(np.arange(1, len(sizes) + 1), sizes) if sizes and sum(sizes) == len(frame) else None
