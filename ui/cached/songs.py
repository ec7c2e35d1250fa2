"""Songs: their content, predictions and explanations, for Predict and Listen."""

import hashlib
import threading
from dataclasses import dataclass

import numpy as np
import streamlit as st

from genre_core import audio, prediction
from genre_core.audio import synthesis
from genre_core.audio.analysis import envelope
from genre_core.jobs import BackgroundTask
from genre_core.prediction import SongPrediction, explanation
from genre_core.prediction.explanation import Explanation, PictureExplanation
from genre_core.progress import Progress
from ui.cached import runs

prediction_slots = threading.BoundedSemaphore(2)
"""Limits the songs that are predicted and the quizzes that are made at the same time, over all visitors."""


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


@st.cache_data(show_spinner=False, max_entries=1024)
def content_digest(upload: str, _content: bytes) -> str:
    """The SHA-256 of a file's content, computed once for each `upload`, its id."""
    return hashlib.sha256(_content).hexdigest()


def predict_song(digest: str, content: bytes, name: str, hop_s: float) -> BackgroundTask[SongResult]:
    """The task that predicts a file with the run `name`, running or done: one for each content, run and hop."""
    key = (digest, name, runs.modified(name), hop_s)
    task = _prediction_task(*key, content)
    if not task.running and task.result is None and (task.problem is None or task.stopped):
        _prediction_task.clear(*key, content)  # it was stopped, or failed for a reason that may be gone
    return task


@st.cache_resource(show_spinner=False, max_entries=24)  # pictures of a long song take 20 MB
def _prediction_task(
    digest: str, name: str, modified: float, hop_s: float, _content: bytes
) -> BackgroundTask[SongResult]:
    run = runs.run(name)

    def work(progress: Progress) -> SongResult:
        with prediction_slots:
            predicted = prediction.predict_file(_content, run, progress, hop_s=hop_s)
        return SongResult(
            predicted.prediction, envelope(predicted.clip.samples), predicted.values, predicted.n_effective
        )

    return BackgroundTask(work)


def explain(name: str, song: str, genre: str, result: SongResult) -> Explanation:
    """Explain a genre of a song for a run on numeric features; `song` is the key of the song and its settings."""
    return _explanation(name, runs.modified(name), song, genre, result)


@st.cache_resource(show_spinner="Computing the explanation…", max_entries=64)
def _explanation(name: str, modified: float, song: str, genre: str, _result: SongResult) -> Explanation:
    return explanation.explain(runs.run(name), _result.values[_result.prediction.is_counted], genre)


def explain_picture(name: str, song: str, genre: str, segment: int, result: SongResult) -> PictureExplanation:
    """Explain a genre of a segment for a run on pictures; `song` is the key of the song and its settings."""
    return _picture_explanation(name, runs.modified(name), song, genre, segment, result)


@st.cache_resource(show_spinner="Computing the explanation…", max_entries=64)
def _picture_explanation(
    name: str, modified: float, song: str, genre: str, segment: int, _result: SongResult
) -> PictureExplanation:
    return explanation.explain_picture(runs.run(name), _result.values[segment], genre)


@st.cache_data(show_spinner="Preparing the player…", max_entries=4)
def playable_audio(digest: str, _content: bytes) -> bytes:
    """An uploaded file as WAV, for browsers that do not play its format."""
    return audio.wav_bytes(audio.load_audio(_content))


@st.cache_data(show_spinner="Synthesizing the example…", max_entries=8)
def synthetic_song(name: str) -> bytes:
    """A synthetic song as a WAV file."""
    return audio.wav_bytes(synthesis.song(name).clip())
