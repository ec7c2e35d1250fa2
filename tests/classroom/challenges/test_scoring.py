"""Submitting runs and the reveal, with real runs on the bundled dataset."""

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genre_core import runs, storage
from genre_core.classroom import challenges
from genre_core.classroom.challenges import SPLIT, Challenge, files, make_board, make_outcome, scoring
from genre_core.datasets import Dataset
from genre_core.errors import ConfigError, DamagedFileError, RunError
from genre_core.jobs import Workers
from genre_core.models.config import make_config
from genre_core.runs.exchange import export_run, import_run
from genre_core.runs.formats import RunFile, read_run_file, write_run_file
from genre_core.training import Trainer


@pytest.fixture
def entered(challenge: Challenge) -> Challenge:
    """The challenge, entered by Anna and Ben."""
    for owner in ("anna", "ben"):
        challenges.enter_challenge(challenge.code, owner, owner.capitalize())
    return challenge


def copy_run(name: str, number: int) -> str:
    """Another run of the same content."""
    shutil.copytree(storage.runs_dir() / name, storage.runs_dir() / f"{name}-{number}")
    return f"{name}-{number}"


def change_info(name: str, **changes: Any) -> None:
    folder = storage.runs_dir() / name
    stored = read_run_file(folder)
    write_run_file(folder / "run.json", RunFile(replace(stored.info, **changes), stored.checksums))


# --- submitting -------------------------------------------------------------------------------------------------------


def test_a_submission_has_the_scores_of_the_run_on_the_validation_set(
    entered: Challenge, run_of: dict[str, str]
) -> None:
    submission = challenges.submit_run(entered.code, "anna", run_of["anna"])
    run = runs.load_run(run_of["anna"])
    assert submission.scores.track_accuracy == run.info.scores.track_accuracy
    assert submission.scores.tracks == entered.valid_tracks == 20
    assert submission.correct.count("1") == round(20 * run.info.scores.track_accuracy)
    assert challenges.submissions(entered.code) == (submission,)
    (row,) = make_board(challenges.students(entered.code), (submission,)).rows
    assert row.ci95 == run.info.ci95["track_accuracy"]


def test_the_run_may_be_deleted_afterwards(entered: Challenge, run_of: dict[str, str]) -> None:
    challenges.submit_run(entered.code, "anna", run_of["anna"])
    runs.delete_run(run_of["anna"])
    challenges.reveal(entered.code)
    results = challenges.results(entered.code)
    assert results is not None and results.results[0].scores is not None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"owner": "ben"}, "belongs to another visitor"),
        ({"features": "embedding"}, "not trained on the dataset"),
        ({"dataset_id": "00000000"}, "not trained on the dataset"),
        ({"split": replace(SPLIT, selection=False)}, "another split"),
        ({"split": replace(SPLIT, kind="track")}, "another split"),
        ({"test_id": "00000000"}, "another validation set"),
        ({"augmentations": ("room",)}, "was augmented"),
    ],
)
def test_only_own_runs_on_this_dataset_and_split_are_taken(
    entered: Challenge, run_of: dict[str, str], changes: dict[str, Any], reason: str
) -> None:
    change_info(run_of["anna"], **changes)
    shown = challenges.unsuitable(entered, "anna", read_run_file(storage.runs_dir() / run_of["anna"]).info)
    assert shown and reason in shown
    with pytest.raises((ConfigError, RunError)):
        challenges.submit_run(entered.code, "anna", run_of["anna"])
    assert challenges.submissions(entered.code) == ()


def _gives_genres_away(dataset: Dataset, is_train: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).random(dataset.values.shape)
    return np.tile(np.eye(10)[dataset.labels], 6)[:, :58] + 0.1 * noise


def _moved_a_little(dataset: Dataset, is_train: np.ndarray) -> np.ndarray:
    """So little that `Run.seen` takes each segment for the same."""
    return dataset.values + np.where(is_train[:, None], 0.01 * dataset.values.std(axis=0), 0)


def _one_value_moved(dataset: Dataset, is_train: np.ndarray) -> np.ndarray:
    values = dataset.values.copy()
    values[np.flatnonzero(is_train)[7], 3] *= 1.001
    return values


def _two_segments_swapped(dataset: Dataset, is_train: np.ndarray) -> np.ndarray:
    values, (one, *_, other) = dataset.values.copy(), np.flatnonzero(is_train)
    values[[one, other]] = values[[other, one]]
    return values


