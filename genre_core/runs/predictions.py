"""The predictions of a run for its test set, as a Parquet file."""

from pathlib import Path

import numpy as np
import pandas as pd

from genre_core import old_names
from genre_core.evaluation import Evaluation

PREDICTIONS_FILE = "predictions.parquet"


def write_predictions(folder: Path, evaluation: Evaluation) -> None:
    """Write the columns `track`, `start_s`, `true_genre` and `p_GENRE` for each genre, one row per segment."""
    table = evaluation.to_frame().drop(columns="predicted_genre")
    table.to_parquet(folder / PREDICTIONS_FILE, compression="zstd")


def read_predictions(folder: Path, genres: tuple[str, ...]) -> Evaluation:
    """Read the predictions of a run.

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
    )
