"""The one place where calls into the core are cached.  What is returned is shared by all visitors: never change it."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import streamlit as st

from genre_core import audio, datasets, exploration, prediction, runs, storage
from genre_core.audio import Clip, analysis, separation, spectrograms, synthesis
from genre_core.audio.analysis import Beats, ClipAnalysis
from genre_core.audio.separation import MIX, Stem
from genre_core.audio.spectrograms import Picture, SpectrogramConfig
from genre_core.classroom import Quiz, QuizConfig, QuizRoom, QuizRooms, make_quiz
from genre_core.datasets import Dataset, Progress
from genre_core.datasets.splits import SplitConfig, SplitKind, make_split
from genre_core.errors import GenreLabError, RunError
from genre_core.evaluation import Evaluation
from genre_core.exploration import Projection, TrackPaths
from genre_core.features import mel
from genre_core.figures.predict import envelope
from genre_core.jobs import BackgroundTask
from genre_core.prediction import SongPrediction
from genre_core.prediction.explanation import Explanation, PictureExplanation, explain, explain_picture
from genre_core.runs import Run
from genre_core.training import Trainer
from genre_core.training.sweep import Sweep


@st.cache_resource(show_spinner="Waking the trainer…")
def trainer() -> Trainer:
    """The trainer of this app, with its workers."""
    return Trainer(slots=2, warm=True)


@st.cache_resource(show_spinner=False)
def sweeps() -> list[Sweep]:
    """The sweeps of all visitors, those that have ended too."""
    return []


@st.cache_resource(show_spinner="Reading the bundled table…")
def bundled_dataset(features: str = "paper") -> Dataset:
    return datasets.load_dataset(datasets.BUNDLED, features=features)


@st.cache_resource(show_spinner="Reading the table…", max_entries=4)
def uploaded_table(content: bytes, name: str) -> Dataset:
    return datasets.read_dataset(content, name)


def run(name: str) -> Run:
    """A run by its name."""
    return _run(name, _stamp(name))


def evaluation(name: str) -> Evaluation:
    """What a run predicted for its test part."""
    return _evaluation(name, _stamp(name))


@st.cache_resource(show_spinner="Opening the run…", max_entries=32)
def _run(name: str, stamp: float) -> Run:
    return runs.load_run(name)


@st.cache_resource(show_spinner=False, max_entries=32)
def _evaluation(name: str, stamp: float) -> Evaluation:
    return _run(name, stamp).evaluation()


def _stamp(name: str) -> float:
    """When a run was written: a name can be used again for another run."""
    return runs.run_folder(name).joinpath("run.json").stat().st_mtime


def segment_seconds(name: str) -> float:
    """How long the segments of a run are."""
    known = run(name)
    return known.info.segment_samples / known.feature_set.rate


@st.cache_data(show_spinner=False, max_entries=4)
def track_audio(path: Path, modified: float) -> bytes:
    """A track as WAV at 22 050 Hz, for a player: browsers don't play every format that can be judged."""
    return audio.wav_bytes(audio.load_audio(path))


def find_audio(track: str) -> Path | None:
    """The file of a track, if its audio is in the folder that the visitor named or among the downloads."""
    named = storage.read_settings().get("audio_folder")
    downloads = sorted(storage.downloads_dir().iterdir()) if storage.downloads_dir().is_dir() else []
    for folder in [*([Path(named)] if named else []), *downloads]:
        if path := datasets.find_track(folder, track):
            return path
    return None


def has_audio(name: str) -> bool:
    """Whether any track that a run was tested on is at hand."""
    return any(find_audio(track) for track in np.unique(evaluation(name).track).tolist())


@st.cache_resource(show_spinner=False)
def quiz_rooms() -> QuizRooms:
    """The quizzes that are played on this server."""
    return QuizRooms()


def quiz_room(config: QuizConfig) -> QuizRoom:
    """The quiz with this configuration, in the making or made: one for all visitors.

    Raises RunError if there is no such run in the lists (an address may name anything), and ConfigError if its number
    is that of another quiz.
    """
    if config.run not in {info.name for info in runs.list_runs()}:
        raise RunError("This address names a run that is not here; start a new quiz.")
    player = run(config.run)

    def make(progress: Progress) -> Quiz:
        with _judges:
            return make_quiz(config, player, find_audio, progress)

    return quiz_rooms().open(config, make)


_digests: WeakKeyDictionary[Dataset, str] = WeakKeyDictionary()


def digest(dataset: Dataset) -> str:
    """What a data set is known by in a cache: its content, looked through once."""
    if dataset not in _digests:
        content = hashlib.sha256(np.ascontiguousarray(dataset.values).tobytes())
        for names in (dataset.genre, dataset.track, dataset.start_s, dataset.artist, dataset.subset):
            if names is not None:
                content.update(repr((names.dtype, names.shape)).encode() + np.ascontiguousarray(names).tobytes())
            content.update(b";")
        content.update(repr((dataset.name, dataset.features, dataset.segment_samples)).encode())
        _digests[dataset] = content.hexdigest()
    return _digests[dataset]


BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {Dataset: digest}


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=BY_CONTENT)
def split_problem(dataset: Dataset, kind: SplitKind, folds: int | None = None) -> str | None:
    """Why a data set can't be split so, or None if it can."""
    try:
        make_split(dataset, SplitConfig(kind, folds=folds))
    except GenreLabError as error:
        return str(error)
    return None


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=BY_CONTENT)
def split_notes(dataset: Dataset, split: SplitConfig) -> list[str]:
    """What a split leaves out or can't test, in sentences; nothing for one that can't be made."""
    try:
        return make_split(dataset, split).notes
    except GenreLabError:
        return []


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=BY_CONTENT)
def feature_ranking(dataset: Dataset, genres: tuple[str, ...]) -> pd.DataFrame:
    """The features, ranked by how well they part these genres."""
    rows = exploration.rows_of(dataset, genres)
    return exploration.rank_features(dataset.values[rows], dataset.labels[rows], dataset.columns)


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=BY_CONTENT)
def feature_correlations(dataset: Dataset, genres: tuple[str, ...], grouped: bool) -> pd.DataFrame:
    """How the features of these genres go together."""
    matrix = exploration.correlations(dataset.values[exploration.rows_of(dataset, genres)], dataset.columns)
    return exploration.group_similar(matrix) if grouped else matrix


@st.cache_resource(show_spinner="Drawing the map…", max_entries=8, hash_funcs=BY_CONTENT)
def pca_projection(dataset: Dataset) -> Projection:
    return exploration.project(dataset, "PCA")


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=BY_CONTENT)
def tsne_task(dataset: Dataset) -> BackgroundTask[Projection]:
    """The t-SNE map of a data set in the making, or made: one for all visitors."""
    return BackgroundTask(lambda _: exploration.project(dataset, "t-SNE"))


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=BY_CONTENT)
def track_paths(dataset: Dataset) -> TrackPaths:
    return exploration.track_paths(dataset, pca_projection(dataset))


@dataclass(frozen=True, eq=False)
class Heard:
    """What is kept of a song that was judged: not its sound."""

    prediction: SongPrediction
    loudness: np.ndarray
    """The `envelope` of the clip."""
    values: np.ndarray
    """shape (segments, *shape): its features."""
    n_effective: float
    """See `prediction.PredictedSong`."""


_judges = threading.BoundedSemaphore(2)
"""Two songs are judged or quizzes made at a time, whoever asked for them; the others wait."""


@st.cache_data(show_spinner=False, max_entries=1024)
def content_digest(upload: str, _content: bytes) -> str:
    """The SHA-256 of a file, computed once for each `upload`, the id of it."""
    return hashlib.sha256(_content).hexdigest()


def batch_config(digest: str, content: bytes, name: str, hop_s: float) -> BackgroundTask[Heard]:
    """The judging of a file by the run `name`, under way or done: one for each content, run and hop."""
    key = (digest, name, _stamp(name), hop_s)
    task = _judging(*key, content)
    if not task.running and task.result is None and (task.problem is None or task.stopped):
        _judging.clear(*key, content)  # it was stopped, or ended by a fault that may have passed
    return task


@st.cache_resource(show_spinner=False, max_entries=24)  # pictures of a long song take 20 MB
def _judging(digest: str, name: str, stamp: float, hop_s: float, _content: bytes) -> BackgroundTask[Heard]:
    model = _run(name, stamp)

    def work(progress: Progress) -> Heard:
        with _judges:
            predicted = prediction.predict_file(_content, model, progress, hop_s=hop_s)
        return Heard(predicted.prediction, envelope(predicted.clip.samples), predicted.values, predicted.n_effective)

    return BackgroundTask(work)


def explanation(name: str, song: str, genre: str, heard: Heard) -> Explanation:
    """Why a run on numbers takes a song, known by its key, for a genre."""
    return _explanation(name, _stamp(name), song, genre, heard)


@st.cache_resource(show_spinner="Asking again without each part…", max_entries=64)
def _explanation(name: str, stamp: float, song: str, genre: str, _heard: Heard) -> Explanation:
    return explain(_run(name, stamp), _heard.values[_heard.prediction.is_counted], genre)


def picture_explanation(name: str, song: str, genre: str, segment: int, heard: Heard) -> PictureExplanation:
    """Why a run on pictures takes a segment of a song for a genre."""
    return _picture_explanation(name, _stamp(name), song, genre, segment, heard)


@st.cache_resource(show_spinner="Asking again without each block…", max_entries=64)
def _picture_explanation(
    name: str, stamp: float, song: str, genre: str, segment: int, _heard: Heard
) -> PictureExplanation:
    return explain_picture(_run(name, stamp), _heard.values[segment], genre)


@st.cache_data(show_spinner="Making it playable…", max_entries=4)
def uploaded_audio(digest: str, _content: bytes) -> bytes:
    """An uploaded file as WAV, for browsers that can't play it as it is."""
    return audio.wav_bytes(audio.load_audio(_content))


