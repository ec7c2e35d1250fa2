"""Make the default run again, artifacts/bundled/runs/two-networks, from the train and valid lists of GTZAN.

    python -m scripts.make_default PICTURES WORK FOLDER...

PICTURES is an .npz file with the mel spectrograms of all of GTZAN.  Each FOLDER contains one subfolder per
genre with some of its tracks.  WORK is a folder for the networks of the folds, which take half an hour to train;
existing ones are used again.  Then `python -m scripts.make_domain` fits the in-domain score of the new run.

Only tracks of the train and valid lists of the fault-filtered split are used, without exact copies.  Most of them have
no audio, so their embeddings are estimated from the pictures: the network of the embedding is applied to the picture,
and a linear map, fitted to the tracks that have both, corrects the result.

1. A logistic regression is fitted to the embeddings of all tracks, measured or estimated.  An artist's weight is the
   square root of its number of tracks, and all genres have the same weight.
2. Its logits and those of the lab's network, `lab-cnn`, are averaged: one linear layer over `leveled-embedding+lab`.
3. For the scores, all of it is repeated in folds by artist: map, regression and network are fitted without the artists
   of the test set.

The scores are those of the tracks with audio in the folds.  The inverse temperature of the probabilities is fitted to
the same predictions.  C, RIDGE, NETWORK_WEIGHT and the weights of artists were chosen on the same folds among about 30
settings, so the scores are optimistic by one or two points.  An interval that resamples artists instead of tracks is
wider (72 to 89 %).
"""

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline

from genre_core import datasets, runs, storage
from genre_core.audio import SEGMENT_SAMPLES
from genre_core.datasets import Dataset, gtzan
from genre_core.datasets.splits import SplitConfig
from genre_core.evaluation import Evaluation
from genre_core.features import LEVELED, embedding, feature_set, lab, network_files, wide_mel
from genre_core.models import musicnn, network
from genre_core.models.calibration import apply_inverse_temperature, fit_inverse_temperature
from genre_core.models.config import LogisticConfig
from genre_core.models.estimator import TrainedEstimator
from genre_core.models.scaling import Scaling
from genre_core.models.training_data import TrainingData
from genre_core.prediction import domain, reference
from scripts.make_bundled import LAB, LAB_CONFIG

TITLE = "Default: embedding and CNN"
NOTE = (
    "The mean of a logistic regression on the embedding and a CNN on mel spectrograms. Evaluated by cross-validation "
    "on the 127 tracks with audio; five artists account for a third of them."
)
FEATURES = "leveled-embedding+lab"
FOLDS = SplitConfig("artist", folds=5, seed=0)
CONFIG = LogisticConfig(c=0.01)
SEGMENTS = 10
"""Segments of a track of 30 s."""
RIDGE = 300.0
"""Penalty of the map from pictures to embeddings."""
LEVEL_DB = 30.7
"""`power_db` of a clip at embedding.TARGET_RMS: the median of 127 tracks, 90 % of which are within 0.5 dB."""
NETWORK_WEIGHT = 0.5
"""Weight of the lab's network in the mean of the logits."""
_MIN_SPREAD = 0.02
"""Added to each standard deviation: some activations are nearly always 0."""
_MIN_PROBABILITY = 1e-7
_FRAME_S = 0.016
_FRAMES = 1875
"""Frames of a track of 30 s."""


@dataclass(frozen=True, eq=False)
class Tracks:
    """The tracks to train on, in alphabetical order."""

    names: np.ndarray
    pictures: np.ndarray
    """shape (tracks, bands, columns), uint8: their mel spectrograms."""
    labels: np.ndarray
    """shape (tracks,), int: index in lab.GENRES."""
    artists: np.ndarray
    """shape (tracks,), str; a track whose artist is unknown counts as an artist of its own."""


@dataclass(frozen=True, eq=False)
class AudioSegments:
    """The segments that have audio."""

    dataset: Dataset
    """Features of LEVELED."""
    pictures: np.ndarray
    """shape (segments, *wide_mel.SHAPE), computed from the same audio."""
    track: np.ndarray
    """shape (segments,), int: index in Tracks."""
    number: np.ndarray
    """shape (segments,), int: number of the segment in its track."""


@dataclass(frozen=True, eq=False)
class Head:
    """A linear layer over FEATURES."""

    scaling: Scaling
    estimator: Pipeline
    estimated: np.ndarray
    """shape (tracks, SEGMENTS, embedding.SIZE): embeddings of all tracks, estimated from their pictures."""


