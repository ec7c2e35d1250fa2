"""Texts that several pages share: feature sets, names of stems, and on what a run was evaluated."""

from genre_core.audio.separation import MIX, Stem
from genre_core.features import feature_set
from genre_core.runs import RunInfo
from genre_core.runs.comparison import runs_by_split
from genre_core.wording import percent
from ui import cached

_DOWNLOADS = {
    "displaylogo": False,
    "displayNotifier": False,
    "toImageButtonOptions": {"format": "png", "width": 1000, "scale": 2},
}
CHART = _DOWNLOADS | {"modeBarButtons": [["toImage"]]}
"""Plotly configuration of a figure whose bar downloads its picture: see ui/figure_downloads.py."""
CHART_WITH_TOOLS = _DOWNLOADS | {"modeBarButtonsToRemove": ["autoScale2d", "zoomIn2d", "zoomOut2d"]}
"""Of a figure whose bar has Plotly's tools too, to zoom and to select points."""
SEE_LOG = "the log of Genre Lab has the details"
"""End of a message about an internal error."""
PREDICTION_FAILED = f"An error in Genre Lab stopped the prediction; {SEE_LOG}."
PERCENT = "%.1f %%"
"""Number format of a table column in percent."""

STEMS: dict[Stem, str] = {
    "mix": "Mix",
    "vocals": "Vocals",
    "accompaniment": "Accompaniment",
    "harmonic": "Harmonic",
    "percussive": "Percussive",
}
"""Name of each stem."""


def features(name: str) -> str:
    """A feature set with its description, as in "paper: 58 hand-crafted features per segment, as in the paper"."""
    known = feature_set(name)
    stem = "" if known.stem == MIX else f", of the {known.stem} only"
    return f"{name}: {known.description}{stem}"


def evaluated_on(info: RunInfo) -> str:
    """The test set of a run's scores, as in "on **the test set of a track split** (698 training and …)" or
    "in **5-fold cross-validation by artist** (1267 test segments of …)".
    """
    return f"{measured_on(info)} ({_split_sizes(info)})"


def measured_on(info: RunInfo) -> str:
    """The test set of a run's scores, without its size."""
    if info.folds:
        return f"in **{info.split.description}**"
    return f"on **{info.split.test_set}**"


def accuracy_summary(info: RunInfo) -> str:
    """The accuracies of a run and its test set, as a sentence."""
    return (
        f"Accuracy: {percent(info.scores.accuracy)} of segments and {percent(info.scores.track_accuracy)} of tracks, "
        f"{evaluated_on(info)}."
    )


def leakage_warning(info: RunInfo) -> str | None:
    """A warning if the scores of a run suffer from data leakage, else None.

    If there is a run that differs only in its track split, the warning states its accuracy.
    """
    if not info.counts.shared_tracks:
        return None
    warning = (
        "Data leakage: the test set contains segments of tracks that are also in the training set. These scores are "
        "too optimistic for new songs."
    )
    clean = runs_by_split(info, cached.visible_runs()).get("track")
    if clean is None:
        return warning
    return (
        f"{warning} With a track split, the same model has an accuracy of {percent(clean.scores.accuracy)} per segment "
        f"instead of {percent(info.scores.accuracy)}."
    )


def _split_sizes(info: RunInfo) -> str:
    counts, split = info.counts, info.split
    tested = "validation" if split.selection else "test"
    if split.folds:
        sizes = f"{counts.test_segments} test segments of {counts.test_tracks} tracks"
    else:
        sizes = f"{counts.train_segments} training and {counts.test_segments} {tested} segments"
    if counts.shared_tracks:
        tracks = counts.train_tracks + counts.test_tracks - counts.shared_tracks
        overlap = f"{counts.shared_tracks} of {tracks} tracks in both sets"
    elif split.folds:
        overlap = f"no {'artist' if split.kind == 'artist' else 'track'} is in both sets of a fold"
    else:
        overlap = f"{counts.train_tracks} training and {counts.test_tracks} {tested} tracks, none in both sets"
    return f"{sizes}; {overlap}"
