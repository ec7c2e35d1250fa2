"""predict.json: the facts of a run that predict.py needs beside its model and its scaling."""

from dataclasses import dataclass

from genre_core.features.extractors import EXTRACTORS, NETWORK_FILES
from genre_core.models.linear import LINEAR_FILE
from genre_core.runs.run import Run

FACTS_FILE = "predict.json"


@dataclass(frozen=True)
class Facts:
    """The content of predict.json."""

    run: str
    """Name of the run."""
    genres: tuple[str, ...]
    features: str
    """Name of the feature set."""
    shape: tuple[int, ...]
    """Shape of the features of one segment."""
    columns: tuple[str, ...]
    """Names of the numbers; empty for pictures."""
    rate: int
    """Sample rate of clips in Hz."""
    segment_samples: int
    takes_audio: bool
    """Whether predict.py can compute the features of audio."""
    model: str
    """File of the model."""
    needs: dict[str, str]
    """The packages beside NumPy, soundfile and soxr that predict.py needs, by the names of their modules."""
    inverse_temperature: float
    """Calibrates tracks of the test set; see `models.calibration.calibrate_mean`."""
    segments_per_track: float
    """Mean number of segments of those tracks."""


_LITERT = {"ai_edge_litert": "ai-edge-litert"}
_SCIKIT_LEARN = {"sklearn": "scikit-learn", "skops": "skops"}


def facts_of(run: Run) -> Facts:
    """The facts of a run."""
    info, features = run.info, run.feature_set
    inverse_temperature, segments_per_track = run.track_calibration
    return Facts(
        run=info.name,
        genres=info.genres,
        features=info.features,
        shape=features.shape,
        columns=features.columns,
        rate=features.rate,
        segment_samples=info.segment_samples,
        takes_audio=info.features in EXTRACTORS,
        model=run.model_file.name,
        needs=_needed(run),
        inverse_temperature=float(inverse_temperature),
        segments_per_track=float(segments_per_track),
    )


def _needed(run: Run) -> dict[str, str]:
    if run.info.config.is_network:
        return _LITERT
    needed = _LITERT if run.info.features in NETWORK_FILES else {}
    return needed if (run.folder / LINEAR_FILE).is_file() else needed | _SCIKIT_LEARN
