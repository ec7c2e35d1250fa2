"""Predictions of many songs: every audio file below a folder is predicted once and becomes a row of a table.

    files below a folder ── journal ──> new or changed files ── pool ──> entries ── journal ──> table

`predict_folder` does it all and returns a BatchResult. Only the songs being predicted are in memory. Each prediction is
written to the journal at once, so a second call resumes where the first one ended, however it ended.

Modules: folder (the whole way), files (finding the songs), config (settings that all rows of a table share), entry (the
prediction of one file, in a worker), pool and cluster (worker processes, Dask), journal, table.
"""

from genre_core.prediction.batch.config import BatchConfig
from genre_core.prediction.batch.files import SongFile, find_songs
from genre_core.prediction.batch.folder import BatchResult, predict_folder

__all__ = ["BatchConfig", "BatchResult", "SongFile", "find_songs", "predict_folder"]