def main(pictures: Path, work: Path, folders: list[Path]) -> None:
    started = time.monotonic()
    tracks = read_tracks(pictures)
    audio = read_audio(folders, tracks)
    bands = musicnn.load().bands
    activations = np.array(
        Parallel(n_jobs=-1)(delayed(activations_of_picture)(picture, bands) for picture in tracks.pictures)
    )

    folds = StratifiedGroupKFold(FOLDS.folds, shuffle=True, random_state=FOLDS.seed)
    test_rows, test_probabilities, fold_scores = [], [], []
    for i, (train, test) in enumerate(folds.split(tracks.names, tracks.labels, tracks.artists)):
        rows = np.flatnonzero(np.isin(audio.track, test))
        content = fold_network(work / f"lab-fold-{i}", tracks, train)
        values = np.hstack([audio.dataset.values[rows], lab_features(content, audio.pictures[rows])])
        head = fit_head(tracks, audio, activations, train)
        test_rows.append(rows)
        test_probabilities.append(head.estimator.predict_proba(head.scaling.apply(values)))
        fold_scores.append(evaluation_of(audio, rows, test_probabilities[-1]).scores)
    rows, probabilities = np.concatenate(test_rows), np.concatenate(test_probabilities)
    logits = np.log(np.maximum(probabilities, _MIN_PROBABILITY))
    inverse_temperature = fit_inverse_temperature(logits, tracks.labels[audio.track[rows]])
    evaluation = evaluation_of(audio, rows, apply_inverse_temperature(probabilities, inverse_temperature))

    content = (storage.bundled_runs_dir() / LAB / lab.NETWORK_FILE).read_bytes()
    lab.FOLDER.mkdir(exist_ok=True)
    (lab.FOLDER / lab.NETWORK_FILE).write_bytes(content)
    network_files.write_checksums(lab.FOLDER, (lab.NETWORK_FILE,))
    n_tracks = len(tracks.names)
    head = fit_head(tracks, audio, activations, np.arange(n_tracks))
    write_reference(tracks, audio, head.estimated)
    values = np.hstack([audio.dataset.values, lab_features(content, audio.pictures)])
    trained = TrainedEstimator(head.estimator, inverse_temperature, len(lab.GENRES))
    with_audio = len(np.unique(audio.track))
    test_id = datasets.fingerprint(audio.dataset.track[rows], audio.dataset.start_s[rows], audio.dataset.genre[rows])
    info = runs.RunInfo(
        name=runs.DEFAULT_RUN,
        title=TITLE,
        note=NOTE,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        dataset=f"GTZAN ({n_tracks} tracks, {with_audio} with audio)",
        dataset_id=test_id,
        test_id=test_id,
        features=FEATURES,
        feature_version=feature_set(FEATURES).version,
        segment_samples=SEGMENT_SAMPLES,
        genres=lab.GENRES,
        config=CONFIG,
        split=FOLDS,
        counts=runs.SplitCounts(n_tracks * SEGMENTS, len(rows), n_tracks, with_audio, 0),
        excluded={},
        untested_genres=(),
        parameters=trained.parameters,
        epochs=0,
        stopped=False,
        seconds=round(time.monotonic() - started, 3),
        scores=evaluation.scores,
        ci95=evaluation.ci95,
        folds=tuple(fold_scores),
        validation_scores=None,
        sweep="",
        versions={name: version(name) for name in ("tensorflow", "keras", "librosa", "numpy", "scikit-learn")},
    )
    out = storage.bundled_runs_dir() / runs.DEFAULT_RUN
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        trained.save(Path(folder))
        runs.save_run(
            out,
            info,
            model_folder=Path(folder),
            history=[],
            evaluation=evaluation,
            scaling=head.scaling,
            training_signatures=feature_set(FEATURES).signature(values),
        )
    low, high = evaluation.ci95["track_accuracy"].low, evaluation.ci95["track_accuracy"].high
    print(
        f"accuracy {evaluation.track_accuracy:.3f} on {with_audio} tracks (95 % CI {low:.3f} to {high:.3f}), "
        f"inverse temperature {inverse_temperature:.2f}"
    )


