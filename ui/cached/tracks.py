"""Audio and pictures of tracks."""

from pathlib import Path

import numpy as np
import streamlit as st

from genre_core import audio, datasets
from genre_core.audio import playback
from genre_core.datasets import find_audio
from genre_core.features import mel
from genre_core.jobs import Job
from ui.cached.datasets import bundled_dataset
from ui.cached.runs import evaluation
from ui.cached.work import cached_job, finished, workers
from ui.state import visitor


def has_audio(name: str) -> bool:
    """Whether there is audio for any track in the test set of a run."""
    return any(find_audio(track) for track in np.unique(evaluation(name).track).tolist())


def track_audio(path: Path, modified: float) -> bytes:
    """A track as WAV at 22 050 Hz, for a player: browsers do not play every format that can be decoded."""
    return finished(_to_wav(path, modified), "Decoding the track")


@cached_job(4)
def _to_wav(path: Path, modified: float) -> Job[bytes]:
    return workers().submit(playback.to_wav, path, visitor=visitor(), urgent=True)


@st.cache_data(show_spinner=False, max_entries=4)
def track_content(path: Path, modified: float) -> bytes:
    """The content of a track's file.  Raises AudioError if it isn't audio, or larger than an upload may be."""
    return audio.read_content(path)


def segment_picture(dataset: str, track: str, start_s: float, length_s: float) -> np.ndarray | None:
    """The mel spectrogram of a segment, shape (64, 64, 1), uint8: a bundled one, or from the audio; None without it."""
    if dataset == datasets.BUNDLED and (known := _bundled_pictures().get((track, round(start_s)))) is not None:
        return known
    path = find_audio(track)
    if path is None:
        return None
    return finished(_picture(path, path.stat().st_mtime, start_s, length_s), "Computing the spectrogram")


@st.cache_resource(show_spinner=False)
def _bundled_pictures() -> dict[tuple[str, int], np.ndarray]:
    """The bundled mel spectrograms, by track and start in whole seconds."""
    dataset = bundled_dataset("mel")
    places = zip(dataset.track.tolist(), dataset.start_s.tolist(), strict=True)
    return {(track, round(start_s)): dataset.values[i] for i, (track, start_s) in enumerate(places)}


@cached_job(64)
def _picture(path: Path, modified: float, start_s: float, length_s: float) -> Job[np.ndarray | None]:
    return workers().submit(mel.picture_of_file, path, start_s, length_s, visitor=visitor(), urgent=True)
