"""Training in the worker process, the run that it leaves, and serving it."""

import errno
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core import datasets, runs
from genre_core.audio import synthesis
from genre_core.datasets import Dataset, gtzan
from genre_core.datasets.splits import SplitConfig, make_split
from genre_core.errors import ConfigError, DatasetError, RunError, StorageError, TrainingError
from genre_core.models.config import MODELS, CnnConfig, MlpConfig, ModelConfig, SvmConfig, make_config
from genre_core.prediction import evaluate_dataset, predict_file, predict_song
from genre_core.runs import Run
from genre_core.training import Trainer, expected_seconds

QUICK = MlpConfig(layers=(64, 32), dropout=0.1, epochs=30, learning_rate=0.003)


@pytest.fixture(scope="module")
def run(trainer: Trainer, bundled: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("runs") / "quick"
    return trainer.start(bundled, QUICK, SplitConfig("track"), title="Quick", out=folder).result()


def test_a_training_tells_every_epoch_and_becomes_a_run(trainer: Trainer, bundled: Dataset, home: Path) -> None:
    job = trainer.start(bundled, QUICK, SplitConfig("random"))
    assert job.wait(120)
    assert job.state == "done"
    assert [epoch.epoch for epoch in job.epochs] == list(range(1, 31))
    assert job.epochs[-1].loss < job.epochs[0].loss
    assert job.seconds_left == 0
    run = job.result()
    assert run.folder.parent == home / "runs"
    assert run.history() == job.epochs
    assert run.info.scores.accuracy == pytest.approx(job.epochs[-1].test_accuracy)
    assert run.info.scores.log_loss == pytest.approx(job.epochs[-1].test_loss, rel=1e-4)
    assert runs.list_runs()[0].name == run.info.name


def test_the_run_says_what_it_was_measured_on(run: Run, bundled: Dataset) -> None:
    info = run.info
    split = make_split(bundled, info.split).single
    assert info.data == "bundled"
    assert info.parameters == QUICK.parameters(58, 10)
    assert (info.counts.train_segments, info.counts.test_segments) == (len(split.train), len(split.test))
    assert (info.counts.train_tracks, info.counts.test_tracks, info.counts.shared_tracks) == (70, 30, 0)
    evaluation = run.evaluation()
    assert evaluation.accuracy == info.scores.accuracy
    assert evaluation.macro_f1 == info.scores.macro_f1
    np.testing.assert_array_equal(evaluation.track, bundled.track[split.test])
    np.testing.assert_array_equal(evaluation.labels, bundled.labels[split.test])


def test_the_scaler_is_fitted_on_the_training_part_alone(run: Run, bundled: Dataset) -> None:
    train = bundled.values[make_split(bundled, run.info.split).single.train]
    np.testing.assert_allclose(run.scaling.mean, train.mean(axis=0))
    np.testing.assert_allclose(run.scaling.scale[1:], train.std(axis=0)[1:])
    assert run.scaling.apply(bundled.values + 1)[:, 0].max() == 0  # the length of a segment is no sound


def test_litert_answers_as_keras_did(run: Run, bundled: Dataset) -> None:
    test = make_split(bundled, run.info.split).single.test
    np.testing.assert_allclose(run.probabilities(bundled.values[test]), run.evaluation().probabilities, atol=1e-5)


def test_the_saved_keras_model_is_the_same_network(run: Run, bundled: Dataset) -> None:
    values = run.scaling.apply(bundled.values[:50])
    np.save(run.folder.parent / "values.npy", values)
    code = (
        "import sys, keras, numpy as np; m = keras.models.load_model(sys.argv[1]); "
        "np.save(sys.argv[3], m.predict(np.load(sys.argv[2]), verbose=0)); print(m.count_params())"
    )
    places = [str(run.folder / "model.keras"), str(run.folder.parent / "values.npy"), str(run.folder.parent / "p.npy")]
    said = subprocess.run([sys.executable, "-c", code, *places], check=True, capture_output=True, text=True)
    assert int(said.stdout) == run.info.parameters
    expected = np.load(run.folder.parent / "p.npy")
    np.testing.assert_allclose(run.probabilities(bundled.values[:50]), expected, atol=1e-5)


def test_the_same_seed_gives_the_same_answers(trainer: Trainer, bundled: Dataset, run: Run, tmp_path: Path) -> None:
    again = trainer.start(bundled, QUICK, SplitConfig("track"), out=tmp_path / "again").result()
    np.testing.assert_allclose(again.evaluation().probabilities, run.evaluation().probabilities, atol=0.02)


def test_stop_keeps_what_was_learned_so_far(trainer: Trainer, bundled: Dataset, tmp_path: Path) -> None:
    job = trainer.start(bundled, MlpConfig(epochs=5000), SplitConfig(), out=tmp_path / "run")
    while len(job.epochs) < 20:
        assert not job.wait(0.02)
    job.stop()
    assert job.wait(30)
    info = job.result().info
    assert info.stopped
    assert 20 <= info.epochs < 5000
    assert info.scores.accuracy > 0.3


def test_a_training_that_waits_is_stopped_at_once(trainer: Trainer, bundled: Dataset, tmp_path: Path) -> None:
    first = trainer.start(bundled, MlpConfig(epochs=5000), SplitConfig(), out=tmp_path / "first")
    second = trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "second")
    assert second.state == "waiting"
    second.stop()
    assert second.state == "stopped"
    assert trainer.jobs == [first]
    with pytest.raises(TrainingError, match="before there was anything"):
        second.result()
    third = trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "third")
    first.stop()
    assert third.result().info.epochs == QUICK.epochs
    first.stop()  # too late to mean anything, and no harm to whoever trains now
    assert not (tmp_path / "second").exists()


