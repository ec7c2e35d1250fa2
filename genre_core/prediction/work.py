"""What a worker process does with songs for the dashboard: functions of a module, whose results hold no audio.

Runs are named, with the time when they were written, and stay loaded in the process.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from genre_core.audio import SEGMENT_RATE, Clip, analysis, load_audio, separation
from genre_core.audio.analysis import envelope
from genre_core.audio.separation import Stem
from genre_core.errors import GenreLabError
from genre_core.features.compilation import compile_all
from genre_core.prediction import explanation
from genre_core.prediction.decision_tree import DecisionTree, read_tree
from genre_core.prediction.explanation import Explanation, PictureExplanation
from genre_core.prediction.result import SongPrediction
from genre_core.prediction.song import predict_file, predict_song
from genre_core.progress import Progress, no_progress
from genre_core.runs import Run, load_run

_WARM_UP_S = 6
RunKey = tuple[str, float]
"""The name of a run, and when it was written: another run may get the same name later."""
StemPredictions = dict[Stem, SongPrediction | str]
"""The prediction of each stem, or the message why there is none."""


@dataclass(frozen=True, eq=False)
class SongResult:
    """The prediction of a song, with what figures and explanations need: not its audio."""

    prediction: SongPrediction
    envelope: np.ndarray
    """shape (n,): see `audio.analysis.envelope`."""
    values: np.ndarray
    """shape (segments, *shape): the features of each segment."""
    n_effective: float
    """See `prediction.PredictedSong`."""

    @property
    def n_bytes(self) -> int:
        """What its arrays take in memory, nearly all of it."""
        return self.envelope.nbytes + self.values.nbytes


def warm_up(run: RunKey) -> None:
    """Load all that a prediction needs into the process, by predicting noise."""
    predict_song(_noise(), _loaded(run))


def warm_up_stems() -> None:
    """Load all that the pictures and stems of a song need into the process; compile what is not compiled."""
    compile_all()
    separation.separate(_noise())
    analysis.beats(_noise())


def _noise() -> Clip:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, _WARM_UP_S * SEGMENT_RATE).astype(np.float32)
    return Clip(noise, SEGMENT_RATE)


def duration_s(content: bytes) -> float:
    """Duration of a file in seconds.  Raises AudioError if it can't be decoded."""
    return load_audio(content).duration_s


def separate(content: bytes, start_s: float, end_s: float) -> dict[Stem, Clip]:
    """All stems of a part of a file, the mix first.  Raises AudioError if the file can't be decoded."""
    return separation.stems_of(load_audio(content).between(start_s, end_s))


def predict_content(content: bytes, run: RunKey, hop_s: float, progress: Progress = no_progress) -> SongResult:
    """Predict the genre of a file: see `prediction.predict_file`."""
    predicted = predict_file(content, _loaded(run), progress, hop_s=hop_s)
    return SongResult(predicted.prediction, envelope(predicted.clip.samples), predicted.values, predicted.n_effective)


def predict_stems(stems: Mapping[Stem, Clip], run: RunKey, progress: Progress = no_progress) -> StemPredictions:
    """Predict the genre of each stem; progress is the number of stems done."""
    predictions: StemPredictions = {}
    for done, (stem, clip) in enumerate(stems.items()):
        progress(done, len(stems))
        try:
            predictions[stem] = predict_song(clip, _loaded(run)).prediction
        except GenreLabError as error:
            predictions[stem] = str(error)
    return predictions


def explain(run: RunKey, values: np.ndarray, genre: str) -> Explanation:
    """Explain a genre for a run on numeric features: see `prediction.explanation.explain`."""
    return explanation.explain(_loaded(run), values, genre)


def decision_tree(run: RunKey) -> DecisionTree:
    """The tree of a run whose model is one: see `prediction.decision_tree.read_tree`."""
    return read_tree(_loaded(run))


def explain_picture(run: RunKey, values: np.ndarray, genre: str) -> PictureExplanation:
    """Explain a genre of a segment for a run on pictures: see `prediction.explanation.explain_picture`."""
    return explanation.explain_picture(_loaded(run), values, genre)


def _loaded(run: RunKey) -> Run:
    return _load(*run)


@lru_cache(maxsize=4)
def _load(name: str, modified: float) -> Run:
    return load_run(name)
