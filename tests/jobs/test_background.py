"""A background task: its result, its progress, its problem, and how it is stopped."""

import threading

import pytest

from genre_core.errors import AudioError
from genre_core.jobs import BackgroundTask
from genre_core.progress import Progress
from tests.waiting import PATIENCE_S


def ended(task: BackgroundTask[str]) -> BackgroundTask[str]:
    task._thread.join(PATIENCE_S)
    assert not task.running
    return task


def test_the_result_and_the_progress_of_a_call_are_kept() -> None:
    def work(progress: Progress) -> str:
        progress(3, 4)
        return "done"

    task = ended(BackgroundTask(work))
    assert (task.result, task.problem, task.done, task.total) == ("done", None, 3, 4)


def test_an_error_that_a_user_can_cause_is_a_message() -> None:
    def work(progress: Progress) -> str:
        raise AudioError("There is only silence in it.")

    task = ended(BackgroundTask(work))
    assert (task.result, task.problem) == (None, "There is only silence in it.")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_leaves_neither_result_nor_message() -> None:
    def work(progress: Progress) -> str:
        raise ZeroDivisionError

    task = ended(BackgroundTask(work))
    assert (task.result, task.problem, task.stopped) == (None, None, False)


def test_a_stopped_task_ends_at_its_next_report() -> None:
    reported = threading.Event()

    def work(progress: Progress) -> str:
        progress(1, 2)
        reported.set()
        while True:
            progress(1, 2)

    task = BackgroundTask(work)
    assert reported.wait(PATIENCE_S) and task.running
    task.stop()
    assert (ended(task).result, task.problem, task.stopped) == (None, "Stopped.", True)