def test_two_trainings_at_once_become_two_runs(trainer: Trainer, bundled: Dataset) -> None:
    jobs = [trainer.start(bundled, QUICK, SplitConfig()) for _ in range(2)]
    names = {job.result().info.name for job in jobs}
    assert len(names) == 2


def test_a_worker_that_dies_is_a_message_and_the_next_training_goes_on(bundled: Dataset, tmp_path: Path) -> None:
    trainer = Trainer()
    job = trainer.start(bundled, MlpConfig(epochs=5000), SplitConfig(), out=tmp_path / "first")
    while not job.epochs:
        assert not job.wait(0.05)
    assert job._worker is not None
    job._worker.process.kill()
    assert job.wait(30)
    assert job.state == "failed"
    assert "ended unexpectedly" in str(job.problem)
    assert trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "second").result().info.epochs == 30
    trainer.close()


def test_a_worker_that_died_while_idle_costs_nobody_a_training(bundled: Dataset, tmp_path: Path) -> None:
    trainer = Trainer()
    worker = trainer._idle.queue[0]
    worker.process.kill()
    worker.process.wait()
    assert trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "run").result().info.epochs == QUICK.epochs
    trainer.close()


def test_a_worker_that_cannot_be_started_is_a_message(
    bundled: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = Trainer()
    trainer.close()

    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr(subprocess, "Popen", full)
        job = trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "first")
        assert job.wait(10)
    assert job.state == "failed"
    assert "No space left" in str(job.problem)
    assert trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "second").result()
    trainer.close()