def _with_the_validation_set(dataset: Dataset, is_train: np.ndarray) -> np.ndarray:
    values, valid = dataset.values.copy(), np.flatnonzero(~is_train)
    values[np.flatnonzero(is_train)[: len(valid)]] = values[valid]
    return values


@pytest.mark.parametrize(
    "forge",
    [_gives_genres_away, _moved_a_little, _one_value_moved, _two_segments_swapped, _with_the_validation_set],
)
def test_a_run_that_pretends_to_be_trained_on_its_dataset_is_refused(
    entered: Challenge, trainer: Trainer, forge: Callable[[Dataset, np.ndarray], np.ndarray]
) -> None:
    # The segments have the names and genres of the challenge, but the training set has other features.
    dataset = challenges.student_dataset(entered.code)
    values = forge(dataset, np.asarray(dataset.subset == "train"))
    forged = trainer.start(replace(dataset, values=values), make_config("lda", {}), SPLIT, owner="anna").result()
    assert challenges.unsuitable(entered, "anna", forged.info) is None  # by its facts alone
    with pytest.raises(ConfigError, match="training set is not exactly that of this challenge"):
        challenges.submit_run(entered.code, "anna", forged.info.name)
    assert challenges.submissions(entered.code) == ()


def test_the_test_set_found_out_from_a_public_dataset_wins_no_challenge(
    entered: Challenge, trainer: Trainer, bundled: Dataset
) -> None:
    # The missing tracks, under names of the challenge, their features moved so that they count as unseen.
    dataset = challenges.student_dataset(entered.code)
    given = {row.tobytes() for row in dataset.values}
    missing = bundled.take(np.array([row.tobytes() not in given for row in bundled.values]))
    assert missing.n_tracks == 30
    values, moved = dataset.values.copy(), missing.values + 0.1 * missing.values.std(axis=0)
    for genre in dataset.genres:
        rows = np.flatnonzero((dataset.genre == genre) & (dataset.subset == "train"))
        values[rows] = np.resize(moved[missing.genre == genre], (len(rows), 58))
    config = make_config("knn", {"neighbors": 1})
    forged = trainer.start(replace(dataset, values=values), config, SPLIT, owner="anna").result()
    with pytest.raises(ConfigError, match="training set is not exactly that of this challenge"):
        challenges.submit_run(entered.code, "anna", forged.info.name)


@pytest.mark.parametrize("place", ["list", "copy"])
def test_a_run_that_is_deleted_meanwhile_is_said_to_be(
    entered: Challenge, run_of: dict[str, str], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    module, name = {"list": (scoring, "load_run"), "copy": (files, "write_submission")}[place]
    real = getattr(module, name)

    def delete_first(*arguments: Any) -> Any:
        runs.delete_run(run_of["anna"])
        return real(*arguments)

    monkeypatch.setattr(module, name, delete_first)
    with pytest.raises(RunError, match="The run was deleted while it was submitted; choose another one"):
        challenges.submit_run(entered.code, "anna", run_of["anna"])
    assert challenges.submissions(entered.code) == ()


def test_the_runs_of_others_and_paths_are_told_as_runs_that_do_not_exist(
    entered: Challenge, run_of: dict[str, str]
) -> None:
    folder = storage.runs_dir() / run_of["anna"]
    copy_run(run_of["ben"], 2)
    (storage.runs_dir() / f"{run_of['ben']}-2" / "run.json").write_text("{}")  # whose it was is not known
    for name in (run_of["ben"], f"{run_of['ben']}-2", str(folder), f"../runs/{folder.name}", f"{folder.name}/", "none"):
        with pytest.raises(RunError) as raised:
            challenges.submit_run(entered.code, "anna", name)
        assert str(raised.value) == str(runs.no_such_run(name))


def test_a_run_is_submitted_once_and_by_who_has_entered(challenge: Challenge, run_of: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="Enter the challenge with a nickname first"):
        challenges.submit_run(challenge.code, "anna", run_of["anna"])
    challenges.enter_challenge(challenge.code, "anna", "Anna")
    challenges.submit_run(challenge.code, "anna", run_of["anna"])
    with pytest.raises(ConfigError, match="submitted this run already"):
        challenges.submit_run(challenge.code, "anna", run_of["anna"])


def test_there_is_a_limit_of_submissions(
    entered: Challenge, run_of: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "MAX_SUBMISSIONS", 1)
    challenges.submit_run(entered.code, "anna", run_of["anna"])
    with pytest.raises(ConfigError, match="You have submitted 1 runs, which is the limit"):
        challenges.submit_run(entered.code, "anna", copy_run(run_of["anna"], 2))
    challenges.submit_run(entered.code, "ben", run_of["ben"])  # of each student


def test_there_is_a_limit_of_submissions_of_the_whole_class(
    entered: Challenge, run_of: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "MAX_ALL_SUBMISSIONS", 1)
    challenges.submit_run(entered.code, "anna", run_of["anna"])
    with pytest.raises(ConfigError, match="The class has submitted 1 runs, which is the limit"):
        challenges.submit_run(entered.code, "ben", run_of["ben"])


def test_students_submit_at_once(entered: Challenge, run_of: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "MAX_SUBMISSIONS", 3)
    copies = [(owner, copy_run(run_of[owner], number)) for number in range(4) for owner in ("anna", "ben")]

    def submit(one: tuple[str, str]) -> bool:
        try:
            challenges.submit_run(entered.code, *one)
        except ConfigError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(submit, copies)) == 6
    board = make_board(challenges.students(entered.code), challenges.submissions(entered.code))
    assert [row.submissions for row in board.rows] == [3, 3]


