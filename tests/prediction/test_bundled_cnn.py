"""The bundled CNN, which was trained on pictures, predicts audio files."""

from pathlib import Path

import numpy as np

from genre_core import runs
from genre_core.datasets import gtzan
from genre_core.prediction import predict_file


def test_the_bundled_cnn_recognizes_its_training_tracks_in_audio_files(gtzan_mini: Path) -> None:
    run = runs.load_run("lab-cnn")
    tracks = [track for track, facts in gtzan.all_tracks().items() if facts.subset in ("train", "valid")]
    files = [path for track in tracks if (path := gtzan_mini / f"{track}.wav").is_file()][::4]
    predictions = [predict_file(str(path), run).prediction for path in files]
    assert all("contains this recording" in prediction.warnings[0] for prediction in predictions)
    correct = [prediction.genre == path.parent.name for prediction, path in zip(predictions, files, strict=True)]
    assert np.mean(correct) > 0.75