def test_what_cannot_be_trained_is_said_before(trainer: Trainer, bundled: Dataset, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(StorageError, match="exists already"):
        trainer.start(bundled, QUICK, SplitConfig(), out=tmp_path / "taken")
    lonely = replace(bundled, track=np.where(bundled.genre == "jazz", "jazz/one", bundled.track))
    with pytest.raises(DatasetError, match="jazz"):
        trainer.start(lonely, QUICK, SplitConfig("track"))


def test_more_work_is_expected_to_take_longer() -> None:
    def expected(config: ModelConfig, split: SplitConfig = SplitConfig(), segments: int = 1000) -> float:  # noqa: B008
        return expected_seconds(config, split, segments, (58,), 10)

    paper = expected(MlpConfig())
    assert expected(MlpConfig(epochs=800)) > 1.5 * paper
    assert expected(MlpConfig(), segments=10_000) > 5 * paper
    assert expected(MlpConfig(layers=(48, 24))) < paper
    assert expected(MlpConfig(), SplitConfig("track", folds=5)) > 4 * paper
    assert expected(SvmConfig(), segments=100_000) > expected(SvmConfig(), segments=10_000)


# --- runs on disk ---------------------------------------------------------------------------------------------------


@pytest.fixture
def copied(run: Run, home: Path) -> Path:
    """A copy of the run among the user's."""
    folder = home / "runs" / "copied"
    shutil.copytree(run.folder, folder)
    return folder


def test_a_run_is_found_by_name_and_by_folder(copied: Path) -> None:
    assert runs.load_run("copied").folder == runs.load_run(copied).folder == copied
    with pytest.raises(RunError, match="no run nowhere"):
        runs.load_run("nowhere")


@pytest.mark.parametrize("name", runs.files_of(MlpConfig()))
@pytest.mark.parametrize("damage", ["missing", "truncated", "changed"])
def test_a_damaged_run_is_refused(copied: Path, name: str, damage: str) -> None:
    path = copied / name
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "truncated" else content[:-1] + b"?")
    with pytest.raises(RunError, match="damaged"):
        runs.load_run("copied")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": 1}', "not json"])
def test_a_foreign_run_is_refused_and_not_listed(copied: Path, text: str) -> None:
    assert "copied" in [info.name for info in runs.list_runs()]
    (copied / "run.json").write_text(text)
    with pytest.raises(RunError):
        runs.load_run("copied")
    assert "copied" not in [info.name for info in runs.list_runs()]


@pytest.mark.parametrize(
    "change",
    [{"created": None}, {"created": "yesterday"}, {"scores": None}, {"checksums": None}, {"genres": []}, {"x": 1}],
    ids=str,
)
def test_a_run_json_that_says_something_senseless_is_refused_and_not_listed(copied: Path, change: dict) -> None:
    said = json.loads((copied / "run.json").read_text())
    (copied / "run.json").write_text(json.dumps(said | change))
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        runs.load_run("copied")
    assert "copied" not in [info.name for info in runs.list_runs()]


def test_a_run_is_called_as_its_folder_is(copied: Path) -> None:
    renamed = copied.rename(copied.with_name("my best"))
    assert runs.load_run("my best").folder == renamed
    assert "my best" in [info.name for info in runs.list_runs()]


def test_a_run_of_another_format_is_refused(copied: Path) -> None:
    said = json.loads((copied / "run.json").read_text())
    (copied / "run.json").write_text(json.dumps(said | {"format": 99}))
    with pytest.raises(RunError, match="format 99"):
        runs.load_run("copied")


def test_runs_that_are_being_written_are_not_listed(copied: Path) -> None:
    before = [info.name for info in runs.list_runs()]
    shutil.copytree(copied, copied.parent / ".partial-abc")
    assert [info.name for info in runs.list_runs()] == before


def test_no_file_of_a_run_is_a_pickle(run: Run) -> None:
    for path in run.folder.iterdir():
        assert path.suffix in {".json", ".npz", ".npy", ".parquet", ".keras", ".tflite"}
    np.load(run.folder / "training.npy", allow_pickle=False)
    with np.load(run.folder / "scaler.npz", allow_pickle=False) as scaler:
        assert set(scaler) == {"log", "mean", "scale"}


