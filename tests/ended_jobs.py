"""Jobs that have ended, without a worker process."""

from typing import TypeVar

from genre_core.jobs import Job, Workers
from genre_core.jobs.process import Call

Result = TypeVar("Result")

_NO_WORKERS = Workers(0)


def succeeded(result: Result) -> Job[Result]:
    """A job that has returned this."""
    job = unfinished(result)
    job.succeed(result)
    return job


def failed(problem: str | None) -> Job[None]:
    """A job that has ended with this message, or because of a bug."""
    job = unfinished(None)
    job.fail(problem)
    return job


def unfinished(result: Result) -> Job[Result]:
    """A job of such a result that no worker takes."""
    return Job(_NO_WORKERS, Call(print, (), False), "")
