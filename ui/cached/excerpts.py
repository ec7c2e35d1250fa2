"""Excerpts of songs and their stems, for Listen."""

from dataclasses import dataclass

import streamlit as st

from genre_core import audio, prediction
from genre_core.audio import Clip, analysis, separation, spectrograms
from genre_core.audio.analysis import Beats, ClipAnalysis
from genre_core.audio.separation import MIX, Stem
from genre_core.audio.spectrograms import Picture, SpectrogramConfig
from genre_core.errors import GenreLabError
from genre_core.jobs import BackgroundTask
from genre_core.prediction import SongPrediction
from genre_core.progress import Progress
from ui.cached import runs
from ui.cached.songs import prediction_slots

StemPredictions = dict[Stem, SongPrediction | str]
"""The prediction of each stem, or the message why there is none."""


@dataclass(frozen=True)
class Excerpt:
    """A part of a song in time; the song is known by the digest of its content."""

    digest: str
    start_s: float
    end_s: float


@st.cache_resource(show_spinner="Decoding the song…", max_entries=4)
def decode(digest: str, _content: bytes) -> Clip:
    """The whole song."""
    return audio.load_audio(_content)


@st.cache_resource(show_spinner="Separating the stems…", max_entries=8)
def separate(excerpt: Excerpt, _content: bytes) -> dict[Stem, Clip]:
    """All stems of an excerpt, the mix first."""
    mix = decode(excerpt.digest, _content).between(excerpt.start_s, excerpt.end_s)
    return {MIX: mix, **separation.separate(mix)}


@st.cache_data(show_spinner=False, max_entries=20)
def stem_audio(excerpt: Excerpt, stem: Stem, _content: bytes) -> bytes:
    """One stem of an excerpt as WAV."""
    return audio.wav_bytes(separate(excerpt, _content)[stem])


def analyze(excerpt: Excerpt, stem: Stem, config: SpectrogramConfig, wavelet: str, content: bytes) -> ClipAnalysis:
    """Waveform, spectrogram and scalogram of one stem of an excerpt, with the beats of the mix."""
    clip = separate(excerpt, content)[stem]
    return ClipAnalysis(
        excerpt.start_s,
        analysis.waveform(clip),
        beats(excerpt, content),
        _spectrogram(excerpt, stem, config, clip),
        _scalogram(excerpt, stem, wavelet, clip),
    )


@st.cache_resource(show_spinner="Tracking the beats…", max_entries=64)
def beats(excerpt: Excerpt, _content: bytes) -> Beats:
    """Tempo and beats of an excerpt."""
    return analysis.beats(separate(excerpt, _content)[MIX])


@st.cache_resource(show_spinner="Computing the spectrogram…", max_entries=64)
def _spectrogram(excerpt: Excerpt, stem: Stem, config: SpectrogramConfig, _clip: Clip) -> Picture:
    return spectrograms.spectrogram(_clip, config)


@st.cache_resource(show_spinner="Computing the scalogram…", max_entries=64)
def _scalogram(excerpt: Excerpt, stem: Stem, wavelet: str, _clip: Clip) -> Picture:
    return spectrograms.scalogram(_clip, wavelet)


def predict_stems(
    excerpt: Excerpt, name: str, content: bytes, *, restart: bool = False
) -> BackgroundTask[StemPredictions]:
    """The task that predicts each stem of an excerpt with the run `name`, running or done.

    `restart` starts a task again that was stopped or failed.
    """
    key = (excerpt, name, runs.modified(name))
    task = _prediction_task(*key, content)
    if restart or (not task.running and task.result is None and task.problem is None):
        _prediction_task.clear(*key, content)
        task = _prediction_task(*key, content)
    return task


@st.cache_resource(show_spinner=False, max_entries=64)
def _prediction_task(excerpt: Excerpt, name: str, modified: float, _content: bytes) -> BackgroundTask[StemPredictions]:
    run, stems = runs.run(name), separate(excerpt, _content)

    def work(progress: Progress) -> StemPredictions:
        predictions: StemPredictions = {}
        with prediction_slots:
            for stem, clip in stems.items():
                progress(len(predictions), len(stems))
                try:
                    # Progress is reported within a stem too, so that the task can be stopped there.
                    predictions[stem] = prediction.predict_song(
                        clip, run, progress=lambda done, total: progress(len(predictions), len(stems))
                    ).prediction
                except GenreLabError as error:
                    predictions[stem] = str(error)
        return predictions

    return BackgroundTask(work)