@pytest.mark.parametrize("name", ["paper-random", "paper-track"])
def test_the_bundled_runs_are_whole_and_made_from_the_bundled_table(name: str, bundled: Dataset) -> None:
    run = runs.load_run(name)
    split = make_split(bundled, run.info.split).single
    assert run.info.config == MlpConfig()
    assert run.info.parameters == 203_338
    np.testing.assert_array_equal(run.evaluation().track, bundled.track[split.test])
    assert run.seen(bundled.values[split.train]).all()
    np.testing.assert_allclose(run.probabilities(bundled.values[split.test]), run.evaluation().probabilities, atol=1e-5)


def test_the_labs_network_is_bundled_whole_and_small() -> None:
    run = runs.load_run("lab-cnn")
    info = run.info
    assert sum(path.stat().st_size for path in run.folder.iterdir()) < 5_000_000
    assert (info.features, info.split) == ("wide-mel", SplitConfig("fault-filtered"))
    assert info.selection is not None
    # Of the 443 and 197 tracks to learn from the file of pictures lacks one.
    assert (info.counts.train_tracks, info.selection.tracks, info.counts.test_tracks) == (639, 197, 290)
    evaluation = run.evaluation()
    assert {gtzan.facts(track).part for track in evaluation.track.tolist()} == {"test"}
    assert evaluation.scores == info.scores
    assert evaluation.ci95 == info.ci95


def test_the_labs_network_hears_in_files_what_it_learned_from_pictures(gtzan_mini: Path) -> None:
    """Tracks of its training lists, from their audio: known again, and mostly named right."""
    run = runs.load_run("lab-cnn")
    tracks = [track for track, facts in gtzan.all_tracks().items() if facts.part in ("train", "valid")]
    files = [path for track in tracks if (path := gtzan_mini / f"{track}.wav").is_file()][::4]
    heard = [predict_file(str(path), run).prediction for path in files]
    assert all("was trained on" in prediction.warnings[0] for prediction in heard)
    right = [prediction.genre == path.parent.name for prediction, path in zip(heard, files, strict=True)]
    assert np.mean(right) > 0.75


def test_the_papers_protocol_gives_the_papers_accuracy() -> None:
    info = runs.load_run(runs.PAPER).info
    assert info.split.kind == "random"
    assert info.scores.accuracy >= 0.9035


# --- what a run was trained on --------------------------------------------------------------------------------------


def test_what_was_trained_on_is_known_by_content_not_by_name(run: Run, bundled: Dataset) -> None:
    split = make_split(bundled, run.info.split).single
    order = np.random.default_rng(0).permutation(len(bundled.values))
    renamed = replace(
        bundled,
        name="renamed",
        values=bundled.values[order],
        genre=bundled.genre[order],
        track=np.array([f"x/{i}" for i in range(len(order))]),
        start_s=np.zeros(len(order)),
    )
    score = evaluate_dataset(renamed, run)
    assert score.seen_segments == len(split.train)
    assert score.evaluation is not None
    assert score.evaluation.accuracy == pytest.approx(run.info.scores.accuracy)


def test_nothing_is_scored_where_all_was_seen(run: Run, bundled: Dataset) -> None:
    rows = make_split(bundled, run.info.split).single.train
    score = evaluate_dataset(bundled.take(rows), run)
    assert score.evaluation is None
    assert (score.seen_segments, score.seen_tracks, score.shared_tracks) == (len(rows), 70, 0)


def test_segments_of_another_length_are_refused(run: Run, bundled: Dataset) -> None:
    with pytest.raises(RunError, match="judges pieces of 3 s"):
        evaluate_dataset(replace(bundled, segment_samples=661_794), run)


def test_a_data_set_with_an_unknown_genre_is_refused(run: Run, demo_folder: Path) -> None:
    data = datasets.read_folder(demo_folder, jobs=1)
    polka = replace(data, genre=np.where(data.genre == data.genres[0], "polka", data.genre))
    with pytest.raises(RunError, match="polka"):
        evaluate_dataset(polka, run)