def test_a_removed_student_takes_the_submissions_along(
    entered: Challenge, run_of: dict[str, str], folder: Path
) -> None:
    for owner in ("anna", "ben"):
        challenges.submit_run(entered.code, owner, run_of[owner])
    anna = challenges.student_of(entered.code, "anna")
    assert anna is not None
    challenges.remove_student(entered.code, anna.id)
    assert [student.nickname for student in challenges.students(entered.code)] == ["Ben"]
    (left,) = challenges.submissions(entered.code)
    assert left.run == run_of["ben"]
    assert sorted(path.name for path in (folder / "submissions").iterdir()) == [left.id, f"{left.id}.json"]
    challenges.enter_challenge(entered.code, "anna", "Anna")
    assert len(challenges.submissions(entered.code)) == 1


# --- the reveal -------------------------------------------------------------------------------------------------------


@pytest.fixture
def submitted(entered: Challenge, run_of: dict[str, str]) -> Challenge:
    """The challenge with a run of Anna and a run of Ben."""
    for owner in ("anna", "ben"):
        challenges.submit_run(entered.code, owner, run_of[owner])
    return entered


def test_the_reveal_scores_the_best_of_everyone_on_the_test_set(submitted: Challenge, folder: Path) -> None:
    steps: list[tuple[int, int]] = []
    challenges.reveal(submitted.code, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(0, 2), (1, 2)]
    assert challenges.challenge_state(challenges.find_challenge(submitted.code)) == "revealed"
    results = challenges.results(submitted.code)
    assert results is not None
    test = files.read_dataset(folder / "test_set.npz", submitted)
    for result in results.results:
        run = runs.load_run(result.submission.run)
        predicted = np.array(run.info.genres)[run.probabilities(test.values).argmax(axis=1)]
        assert result.scores is not None
        assert result.scores.tracks == test.n_tracks == 30
        assert result.scores.accuracy == pytest.approx(float((predicted == test.genre).mean()))
    outcome = make_outcome(challenges.students(submitted.code), challenges.submissions(submitted.code), results)
    assert {row.nickname for row in outcome.rows} == {"Anna", "Ben"}
    assert outcome.lessons()


def test_after_the_reveal_nothing_changes_any_more(submitted: Challenge, run_of: dict[str, str]) -> None:
    challenges.reveal(submitted.code)
    first = challenges.results(submitted.code)
    with pytest.raises(ConfigError, match="is closed"):
        challenges.submit_run(submitted.code, "anna", copy_run(run_of["anna"], 2))
    with pytest.raises(ConfigError, match="results are revealed"):
        challenges.set_open(submitted.code, True)
    challenges.reveal(submitted.code)
    assert challenges.results(submitted.code) == first


def test_nothing_is_opened_while_results_are_computed(submitted: Challenge, run_of: dict[str, str]) -> None:
    other = copy_run(run_of["anna"], 2)

    def reopen(done: int, total: int) -> None:
        with pytest.raises(ConfigError, match="results are being computed"):
            challenges.set_open(submitted.code, True)
        with pytest.raises(ConfigError, match="is closed"):
            challenges.submit_run(submitted.code, "anna", other)

    challenges.reveal(submitted.code, progress=reopen)
    assert len(challenges.submissions(submitted.code)) == 2


