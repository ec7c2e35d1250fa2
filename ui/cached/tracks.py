"""Audio and pictures of tracks."""

from pathlib import Path

import numpy as np
import streamlit as st

from genre_core import audio, datasets, storage
from genre_core.features import mel
from ui.cached.datasets import bundled_dataset
from ui.cached.runs import evaluation

_SHORTEST_PICTURE_S = 0.5


def find_audio(track: str) -> Path | None:
    """The audio file of a track, in the folder that the visitor named or among the downloads; None if it is in
    neither."""
    named = storage.read_settings().get("audio_folder")
    downloads = sorted(storage.downloads_dir().iterdir()) if storage.downloads_dir().is_dir() else []
    for folder in [*([Path(named)] if named else []), *downloads]:
        if path := datasets.find_track(folder, track):
            return path
    return None


def has_audio(name: str) -> bool:
    """Whether there is audio for any track in the test set of a run."""
    return any(find_audio(track) for track in np.unique(evaluation(name).track).tolist())


@st.cache_data(show_spinner=False, max_entries=4)
def track_audio(path: Path, modified: float) -> bytes:
    """A track as WAV at 22 050 Hz, for a player: browsers do not play every format that can be decoded."""
    return audio.wav_bytes(audio.load_audio(path))


@st.cache_data(show_spinner=False, max_entries=4)
def track_content(path: Path, modified: float) -> bytes:
    """The content of a track's file."""
    return path.read_bytes()


def segment_picture(dataset: str, track: str, start_s: float, length_s: float) -> np.ndarray | None:
    """The mel spectrogram of a segment, shape (64, 64, 1), uint8: a bundled one, or from the audio; None without it."""
    if dataset == datasets.BUNDLED and (known := _bundled_pictures().get((track, round(start_s)))) is not None:
        return known
    path = find_audio(track)
    return None if path is None else _picture(path, path.stat().st_mtime, start_s, length_s)


@st.cache_resource(show_spinner=False)
def _bundled_pictures() -> dict[tuple[str, int], np.ndarray]:
    """The bundled mel spectrograms, by track and start in whole seconds."""
    dataset = bundled_dataset("mel")
    places = zip(dataset.track.tolist(), dataset.start_s.tolist(), strict=True)
    return {(track, round(start_s)): dataset.values[i] for i, (track, start_s) in enumerate(places)}


@st.cache_data(show_spinner=False, max_entries=64)
def _picture(path: Path, modified: float, start_s: float, length_s: float) -> np.ndarray | None:
    segment = audio.load_audio(path, rate=mel.RATE).between(start_s, start_s + length_s)
    # The file may be another one of the same name, and shorter.
    return mel.picture(segment.samples) if segment.duration_s > _SHORTEST_PICTURE_S else None
