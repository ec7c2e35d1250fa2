"""Make the default run again, artifacts/bundled/runs/three-networks, from the train and valid lists of GTZAN.

    python -m scripts.make_default PICTURES WORK FOLDER...

PICTURES is an .npz file with the mel spectrograms of all of GTZAN.  Each FOLDER contains one subfolder per genre with
some of its tracks.  WORK is a folder for features, which are used again if they are there, and for the runs of the
folds, which benchmarks/robustness.py tests.  Then `python -m scripts.make_domain` fits the in-domain score.

Only tracks of the train and valid lists of the fault-filtered split are used, without exact copies.  Most of them have
no audio, so their features are estimated from the pictures (`scripts.default.pictures`).  Those with audio are used as
they are and augmented: in rooms, with less bandwidth, as MP3, clipped and noisy.  The model is a logistic regression on
the means of tracks (`scripts.default.head`).

The scores are those of the tracks with audio in folds by artist: the map from pictures, the regression and the choice
of its settings are repeated without the artists of the test set.  The temperature of the probabilities is fitted to the
same predictions.
"""

import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from genre_core import datasets, runs, storage
from genre_core.audio import SEGMENT_RATE, SEGMENT_SAMPLES
from genre_core.datasets.splits import SplitConfig
from genre_core.evaluation import Evaluation
from genre_core.features import embedding, feature_set, network_files
from genre_core.models.calibration import apply_inverse_temperature, fit_inverse_temperature
from genre_core.models.config import LogisticConfig
from genre_core.models.estimator import TrainedEstimator
from genre_core.prediction import domain, reference
from scripts.default.head import Head, HeadConfig, choose, fit, folds
from scripts.default.pictures import activations_of_pictures
from scripts.default.tracks import (
    AUGMENTATIONS,
    FEATURES,
    GENRES,
    SEGMENTS,
    UNKNOWN_ARTIST,
    VERSIONS,
    AudioSegments,
    Tracks,
    Version,
    read_audio,
    read_tracks,
)

TITLE = "Default: musicnn"
NOTE = (
    "A logistic regression on the activations of three networks of musicnn, trained on tracks of GTZAN as they are and "
    "as recorded in rooms, with less bandwidth, clipped or noisy. Evaluated by cross-validation on the 127 tracks with "
    "audio; five artists account for a third of them."
)
FOLDS = 5
SPLIT = SplitConfig("artist", folds=FOLDS, seed=0)
_MIN_PROBABILITY = 1e-7