@st.cache_data(show_spinner="Playing it…", max_entries=8)
def demo_song(name: str) -> bytes:
    """A demo song as a WAV file."""
    return audio.wav_bytes(synthesis.song(name).clip())


@dataclass(frozen=True)
class Stretch:
    """Seconds of a song, which is known by the digest of its content."""

    digest: str
    start_s: float
    end_s: float


@st.cache_resource(show_spinner="Decoding it…", max_entries=4)
def decoded(digest: str, _content: bytes) -> Clip:
    return audio.load_audio(_content)


@st.cache_resource(show_spinner="Taking it apart…", max_entries=8)
def stems(stretch: Stretch, _content: bytes) -> dict[Stem, Clip]:
    """A stretch of a song and what it is made of."""
    mix = decoded(stretch.digest, _content).between(stretch.start_s, stretch.end_s)
    return {MIX: mix, **separation.separate(mix)}


@st.cache_data(show_spinner=False, max_entries=20)
def stem_audio(stretch: Stretch, stem: Stem, _content: bytes) -> bytes:
    """One stem of a stretch as WAV."""
    return audio.wav_bytes(stems(stretch, _content)[stem])


def seen(stretch: Stretch, stem: Stem, config: SpectrogramConfig, wavelet: str, content: bytes) -> ClipAnalysis:
    """What is seen of one stem of a stretch; the beats are those of the mix."""
    clip = stems(stretch, content)[stem]
    return ClipAnalysis(
        stretch.start_s,
        analysis.waveform(clip),
        beats(stretch, content),
        _spectrogram(stretch, stem, config, clip),
        _scalogram(stretch, stem, wavelet, clip),
    )


@st.cache_resource(show_spinner="Counting the beat…", max_entries=64)
def beats(stretch: Stretch, _content: bytes) -> Beats:
    return analysis.beats(stems(stretch, _content)[MIX])


@st.cache_resource(show_spinner="Drawing the spectrogram…", max_entries=64)
def _spectrogram(stretch: Stretch, stem: Stem, config: SpectrogramConfig, _clip: Clip) -> Picture:
    return spectrograms.spectrogram(_clip, config)


@st.cache_resource(show_spinner="Drawing the scalogram…", max_entries=64)
def _scalogram(stretch: Stretch, stem: Stem, wavelet: str, _clip: Clip) -> Picture:
    return spectrograms.scalogram(_clip, wavelet)


StemPredictions = dict[Stem, SongPrediction | str]
"""What is said of each stem, or why nothing can be."""


def predict_stems(
    stretch: Stretch, name: str, content: bytes, *, anew: bool = False
) -> BackgroundTask[StemPredictions]:
    """The judging of each stem of a stretch by the run `name`, under way or done; `anew` begins it again."""
    key = (stretch, name, _stamp(name))
    task = _judging_stems(*key, content)
    if anew or (not task.running and task.result is None and task.problem is None):
        _judging_stems.clear(*key, content)
        task = _judging_stems(*key, content)
    return task


@st.cache_resource(show_spinner=False, max_entries=64)
def _judging_stems(stretch: Stretch, name: str, stamp: float, _content: bytes) -> BackgroundTask[StemPredictions]:
    model, parts = _run(name, stamp), stems(stretch, _content)

    def work(progress: Progress) -> StemPredictions:
        said: StemPredictions = {}
        with _judges:
            for stem, clip in parts.items():
                progress(len(said), len(parts))
                try:
                    # What is reported while one is judged lets the work be stopped within it.
                    said[stem] = prediction.predict_song(
                        clip, model, progress=lambda done, total: progress(len(said), len(parts))
                    ).prediction
                except GenreLabError as error:
                    said[stem] = str(error)
        return said

    return BackgroundTask(work)


@st.cache_data(show_spinner=False, max_entries=4)
def folder_track(path: Path, modified: float) -> bytes:
    """The content of a track's file."""
    return path.read_bytes()


def segment_picture(data: str, track: str, start_s: float, length_s: float) -> np.ndarray | None:
    """The mel picture of a segment, shape (64, 64, 1), uint8: the bundled one, or from its audio; None without it."""
    if data == datasets.BUNDLED and (known := _bundled_pictures().get((track, round(start_s)))) is not None:
        return known
    path = find_audio(track)
    return None if path is None else _picture(path, path.stat().st_mtime, start_s, length_s)


@st.cache_resource(show_spinner=False)
def _bundled_pictures() -> dict[tuple[str, int], np.ndarray]:
    """The bundled pictures by their track and the second at which they begin."""
    dataset = bundled_dataset("mel")
    places = zip(dataset.track.tolist(), dataset.start_s.tolist(), strict=True)
    return {(track, round(start_s)): dataset.values[i] for i, (track, start_s) in enumerate(places)}


@st.cache_data(show_spinner=False, max_entries=64)
def _picture(path: Path, modified: float, start_s: float, length_s: float) -> np.ndarray | None:
    piece = audio.load_audio(path, rate=mel.RATE).between(start_s, start_s + length_s)
    # A file of that name may be another, and shorter.
    return mel.picture(piece.samples) if piece.duration_s > 0.5 else None