# --- folds, parts for choosing, models without epochs ----------------------------------------------------------------


def test_with_folds_everything_is_tested_once_by_a_model_that_had_not_learned_it(
    trainer: Trainer, bundled: Dataset, tmp_path: Path
) -> None:
    job = trainer.start(bundled, QUICK, SplitConfig("track", folds=3), out=tmp_path / "folds")
    assert job.fits == 4
    run = job.result()
    info, evaluation = run.info, run.evaluation()
    assert len(info.folds) == 3
    assert sum(fold.segments for fold in info.folds) == len(evaluation.labels) == len(bundled.values)
    assert info.counts.test_tracks == info.counts.train_tracks == 100
    assert info.counts.shared_tracks == 0
    right = sum(fold.accuracy * fold.segments for fold in info.folds)
    assert info.scores.accuracy == pytest.approx(right / len(bundled.values))
    assert 0.4 < info.scores.accuracy < 0.95
    # The model that is kept has learned from everything: it must not be what was scored.
    assert (run.probabilities(bundled.values).argmax(axis=1) == bundled.labels).mean() > 0.95
    assert run.seen(bundled.values).all()
    history = run.history()
    assert [epoch.epoch for epoch in history] == list(range(1, QUICK.epochs + 1))
    assert history[-1].test_accuracy == pytest.approx(np.mean([fold.accuracy for fold in info.folds]))


def test_the_part_for_choosing_says_when_to_stop_and_is_then_learned_from(
    trainer: Trainer, bundled: Dataset, tmp_path: Path
) -> None:
    number = np.array([int(track[-5:]) % 5 for track in bundled.track])
    part = np.select([number < 3, number == 3], ["train", "valid"], "test")
    data = replace(bundled, part=part)
    run = trainer.start(data, QUICK, SplitConfig("column"), out=tmp_path / "run").result()
    info = run.info
    assert info.selection is not None
    assert info.selection.segments == (part == "valid").sum()
    assert info.counts.train_segments == (part != "test").sum()
    assert 1 <= info.epochs <= QUICK.epochs
    assert not info.stopped
    assert run.seen(data.values[part != "test"]).all()
    assert not run.seen(data.values[part == "test"]).any()


def test_stop_in_the_middle_of_folds_leaves_no_run(trainer: Trainer, bundled: Dataset, tmp_path: Path) -> None:
    job = trainer.start(bundled, MlpConfig(epochs=5000), SplitConfig("track", folds=3), out=tmp_path / "run")
    while not job.epochs:
        assert not job.wait(0.02)
    job.stop()
    assert job.wait(30)
    assert job.state == "stopped"
    assert job.run is None
    assert not (tmp_path / "run").exists()
    assert trainer.start(bundled, QUICK, SplitConfig("track"), out=tmp_path / "next").result()


def test_a_model_of_scikit_learn_is_a_run_like_any_other(trainer: Trainer, bundled: Dataset, home: Path) -> None:
    run = trainer.start(bundled, SvmConfig(), SplitConfig("track")).result()
    test = make_split(bundled, SplitConfig("track")).single.test
    np.testing.assert_allclose(run.probabilities(bundled.values[test]), run.evaluation().probabilities, atol=1e-5)
    assert run.history() == []
    assert {path.name for path in run.folder.iterdir()} == {"run.json", *runs.files_of(SvmConfig())}
    assert not [path for path in run.folder.iterdir() if path.suffix in (".pkl", ".joblib")]


