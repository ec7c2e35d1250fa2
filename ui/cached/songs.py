"""Songs: their content, predictions and explanations, for Predict and Listen."""

import hashlib
from collections.abc import Callable

import streamlit as st

from genre_core.audio import playback
from genre_core.jobs import Job
from genre_core.prediction import work
from genre_core.prediction.decision_tree import DecisionTree
from genre_core.prediction.explanation import Explanation, PictureExplanation
from genre_core.prediction.work import RunKey, SongResult
from ui.cached import runs
from ui.cached.work import cached_job, finished, workers
from ui.state import visitor

_EXPLAINING = "Computing the explanation"


@st.cache_data(show_spinner=False, max_entries=1024)
def content_digest(upload: str, _content: bytes) -> str:
    """The SHA-256 of a file's content, computed once for each `upload`, its id."""
    return hashlib.sha256(_content).hexdigest()


def predict_song(digest: str, read: Callable[[], bytes], name: str, hop_s: float) -> Job[SongResult]:
    """The job that predicts a file with the run `name`, running or done: one for each content, run and hop.

    Parameters
    ----------
    digest : of the content.
    read : returns the content; called only if there is no such job yet.
    """
    return _predict(digest, runs.key(name), hop_s, read)


# The songs of a class are found again; pictures of a long one take 20 MB.
@cached_job(1000, most_bytes=500_000_000)
def _predict(digest: str, run: RunKey, hop_s: float, _read: Callable[[], bytes]) -> Job[SongResult]:
    return workers().submit(work.predict_content, _read(), run, hop_s, visitor=visitor(), with_progress=True)


def explain(name: str, song: str, genre: str, result: SongResult) -> Explanation:
    """Explain a genre of a song for a run on numeric features; `song` is the key of the song and its settings."""
    return finished(_explain(runs.key(name), song, genre, result), _EXPLAINING)


@cached_job(64)
def _explain(run: RunKey, song: str, genre: str, _result: SongResult) -> Job[Explanation]:
    values = _result.values[_result.prediction.is_counted]
    return workers().submit(work.explain, run, values, genre, visitor=visitor(), urgent=True)


def decision_tree(name: str) -> DecisionTree:
    """The tree of a run whose model is one."""
    return finished(_decision_tree(runs.key(name)), "Reading the tree")


@cached_job(16)
def _decision_tree(run: RunKey) -> Job[DecisionTree]:
    return workers().submit(work.decision_tree, run, visitor=visitor(), urgent=True)


def explain_picture(name: str, song: str, genre: str, segment: int, result: SongResult) -> PictureExplanation:
    """Explain a genre of a segment for a run on pictures; `song` is the key of the song and its settings."""
    return finished(_explain_picture(runs.key(name), song, genre, segment, result), _EXPLAINING)


@cached_job(64)
def _explain_picture(run: RunKey, song: str, genre: str, segment: int, _result: SongResult) -> Job[PictureExplanation]:
    return workers().submit(work.explain_picture, run, _result.values[segment], genre, visitor=visitor(), urgent=True)


def playable_audio(digest: str, content: bytes) -> bytes:
    """An uploaded file as WAV, for browsers that do not play its format."""
    return finished(_to_wav(digest, content), "Preparing the player")


@cached_job(4)
def _to_wav(digest: str, _content: bytes) -> Job[bytes]:
    return workers().submit(playback.to_wav, _content, visitor=visitor(), urgent=True)


def synthetic_song(name: str) -> bytes:
    """A synthetic song as a WAV file."""
    return finished(_synthesize(name), "Synthesizing the example")


@cached_job(8)
def _synthesize(name: str) -> Job[bytes]:
    return workers().submit(playback.synthesize, name, visitor=visitor(), urgent=True)
