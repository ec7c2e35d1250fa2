"""Runs: trainings with their configuration, history, scores, predictions and model, each stored in a folder.

- `load_run` opens a `Run`, which predicts; `list_runs` lists the facts of all runs (`RunInfo`), and `list_damaged_runs`
  those whose facts can't be read (`DamagedRun`).
- `exchange` exports a run as one file and imports it.
- `save_run`, `annotate_run`, `share_run` and `delete_run` change what is stored; `formats` describes the files.
- `run_label` names a run for people; `comparison` says which runs can be ranked, and what the split changes; `folds`
  says what each fold of a cross-validation tested.
"""

from genre_core.runs.formats import FORMAT, run_files
from genre_core.runs.info import MAX_TEXT_LENGTH, AugmentedScores, RunInfo, SplitCounts
from genre_core.runs.labels import dataset_name, feature_set_name, run_label, run_labels, run_title
from genre_core.runs.loading import (
    DEFAULT_RUN,
    PAPER_RUN,
    DamagedRun,
    is_bundled,
    list_damaged_runs,
    list_runs,
    load_run,
    no_such_run,
    run_folder,
    run_info,
)
from genre_core.runs.run import Run
from genre_core.runs.saving import annotate_run, delete_run, new_run_name, save_run, share_run

__all__ = [
    "DEFAULT_RUN",
    "FORMAT",
    "MAX_TEXT_LENGTH",
    "PAPER_RUN",
    "AugmentedScores",
    "DamagedRun",
    "Run",
    "RunInfo",
    "SplitCounts",
    "annotate_run",
    "dataset_name",
    "delete_run",
    "feature_set_name",
    "is_bundled",
    "list_damaged_runs",
    "list_runs",
    "load_run",
    "new_run_name",
    "no_such_run",
    "run_files",
    "run_folder",
    "run_info",
    "run_label",
    "run_labels",
    "run_title",
    "save_run",
    "share_run",
]