def main(pictures: Path, work: Path, folders: list[Path]) -> None:
    started = time.monotonic()
    tracks = read_tracks(pictures)
    audio = read_audio(folders, tracks, work)
    of_pictures = activations_of_pictures(tracks, work)
    everything = np.arange(len(tracks.names))

    parts = list(folds(tracks, everything, FOLDS, SPLIT.seed))
    configs = [choose(tracks, audio, of_pictures, train) for train, _ in parts]
    heads = [fit(tracks, audio, of_pictures, train, config) for (train, _), config in zip(parts, configs, strict=True)]
    test_rows = [np.flatnonzero(np.isin(audio.track, test)) for _, test in parts]
    rows, fold = np.concatenate(test_rows), np.repeat(np.arange(1, FOLDS + 1), list(map(len, test_rows)))
    labels = tracks.labels[audio.track[rows]]

    def tested(values: np.ndarray) -> np.ndarray:
        """Probabilities of the test sets: each row by the head that was fitted without its artist."""
        of_folds = [head.probabilities(values[of_fold]) for head, of_fold in zip(heads, test_rows, strict=True)]
        return np.concatenate(of_folds)

    artists = tracks.artists[audio.track[rows]]
    clean = tested(audio.clean)
    inverse_temperature = fit_inverse_temperature(np.log(np.maximum(clean, _MIN_PROBABILITY)), labels)

    def evaluation_of(probabilities: np.ndarray) -> Evaluation:
        return Evaluation(
            GENRES,
            labels,
            tracks.names[audio.track[rows]],
            audio.number[rows] * SEGMENT_SAMPLES / SEGMENT_RATE,
            apply_inverse_temperature(probabilities, inverse_temperature),
            fold,
            np.where(np.char.startswith(artists, UNKNOWN_ARTIST), "", artists),
        )

    evaluation = evaluation_of(clean)
    first_copies = {name: VERSIONS.index(Version(name, 1)) for name in AUGMENTATIONS}
    augmented = {name: evaluation_of(tested(audio.values[version])) for name, version in first_copies.items()}
    config = choose(tracks, audio, of_pictures, everything)
    head = fit(tracks, audio, of_pictures, everything, config)
    print("chosen in the folds, and on all tracks:", *configs, config, sep="\n  ")
    write_reference(tracks, audio, head.estimated)

    def write_run(out: Path, head: Head, config: HeadConfig, train: np.ndarray) -> None:
        """Write a run with these scores and the model of one head; train : the tracks that it was fitted to."""
        trained = TrainedEstimator(head.estimator, inverse_temperature, len(GENRES))
        test_id = datasets.fingerprint(evaluation.track, evaluation.start_s, np.array(GENRES)[labels])
        n_tracks, n_audio = len(tracks.names), len(audio.tracks)
        info = runs.RunInfo(
            name=out.name,
            title=TITLE,
            note=NOTE,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            dataset=f"GTZAN ({n_tracks} tracks, {n_audio} with audio)",
            dataset_id=test_id,
            test_id=test_id,
            features=FEATURES,
            feature_version=feature_set(FEATURES).version,
            segment_samples=SEGMENT_SAMPLES,
            genres=GENRES,
            config=LogisticConfig(c=config.c),
            split=SPLIT,
            counts=runs.SplitCounts(n_tracks * SEGMENTS, len(rows), n_tracks, n_audio, 0),
            excluded={},
            untested_genres=(),
            parameters=trained.parameters,
            epochs=0,
            stopped=False,
            seconds=round(time.monotonic() - started, 3),
            scores=evaluation.scores,
            ci95=evaluation.ci95,
            folds=tuple(evaluation.take(fold == i).scores for i in range(1, FOLDS + 1)),
            validation_scores=None,
            sweep="",
            versions={name: version(name) for name in ("librosa", "numpy", "scikit-learn")},
            augmentations=AUGMENTATIONS,
            augmented={name: runs.AugmentedScores(each.scores, each.ci95) for name, each in augmented.items()},
        )
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
                training_signatures=feature_set(FEATURES).signature(audio.clean[np.isin(audio.track, train)]),
            )

    for i, (of_fold, chosen, (train, _)) in enumerate(zip(heads, configs, parts, strict=True), start=1):
        write_run(fold_run(work, i), of_fold, chosen, train)
    write_run(storage.bundled_runs_dir() / runs.DEFAULT_RUN, head, config, everything)
    for name, each in {"as they are": evaluation, **augmented}.items():
        low, high = each.ci95["track_accuracy"].low, each.ci95["track_accuracy"].high
        print(f"{name}: {each.track_accuracy:.3f} of {len(audio.tracks)} tracks (95 % CI {low:.3f} to {high:.3f})")


def fold_run(work: Path, number: int) -> Path:
    """The folder of the run of one fold, numbered from 1: the default run with the model that this fold tested.

    It has the name of the default run, so that it has the same in-domain score.
    """
    return work / f"fold-{number}" / runs.DEFAULT_RUN


def write_reference(tracks: Tracks, audio: AudioSegments, estimated: np.ndarray) -> None:
    """Write the embedding of each track: that of its segments, or the mean that was estimated from its picture."""
    others = np.setdiff1d(np.arange(len(tracks.names)), audio.track)
    means = np.maximum(estimated[0, others, : embedding.SIZE], 0)
    values = np.concatenate([audio.clean[:, : embedding.SIZE], means]).astype(np.float16)
    described = {
        "track": np.concatenate([tracks.names[audio.track], tracks.names[others]]).astype(object),
        "from_audio": np.arange(len(values)) < len(audio.track),
    }
    columns = dict(zip(embedding.COLUMNS, values.T, strict=True))
    reference.FOLDER.mkdir(exist_ok=True)
    pd.DataFrame(described | columns).to_parquet(reference.FOLDER / reference.FILE, compression="zstd")
    network_files.write_checksums(reference.FOLDER, (reference.FILE, domain.FILE))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
