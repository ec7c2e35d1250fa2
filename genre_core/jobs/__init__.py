"""Work that takes longer than a page may wait: jobs, and the worker processes that do them.

workers = Workers(2)
job = workers.submit(function, argument, visitor="who asks")
job.running, job.place, job.result, job.problem
"""

from genre_core.jobs.job import Job
from genre_core.jobs.workers import Workers

__all__ = ["Job", "Workers"]