def read_tracks(pictures: Path) -> Tracks:
    with np.load(pictures, allow_pickle=False) as file:
        images, names = file["X"], np.array([f"{name.partition('.')[0]}/{name}" for name in file["names"].astype(str)])
    facts = [gtzan.facts(name) for name in names]
    kept = [i for i in np.argsort(names) if facts[i].subset in ("train", "valid") and not facts[i].duplicate_of]
    artists = [facts[i].artist.strip().lower() or f"unknown:{names[i]}" for i in kept]
    genres = [name.partition("/")[0] for name in names[kept]]
    return Tracks(names[kept], images[kept], np.searchsorted(lab.GENRES, genres), np.array(artists))


def read_audio(folders: list[Path], tracks: Tracks) -> AudioSegments:
    index = {name: i for i, name in enumerate(tracks.names)}
    read = {
        features: [
            dataset.take(np.isin(dataset.track, tracks.names))
            for dataset in (datasets.read_folder(folder, features=features) for folder in folders)
        ]
        for features in (LEVELED, "wide-mel")
    }
    first, *others = read[LEVELED]
    for other in others:
        first = concatenated(first, other)
    number = np.round(first.start_s * first.feature_set.rate / SEGMENT_SAMPLES).astype(int)
    pictures = np.concatenate([dataset.values for dataset in read["wide-mel"]])
    return AudioSegments(first, pictures, np.array([index[name] for name in first.track]), number)


def concatenated(one: Dataset, other: Dataset) -> Dataset:
    return Dataset(
        "GTZAN",
        one.features,
        values=np.concatenate([one.values, other.values]),
        genre=np.concatenate([one.genre, other.genre]),
        track=np.concatenate([one.track, other.track]),
        start_s=np.concatenate([one.start_s, other.start_s]),
    )


def activations_of_picture(picture: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """The activations of MSD_musicnn for the picture of a track, shape (SEGMENTS, embedding.SIZE).

    The columns of the picture are resampled to the rate of the network's frames.  A picture doesn't contain the level
    of the track, so its power is set to that of a leveled clip.

    bands : maps the bands of the picture to those of MSD_musicnn, shape (wide_mel.BANDS, embedding.BANDS).
    """
    decibels = (picture.astype(np.float64) - 255) * (wide_mel.RANGE_DB / 255)
    level_db = decibels.T @ bands + LEVEL_DB - power_db(decibels)
    columns = np.arange(_FRAMES) * _FRAME_S * wide_mel.COLUMNS_PER_SECOND - 0.5
    before = np.clip(np.floor(columns).astype(int), 0, len(level_db) - 2)
    share = np.clip(columns - before, 0, 1)[:, None]
    frames = np.log10(1 + 10_000 * 10 ** ((level_db[before] * (1 - share) + level_db[before + 1] * share) / 10))
    starts = np.round(np.arange(SEGMENTS) * SEGMENT_SAMPLES / wide_mel.RATE / _FRAME_S).astype(int)
    patches = np.array([frames[start : start + embedding.FRAMES] for start in starts], dtype=np.float32)
    return embedding.Network().activations(patches)


def power_db(decibels: np.ndarray) -> float:
    """The mean power of a picture in dB, up to a constant: each of Slaney's bands contains power per hertz."""
    edges = librosa.mel_frequencies(wide_mel.BANDS + 2, fmin=0, fmax=wide_mel.RATE / 2)
    hertz = (edges[2:] - edges[:-2]) / 2
    return float(10 * np.log10((10 ** (decibels / 10) * hertz[:, None]).sum(axis=0).mean()))


def fit_head(tracks: Tracks, audio: AudioSegments, activations: np.ndarray, train: np.ndarray) -> Head:
    """Fit the layer to some tracks.

    Parameters
    ----------
    activations : shape (tracks, SEGMENTS, embedding.SIZE), from `activations_of_picture`.
    train : indices of the tracks.
    """
    known = np.isin(audio.track, train)
    values, track = audio.dataset.values[known], audio.track[known]
    to_embedding = fit_ridge(activations[track, audio.number[known]], values)
    estimated = np.maximum(to_embedding(activations.reshape(-1, embedding.SIZE)), 0).reshape(activations.shape)
    x = np.concatenate([estimated[train].reshape(-1, embedding.SIZE), values])
    track_of_row = np.concatenate([np.repeat(train, SEGMENTS), track])
    weights = segment_weights(tracks, track_of_row, train)
    mean = np.average(x, axis=0, weights=weights)
    spread = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=weights)) + _MIN_SPREAD
    classifier = LogisticRegression(C=CONFIG.c, max_iter=5000)
    classifier.fit((x - mean) / spread, tracks.labels[track_of_row], weights)
    genres = len(lab.GENRES)
    classifier.coef_ = np.hstack([(1 - NETWORK_WEIGHT) * classifier.coef_, NETWORK_WEIGHT * np.eye(genres)])
    classifier.intercept_ = (1 - NETWORK_WEIGHT) * classifier.intercept_
    classifier.n_features_in_ = embedding.SIZE + genres
    scaling = Scaling(
        np.zeros(embedding.SIZE + genres, dtype=bool),
        np.concatenate([mean, np.zeros(genres)]),
        np.concatenate([spread, np.ones(genres)]),
    )
    return Head(scaling, Pipeline([("classify", classifier)]), estimated)


