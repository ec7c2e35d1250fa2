"""Genre Lab's Python package: from audio to features, datasets, models, runs and predictions.

Its public interface is six names, which are loaded when they are first used; `import genre_core` itself loads nothing.

Audio, from a path or the bytes of a file, as a `Clip`:

>>> from genre_core import load_audio
>>> clip = load_audio("song.wav")
>>> clip.duration_s, clip.rate
(30.0, 22050)

Features of its segments, as arrays or a DataFrame:

>>> from genre_core import extract_features
>>> extract_features(clip, "paper").to_frame().shape
(10, 59)

A dataset: the bundled one, a folder with one subfolder per genre, or a table:

>>> from genre_core import load_dataset
>>> dataset = load_dataset("bundled")
>>> len(dataset.values), dataset.n_tracks, len(dataset.genres)
(997, 100, 10)

Training, which ends in a run: the model with its settings, split, scores and predictions:

>>> from genre_core import train
>>> run = train(dataset, "lda", split="track", seed=1, title="My first run")
>>> run.info.config.model, run.info.counts.shared_tracks
('lda', 0)

A run, by its name or folder:

>>> from genre_core import load_run
>>> run = load_run("paper-track")
>>> run.info.split.kind
'track'

The genre of a song, by the default run or another, with its segments, genre changes and reliability:

>>> from genre_core import predict
>>> prediction = predict("song.wav")
>>> prediction.genre
'classical'
>>> prediction.to_frame().columns.tolist()[:3]
['start_s', 'end_s', 'genre']
>>> predict(clip, run=run).runner_up in run.info.genres
True

Figures take results:

>>> from genre_core import figures
>>> figure = figures.predict.timeline(prediction)
"""

from importlib import import_module

TYPE_CHECKING = False  # type checkers take it for true; the module typing itself need not be loaded

if TYPE_CHECKING:
    from genre_core.audio import load_audio
    from genre_core.datasets import load_dataset
    from genre_core.features.extraction import extract_features
    from genre_core.prediction import predict
    from genre_core.runs import load_run
    from genre_core.training.single import train

__all__ = [
    "extract_features",
    "load_audio",
    "load_dataset",
    "load_run",
    "predict",
    "train",
]

_HOMES = {
    "extract_features": "genre_core.features.extraction",
    "load_audio": "genre_core.audio",
    "load_dataset": "genre_core.datasets",
    "load_run": "genre_core.runs",
    "predict": "genre_core.prediction",
    "train": "genre_core.training.single",
}
"""The module that each name is loaded from."""

if not TYPE_CHECKING:  # or else a type checker would find any name here

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
