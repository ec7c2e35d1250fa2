"""Audio and pictures of tracks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from genre_core import audio, datasets
from genre_core.audio import playback
from genre_core.datasets.gathered import store
from genre_core.errors import DatasetError
from genre_core.features import playable
from genre_core.features.playable import PlayableSegment
from genre_core.jobs import Job
from ui import visitors
from ui.cached.datasets import bundled_dataset
from ui.cached.runs import evaluation, run
from ui.cached.work import cached_job, finished, workers
from ui.state import visitor


def has_audio(name: str) -> bool:
    """Whether there is audio for any track in the test set of a run."""
    return any(map(audio_finder(run(name).info.gathered), np.unique(evaluation(name).track).tolist()))


def audio_finder(gathered: str = "") -> Callable[[str], Path | None]:
    """A function that finds the audio files of tracks: see `datasets.audio_finder`; those of a gathered dataset only if
    the visitor may see that."""
    return datasets.audio_finder(gathered) if may_hear(gathered) else lambda track: None


def may_hear(gathered: str) -> bool:
    """Whether the visitor may hear the tracks of a run.

    gathered : name of the gathered dataset of the run; empty for others, which everyone may hear.
    """
    if not gathered:
        return True
    try:
        return visitors.current().may_see(store.dataset_facts(gathered))
    except DatasetError:
        return False


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


def bundled_picture(track: str, start_s: float) -> np.ndarray | None:
    """The mel spectrogram of a segment of the bundled dataset, shape (64, 64, 1), uint8; None if it isn't bundled."""
    return _bundled_pictures().get((track, round(start_s)))


@st.cache_resource(show_spinner=False)
def _bundled_pictures() -> dict[tuple[str, int], np.ndarray]:
    """The bundled mel spectrograms, by track and start in whole seconds."""
    dataset = bundled_dataset("mel")
    places = zip(dataset.track.tolist(), dataset.start_s.tolist(), strict=True)
    return {(track, round(start_s)): dataset.values[i] for i, (track, start_s) in enumerate(places)}


@cached_job(64)
def cut_segments(
    path: Path, modified: float, starts_s: tuple[float, ...], length_s: float
) -> Job[list[PlayableSegment | None]]:
    """The job that cuts segments out of a track: see `features.playable`."""
    return workers().submit(playable.cut, path, starts_s, length_s, visitor=visitor(), urgent=True)