def test_a_reveal_that_was_cut_off_is_done_again_and_nothing_is_opened_before(submitted: Challenge) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        challenges.reveal(submitted.code, progress=interrupt)
    assert challenges.results(submitted.code) is None
    assert challenges.challenge_state(challenges.find_challenge(submitted.code)) == "closed"
    with pytest.raises(ConfigError, match="results are being computed"):
        challenges.set_open(submitted.code, True)
    challenges.reveal(submitted.code)
    assert challenges.results(submitted.code) is not None


def test_a_submission_that_has_seen_the_test_set_is_refused(submitted: Challenge, folder: Path) -> None:
    best = max(challenges.submissions(submitted.code), key=lambda one: one.rank_key)
    run = runs.load_run(folder / "submissions" / best.id)
    test = files.read_dataset(folder / "test_set.npz", submitted)
    signatures = np.concatenate([run.training_signatures, test.feature_set.signature(test.values[:3])])
    np.save(run.folder / "training.npy", signatures.astype(run.training_signatures.dtype))
    stored = read_run_file(run.folder)
    checksums = {**stored.checksums, "training.npy": runs.loading.checksum(run.folder / "training.npy")}
    write_run_file(run.folder / "run.json", RunFile(stored.info, checksums))
    challenges.reveal(submitted.code)
    results = challenges.results(submitted.code)
    assert results is not None
    outcome = make_outcome(challenges.students(submitted.code), challenges.submissions(submitted.code), results)
    assert list(outcome.refused.values()) == ["It was trained on 3 segments of the test set."]
    assert len(outcome.rows) == 1


def test_a_damaged_submission_does_not_stop_the_others(submitted: Challenge, folder: Path) -> None:
    best = max(challenges.submissions(submitted.code), key=lambda one: one.rank_key)
    (folder / "submissions" / best.id / "scaler.npz").write_bytes(b"")
    other = next(one for one in challenges.submissions(submitted.code) if one != best)
    challenges.reveal(submitted.code)
    results = challenges.results(submitted.code)
    assert results is not None
    by_id = {result.submission.id: result for result in results.results}
    assert by_id[best.id].problem.startswith("It could not be scored: The run")
    assert by_id[other.id].scores is not None


def test_damaged_records_are_left_out_and_named(submitted: Challenge, folder: Path) -> None:
    damaged, other = challenges.submissions(submitted.code)
    (folder / "submissions" / f"{damaged.id}.json").write_text('{"id": 3}')
    assert challenges.submissions(submitted.code) == (other,)
    assert challenges.damaged_submissions(submitted.code)[0].startswith(f"{damaged.id}.json is damaged")


def test_a_damaged_test_set_is_said_before_anything_is_revealed(submitted: Challenge, folder: Path) -> None:
    (folder / "test_set.npz").write_bytes(b"PK")
    with pytest.raises(DamagedFileError, match=r"test_set\.npz is damaged"):
        challenges.reveal(submitted.code)
    assert challenges.results(submitted.code) is None
    assert challenges.challenge_state(challenges.find_challenge(submitted.code)) == "open"


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers(1)
    yield workers
    workers.close()


def test_both_are_done_in_a_worker(entered: Challenge, run_of: dict[str, str], workers: Workers) -> None:
    submission = workers.submit(challenges.submit_run, entered.code, "anna", run_of["anna"]).get()
    assert challenges.submissions(entered.code) == (submission,)
    job = workers.submit(challenges.reveal, entered.code, with_progress=True)
    assert job.get() is None
    assert (job.done, job.total) == (0, 1)
    assert json.loads((files.folder_of(entered.code) / "results.json").read_text())["results"]


def test_a_bundled_run_or_a_path_is_no_submission(entered: Challenge, bundled: Dataset) -> None:
    for name in ("paper-track", "../runs/x", str(storage.bundled_runs_dir() / "paper-track")):
        with pytest.raises((ConfigError, RunError)):
            challenges.submit_run(entered.code, "anna", name)


def test_a_run_that_was_taken_away_and_imported_again_is_refused(
    entered: Challenge, run_of: dict[str, str], tmp_path: Path
) -> None:
    export_run(runs.load_run(run_of["anna"]), tmp_path / "run.zip", report="")
    imported = import_run(tmp_path / "run.zip", owner="anna")
    assert imported.imported and challenges.unsuitable(entered, "anna", replace(imported, imported=False)) is None
    with pytest.raises(ConfigError, match="It was imported"):
        challenges.submit_run(entered.code, "anna", imported.name)