def fit_ridge(inputs: np.ndarray, targets: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a map from activations on pictures to embeddings: the input plus a linear correction."""
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0) + _MIN_SPREAD
    scaled, residual = (inputs - mean) / spread, targets - inputs
    covariance = scaled.T @ scaled + RIDGE * np.eye(len(mean))
    kernel = np.linalg.solve(covariance, scaled.T @ (residual - residual.mean(axis=0)))
    return lambda values: values + (values - mean) / spread @ kernel + residual.mean(axis=0)


def segment_weights(tracks: Tracks, track_of_row: np.ndarray, train: np.ndarray) -> np.ndarray:
    """The weight of each segment, shape (rows,).

    Within a genre the weight of an artist is the square root of its number of tracks.  All genres have the same weight,
    and the sum of all weights is the number of segments of the tracks.
    """
    count = Counter(tracks.artists[train].tolist())
    weights = np.array([count[artist] ** -0.5 for artist in tracks.artists[track_of_row]])
    genre = tracks.labels[track_of_row]
    weights /= np.bincount(genre, weights)[genre]
    return weights * (len(train) * SEGMENTS / weights.sum())


def fold_network(folder: Path, tracks: Tracks, train: np.ndarray) -> bytes:
    """The lab's network trained on some tracks, as a LiteRT file."""
    file = folder / lab.NETWORK_FILE
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        center_s = (np.arange(SEGMENTS) + 0.5) * SEGMENT_SAMPLES / wide_mel.RATE
        x = np.concatenate([wide_mel.windows(picture, center_s) for picture in tracks.pictures[train]])
        y, groups = np.repeat(tracks.labels[train], SEGMENTS), np.repeat(train, SEGMENTS)
        mean, scale = np.zeros(1, np.float32), np.ones(1, np.float32)
        network.fit(LAB_CONFIG, TrainingData(x, y, groups, x[:0], y[:0], mean, scale, len(lab.GENRES))).save(folder)
    return file.read_bytes()


def lab_features(content: bytes, pictures: np.ndarray) -> np.ndarray:
    """The feature set `lab`, computed by a network of one fold; shape (n, genres)."""
    model = lab.Network(content)
    return np.array([model.log_probabilities(picture) for picture in pictures])


def evaluation_of(audio: AudioSegments, rows: np.ndarray, probabilities: np.ndarray) -> Evaluation:
    labels = np.searchsorted(lab.GENRES, audio.dataset.genre[rows])
    return Evaluation(lab.GENRES, labels, audio.dataset.track[rows], audio.dataset.start_s[rows], probabilities)


def write_reference(tracks: Tracks, audio: AudioSegments, estimated: np.ndarray) -> None:
    """Write the embedding of each track: that of its segments, or the mean that was estimated from its picture."""
    others = np.setdiff1d(np.arange(len(tracks.names)), audio.track)
    values = np.concatenate([audio.dataset.values, estimated[others].mean(axis=1)]).astype(np.float16)
    described = {
        "track": np.concatenate([audio.dataset.track, tracks.names[others]]).astype(object),
        "from_audio": np.arange(len(values)) < len(audio.track),
    }
    columns = dict(zip(embedding.COLUMNS, values.T, strict=True))
    reference.FOLDER.mkdir(exist_ok=True)
    pd.DataFrame(described | columns).to_parquet(reference.FOLDER / reference.FILE, compression="zstd")
    network_files.write_checksums(reference.FOLDER, (reference.FILE, domain.FILE))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
