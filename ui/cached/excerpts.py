"""Excerpts of songs and their stems, for Listen."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from genre_core import audio
from genre_core.audio import Clip, analysis, spectrograms
from genre_core.audio.analysis import Beats
from genre_core.audio.separation import MIX, Stem
from genre_core.audio.spectrograms import Picture, SpectrogramConfig
from genre_core.jobs import Job
from genre_core.prediction import work
from genre_core.prediction.work import RunKey, StemPredictions
from ui.cached import runs
from ui.cached.work import cached_job, finished, workers
from ui.state import visitor

Stems = dict[Stem, Clip]
"""A clip for each stem."""


@dataclass(frozen=True)
class Excerpt:
    """A part of a song in time; the song is known by the digest of its content."""

    digest: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class AnalysisJobs:
    """The jobs that analyze one stem of an excerpt."""

    beats: Job[Beats]
    """Of the mix."""
    spectrogram: Job[Picture]
    scalogram: Job[Picture]

    @property
    def all(self) -> tuple[Job[Beats], Job[Picture], Job[Picture]]:
        """All of them."""
        return self.beats, self.spectrogram, self.scalogram


def duration_s(digest: str, read: Callable[[], bytes]) -> float:
    """Duration of a decoded song; `read` returns the content of its file, and is called only if it is unknown."""
    return finished(_measure_duration(digest, read), "Decoding the song")


@cached_job(256)
def _measure_duration(digest: str, _read: Callable[[], bytes]) -> Job[float]:
    return workers().submit(work.duration_s, _read(), visitor=visitor(), urgent=True)


@cached_job(8)
def separate(excerpt: Excerpt, _read: Callable[[], bytes]) -> Job[Stems]:
    """The job that separates an excerpt into all stems, the mix first; `_read` returns the content of the song."""
    return workers().submit(work.separate, _read(), excerpt.start_s, excerpt.end_s, visitor=visitor())


@st.cache_resource(show_spinner=False, max_entries=40)
def stem_audio(excerpt: Excerpt, stem: Stem, _clip: Clip) -> bytes:
    """One stem of an excerpt as WAV."""
    return audio.wav_bytes(_clip)


def analyze(excerpt: Excerpt, stem: Stem, config: SpectrogramConfig, wavelet: str, stems: Stems) -> AnalysisJobs:
    """The jobs that compute the beats of an excerpt, and the spectrogram and the scalogram of one of its stems."""
    clip = stems[stem]
    return AnalysisJobs(
        _beats(excerpt, stems[MIX]),
        _spectrogram(excerpt, stem, config, clip),
        _scalogram(excerpt, stem, wavelet, clip),
    )


@cached_job(64)
def _beats(excerpt: Excerpt, _mix: Clip) -> Job[Beats]:
    return workers().submit(analysis.beats, _mix, visitor=visitor(), urgent=True)


@cached_job(64)
def _spectrogram(excerpt: Excerpt, stem: Stem, config: SpectrogramConfig, _clip: Clip) -> Job[Picture]:
    return workers().submit(spectrograms.spectrogram, _clip, config, visitor=visitor(), urgent=True)


@cached_job(64)
def _scalogram(excerpt: Excerpt, stem: Stem, wavelet: str, _clip: Clip) -> Job[Picture]:
    return workers().submit(spectrograms.scalogram, _clip, wavelet, visitor=visitor(), urgent=True)


def predict_stems(excerpt: Excerpt, name: str, stems: Stems, *, restart: bool = False) -> Job[StemPredictions]:
    """The job that predicts each stem of an excerpt with the run `name`, running or done.

    `restart` starts a job again that was stopped or failed.
    """
    predict = _predict.restart if restart else _predict
    return predict(excerpt, runs.key(name), stems)


@cached_job(64, restarts=False)
def _predict(excerpt: Excerpt, run: RunKey, _stems: Stems) -> Job[StemPredictions]:
    return workers().submit(work.predict_stems, _stems, run, visitor=visitor(), with_progress=True)
