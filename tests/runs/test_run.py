"""What a run predicts, what it was trained on, and which datasets it takes."""

from dataclasses import replace

import numpy as np
import pytest

from genre_core import runs
from genre_core.datasets import Dataset, gtzan
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.errors import RunError
from genre_core.models.config import MlpConfig


@pytest.mark.parametrize("name", ["paper-random", "paper-track"])
def test_the_paper_runs_are_complete_and_trained_on_the_bundled_table(name: str, bundled: Dataset) -> None:
    run = runs.load_run(name)
    split = make_split(bundled, run.info.split).single
    assert run.info.config == MlpConfig()
    assert run.info.parameters == 203_338
    np.testing.assert_array_equal(run.evaluation().track, bundled.track[split.test])
    assert run.seen(bundled.values[split.train]).all()
    np.testing.assert_allclose(run.probabilities(bundled.values[split.test]), run.evaluation().probabilities, atol=1e-5)


def test_segments_are_recognized_by_content(bundled: Dataset) -> None:
    run = runs.load_run("paper-track")
    split = make_split(bundled, run.info.split).single
    assert not run.seen(bundled.values[split.test]).any()
    almost = bundled.values[split.train] * np.where(np.array(run.feature_set.columns) == "length", 1, 1 + 1e-6)
    assert run.seen(almost).all()


def test_the_protocol_of_the_paper_gives_the_accuracy_of_the_paper() -> None:
    info = runs.load_run(runs.PAPER_RUN).info
    assert info.split.kind == "random"
    assert info.scores.accuracy >= 0.9035


def test_the_bundled_cnn_is_small_and_tested_on_the_test_list() -> None:
    run = runs.load_run("lab-cnn")
    info = run.info
    assert sum(path.stat().st_size for path in run.folder.iterdir()) < 5_000_000
    assert (info.features, info.split) == ("wide-mel", SplitConfig("fault-filtered"))
    assert info.validation_scores is not None
    # One of the 443 + 197 tracks is missing in the file of spectrograms.
    assert (info.counts.train_tracks, info.validation_scores.tracks, info.counts.test_tracks) == (639, 197, 290)
    evaluation = run.evaluation()
    assert {gtzan.facts(track).subset for track in evaluation.track.tolist()} == {"test"}
    assert evaluation.scores == info.scores
    assert evaluation.ci95 == info.ci95


def test_a_dataset_with_other_features_segments_or_genres_is_refused(bundled: Dataset) -> None:
    run = runs.load_run("paper-track")
    run.check_dataset(bundled)
    with pytest.raises(RunError, match="needs the feature set 'paper'"):
        run.check_dataset(replace(bundled, features="embedding", values=np.zeros((len(bundled.values), 200))))
    with pytest.raises(RunError, match="needs segments of 3 s"):
        run.check_dataset(replace(bundled, segment_samples=661_794))
    polka = np.where(bundled.genre == "blues", "polka", bundled.genre)
    with pytest.raises(RunError, match="not trained on: polka"):
        run.check_dataset(replace(bundled, genre=polka))


def test_calibrated_probabilities_grow_with_the_number_of_segments_unless_the_split_is_leaky() -> None:
    mean = np.array([0.4] + [0.6 / 9] * 9)
    default = runs.load_run(runs.DEFAULT_RUN)
    one, ten = (default.calibrated(mean, n)[0] for n in (1, 10))
    assert one == pytest.approx(0.4)
    assert ten > one
    assert runs.load_run(runs.PAPER_RUN).calibrated(mean, 10)[0] <= 0.4 + 1e-9