@pytest.mark.parametrize("features", ["embedding", "paper+embedding"])
@pytest.mark.parametrize("model", [kind.model for kind in MODELS.values() if kind.takes == "numbers"])
def test_every_model_of_numbers_learns_from_the_embedding(
    trainer: Trainer, features: str, model: str, tmp_path: Path
) -> None:
    data = datasets.load("bundled", features=features)
    data = data.take(data.start_s < 10)
    config = QUICK if model == QUICK.model else make_config(model)
    run = trainer.start(data, config, SplitConfig("track"), out=tmp_path / "run").result()
    assert run.info.scores.accuracy > 0.7  # of the 58 columns alone: 0.6
    assert len(predict_song(synthesis.song("adagio").clip(seconds=7), run).prediction.segments) == 3
    seen = evaluate_dataset(data, run)
    assert seen.seen_segments == run.info.counts.train_segments
    assert seen.shared_tracks == 0


def test_a_model_is_refused_what_it_does_not_take(trainer: Trainer, bundled: Dataset) -> None:
    with pytest.raises(ConfigError, match="learns from pictures"):
        trainer.start(bundled, CnnConfig(), SplitConfig())
    with pytest.raises(ConfigError, match="learns from numbers"):
        trainer.start(datasets.load("bundled", features="mel"), SvmConfig(), SplitConfig())


def test_a_network_of_pictures_knows_what_it_was_trained_on(trainer: Trainer, tmp_path: Path) -> None:
    data = datasets.load("bundled", features="mel")
    config = CnnConfig(filters=4, epochs=2)
    run = trainer.start(data, config, SplitConfig("track"), out=tmp_path / "run").result()
    split = make_split(data, SplitConfig("track")).single
    assert run.seen(data.values[split.train]).all()
    assert not run.seen(data.values[split.test]).any()
    np.testing.assert_allclose(
        run.probabilities(data.values[split.test]), run.evaluation().probabilities, atol=1e-5
    )  # fmt: skip


# --- runs of before, and what people do with runs --------------------------------------------------------------------


def test_a_run_of_format_1_is_still_read(bundled: Dataset) -> None:
    run = runs.load_run(Path(__file__).parent / "data" / "run-format-1")
    assert run.info.config == MlpConfig(layers=(4,), epochs=2)
    assert run.info.split == SplitConfig("track")
    assert run.info.scores.accuracy == pytest.approx(0.12374581939799331)
    assert run.info.ci95["accuracy"].low < run.info.scores.accuracy < run.info.ci95["accuracy"].high
    np.testing.assert_allclose(
        run.probabilities(bundled.values[make_split(bundled, run.info.split).single.test]),
        run.evaluation().probabilities,
        atol=1e-5,
    )
    assert run.seen(bundled.values[make_split(bundled, run.info.split).single.train]).all()


def test_a_run_gets_a_title_and_a_note_and_is_deleted(copied: Path) -> None:
    runs.describe_run("copied", title=" Mine ", note="for <class>")
    info = runs.load_run("copied").info
    assert (info.title, info.note) == ("Mine", "for <class>")
    assert [info.title for info in runs.list_runs() if info.name == "copied"] == ["Mine"]
    runs.delete_run("copied")
    assert not copied.exists()
    assert "copied" not in [info.name for info in runs.list_runs()]
    assert list(copied.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["paper-random", "nowhere", "../runs/copied", "", ".", ".."])
def test_what_is_not_ones_own_run_is_neither_described_nor_deleted(copied: Path, name: str) -> None:
    with pytest.raises(RunError):
        runs.delete_run(name)
    with pytest.raises(RunError):
        runs.describe_run(name, title="", note="")
    assert copied.exists()


# --- figures that others have measured ------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "expected"), [("logistic", 0.534), ("svm", 0.490)])
def test_the_published_figures_of_the_kaggle_table_are_reproduced(
    trainer: Trainer, kaggle_30_sec: Path, model: str, expected: float
) -> None:
    run = trainer.start(datasets.load(str(kaggle_30_sec)), make_config(model), SplitConfig("fault-filtered")).result()
    assert run.info.counts.train_tracks == 640
    assert run.info.scores.tracks == 290
    assert run.info.scores.track_accuracy == pytest.approx(expected, abs=0.01)
