"""Scoring of runs in a challenge: on the validation set when one is submitted, on the test set at the reveal.

Both take long enough for a worker process.  A run is scored here on the server's own copy of a set, so its score does
not depend on what its files say.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from genre_core import storage
from genre_core.classroom.challenges import files, store
from genre_core.classroom.challenges.challenge import (
    MAX_ALL_SUBMISSIONS,
    MAX_SUBMISSIONS,
    SPLIT,
    Challenge,
    Results,
    Submission,
    TestResult,
    best_submissions,
    correct_text,
)
from genre_core.datasets import Dataset
from genre_core.errors import ConfigError, GenreLabError, RunError
from genre_core.evaluation import Evaluation
from genre_core.prediction.dataset import evaluate_dataset
from genre_core.progress import Progress, no_progress
from genre_core.runs import Run, RunInfo, list_runs, load_run, no_such_run
from genre_core.wording import counted


def unsuitable(challenge: Challenge, owner: str, info: RunInfo) -> str | None:
    """Why a run can't be submitted to a challenge, in a sentence; None if its facts allow it.

    `submit_run` also compares its training set.  A run that was imported is refused, since its facts and files are what
    its author says.

    Parameters
    ----------
    owner : id of the visitor who wants to submit it.
    """
    if info.owner != owner:
        return "It belongs to another visitor; submit a run of your own."
    if info.imported:
        return "It was imported; submit a run that was trained on this server."
    if info.features != challenge.features or info.dataset_id != challenge.dataset_id:
        return "It was not trained on the dataset of this challenge; press Use its dataset in Train."
    if (info.split.kind, info.split.selection) != (SPLIT.kind, SPLIT.selection):
        return "It was trained with another split; choose the predefined split on Train."
    if info.augmentations:
        return "Its training set was augmented, which no run of this challenge may be; train it again without that."
    if info.test_id != challenge.valid_id or info.genres != challenge.genres:
        return "It was scored on another validation set; train it again."
    return None


def submit_run(code: str, owner: str, name: str) -> Submission:
    """Score a run on the validation set, and copy it into the challenge.

    Parameters
    ----------
    owner : id of the visitor who submits it.
    name : name of the run.

    Raises
    ------
    ConfigError
        If there is no such challenge, it is closed, the visitor has not entered it or has submitted the run or too
        many, or the run was not trained on the training set of the challenge.
    RunError
        If the visitor has no such run, it is damaged, or it was deleted meanwhile.
    """
    folder = files.folder_of(store.find_challenge(code).code)
    challenge = _check_open(code, owner, name)
    if not any((info.name, info.owner) == (name, owner) for info in list_runs()):
        raise no_such_run(name)
    with _noticing_deletion(name):
        run, dataset = load_run(name), store.student_dataset(code)
        if reason := unsuitable(challenge, owner, run.info) or _differently_trained(run, dataset):
            raise ConfigError(f"This run can't be submitted. {reason}")
        # No segment of the validation set is in the training set (`draw_sets`), so all of it is scored.
        evaluation = evaluate_dataset(_subset(dataset, "valid"), run).evaluation
        assert evaluation is not None
        with files.changing(folder):
            student = store.student_of(code, owner)
            _check_open(code, owner, name)  # what may have changed meanwhile
            assert student is not None
            submission = Submission(
                id=store.new_id(),
                student=student.id,
                run=name,
                description=run.info.description,
                created=store.now(),
                scores=evaluation.scores,
                correct=_correct(evaluation),
            )
            files.write_submission(folder, submission, run)
    return submission


def reveal(code: str, *, progress: Progress = no_progress) -> None:
    """Close a challenge for good, score the best submission of every student on the test set, and reveal all results at
    once.

    Parameters
    ----------
    progress : called with the number of submissions that are scored and their total.

    Raises
    ------
    ConfigError
        If there is no such challenge.
    DamagedFileError
        If the test set is damaged.
    """
    if store.results(code):
        return
    challenge = store.find_challenge(code)
    folder = files.folder_of(challenge.code)
    test = files.read_dataset(folder / files.TEST_SET_FILE, challenge)
    store.begin_reveal(code)
    best = list(best_submissions(store.submissions(code)).values())
    scored = []
    for number, submission in enumerate(best):
        progress(number, len(best))
        scored.append(_score_on_test_set(challenge, submission, test))
    with files.changing(folder):
        if not store.results(code):
            files.write(folder / files.RESULTS_FILE, Results(store.now(), tuple(scored)))


def _check_open(code: str, owner: str, name: str) -> Challenge:
    """The challenge, if the visitor may submit this run to it."""
    challenge, student = store.find_challenge(code), store.student_of(code, owner)
    if store.challenge_state(challenge) != "open":
        raise ConfigError("This challenge is closed, so nothing can be submitted any more.")
    if student is None:
        raise ConfigError("Enter the challenge with a nickname first.")
    known = store.submissions(code)
    mine = [submission for submission in known if submission.student == student.id]
    if len(mine) >= MAX_SUBMISSIONS:
        raise ConfigError(f"You have submitted {MAX_SUBMISSIONS} runs, which is the limit.")
    if len(known) >= MAX_ALL_SUBMISSIONS:
        raise ConfigError(
            f"The class has submitted {MAX_ALL_SUBMISSIONS} runs, which is the limit for a challenge; ask your teacher "
            "to reveal the results."
        )
    if name in [submission.run for submission in mine]:
        raise ConfigError("You have submitted this run already; choose another.")
    return challenge


@contextmanager
def _noticing_deletion(name: str) -> Iterator[None]:
    """Say that a run was deleted, where that is why it can't be read or copied any more."""
    try:
        yield
    except (GenreLabError, OSError) as error:
        if not (storage.runs_dir() / name).exists():
            raise RunError("The run was deleted while it was submitted; choose another one.") from error
        raise


def _differently_trained(run: Run, dataset: Dataset) -> str | None:
    """Why a run can't be submitted whose training set is not exactly that of the students' dataset, segment by segment;
    None if it is.

    The name and the genres of segments say nothing of their features: a table with those of the test set, or with the
    features moved a little, could have the same.
    """
    train = _subset(dataset, "train")
    if np.array_equal(run.training_signatures, train.feature_set.signature(train.values)):
        return None
    return (
        "Its training set is not exactly that of this challenge; press Use its dataset in Train, and train it as it is."
    )


def _subset(dataset: Dataset, name: str) -> Dataset:
    return dataset.take(np.asarray(dataset.subset == name))


def _score_on_test_set(challenge: Challenge, submission: Submission, test: Dataset) -> TestResult:
    try:
        run = load_run(files.submission_folder(files.folder_of(challenge.code), submission.id))
        tested = evaluate_dataset(test, run)
    except GenreLabError as error:
        return TestResult(submission, None, "", f"It could not be scored: {error}")
    if tested.evaluation is None or tested.seen_segments:
        segments = counted(tested.seen_segments, "segment")
        return TestResult(submission, None, "", f"It was trained on {segments} of the test set.")
    return TestResult(submission, tested.evaluation.scores, _correct(tested.evaluation))


def _correct(evaluation: Evaluation) -> str:
    return correct_text(evaluation.tracks["correct"].to_numpy(dtype=bool))
