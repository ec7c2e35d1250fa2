"""Uploaded datasets that are stored, as far as the visitor of the session may see them."""

from genre_core.datasets import Dataset, stored
from genre_core.datasets.stored import StoredDataset
from genre_core.jobs import Job
from ui import visitors
from ui.cached.work import cached_job, workers
from ui.state import visitor


def visible_datasets() -> list[StoredDataset]:
    """The stored datasets that the visitor may see, their own first."""
    who = visitors.current()
    seen = [facts for facts in stored.list_datasets() if who.may_see(facts)]
    return sorted(seen, key=lambda facts: facts.owner != who.id)


def stored_dataset(name: str) -> StoredDataset:
    """What is known of a stored dataset.

    Raises DatasetError if there is none of this name that the visitor may see: without saying which.
    """
    facts = stored.dataset_facts(name)
    if not visitors.current().may_see(facts):
        raise stored.no_such_dataset(name)
    return facts


def own_dataset(name: str) -> StoredDataset:
    """As `stored_dataset`, for a dataset that the visitor may change."""
    facts = stored_dataset(name)
    if not visitors.current().may_change(facts):
        raise stored.no_such_dataset(name)
    return facts


def open_dataset(name: str) -> Job[Dataset]:
    """The job that reads a stored dataset, running or done.  Raises DatasetError as `stored_dataset` does."""
    return _open(name, stored_dataset(name).title)


@cached_job(4)
def _open(name: str, title: str) -> Job[Dataset]:
    return workers().submit(stored.open_dataset, name, visitor=visitor())


def add_dataset(file_name: str, content: bytes) -> Job[Dataset]:
    """The job that reads and stores an uploaded file for the visitor.  Raises DatasetError if there is no room."""
    owner = visitors.current().id
    stored.check_room(owner, len(content), file_name)
    return workers().submit(stored.add_dataset, content, file_name, owner, visitor=visitor())
