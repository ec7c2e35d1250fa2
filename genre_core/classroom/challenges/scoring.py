"""Scoring of runs in a challenge: on the validation set when one is submitted, on the test set at the reveal.

Both take long enough for a worker process.  A run is scored here on the server's own copy of a set, so its score does
not depend on what its files say.
"""

import numpy as np

from genre_core.classroom.challenges import files, store
from genre_core.classroom.challenges.challenge import (
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
from genre_core.errors import ConfigError, GenreLabError
from genre_core.evaluation import Evaluation
from genre_core.prediction.dataset import evaluate_dataset
from genre_core.progress import Progress, no_progress
from genre_core.runs import RunInfo, load_run
from genre_core.wording import counted


def unsuitable(challenge: Challenge, owner: str, info: RunInfo) -> str | None:
    """Why a run can't be submitted to a challenge, in a sentence; None if it can.

    Parameters
    ----------
    owner : id of the visitor who wants to submit it.
    """
    if info.owner != owner:
        return "It belongs to another visitor; submit a run of your own."
    if info.features != challenge.features or info.dataset_id != challenge.dataset_id:
        return "It was not trained on the dataset of this challenge; press Use its dataset in Train."
    if (info.split.kind, info.split.selection) != (SPLIT.kind, SPLIT.selection):
        return "It was trained with another split; choose the predefined split on Train."
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
        many, or the run does not belong to the challenge or has seen the validation set.
    RunError
        If the run is missing or damaged.
    """
    folder = files.folder_of(store.find_challenge(code).code)
    challenge = _check_open(code, owner, name)
    run = load_run(name)
    if reason := unsuitable(challenge, owner, run.info):
        raise ConfigError(f"This run can't be submitted. {reason}")
    valid = _validation_set(store.student_dataset(code))
    tested = evaluate_dataset(valid, run)
    if tested.evaluation is None or tested.seen_segments:
        raise ConfigError(
            f"This run was trained on {counted(tested.seen_segments, 'segment')} of the validation set; submit one "
            "that was trained on the training set alone."
        )
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
            scores=tested.evaluation.scores,
            correct=_correct(tested.evaluation),
        )
        files.write_submission(folder, submission, run)
    return submission


def reveal(code: str, *, progress: Progress = no_progress) -> None:
    """Close a challenge, score the best submission of every student on the test set, and reveal all results at once.

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
    store.set_open(code, is_open=False)
    challenge = store.find_challenge(code)
    folder = files.folder_of(challenge.code)
    test = files.read_dataset(folder / files.TEST_SET_FILE, challenge)
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
    mine = [submission for submission in store.submissions(code) if submission.student == student.id]
    if len(mine) >= MAX_SUBMISSIONS:
        raise ConfigError(f"You have submitted {MAX_SUBMISSIONS} runs, which is the limit.")
    if name in [submission.run for submission in mine]:
        raise ConfigError("You have submitted this run already; choose another.")
    return challenge


def _validation_set(dataset: Dataset) -> Dataset:
    return dataset.take(np.asarray(dataset.subset == "valid"))


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
