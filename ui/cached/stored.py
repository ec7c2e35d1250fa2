"""Datasets that are kept under a name, stored or gathered, as far as the visitor of the session may see them."""

from genre_core.datasets import Dataset, named, stored
from genre_core.datasets.gathered import songs
from genre_core.datasets.gathered.facts import GatheredDataset
from genre_core.datasets.named import NamedDataset
from genre_core.jobs import Job
from ui import visitors
from ui.cached.gathered import extract_songs
from ui.cached.work import cached_job, workers
from ui.state import visitor


def visible_datasets() -> list[NamedDataset]:
    """The datasets that the visitor may see, their own first."""
    who = visitors.current()
    seen = [facts for facts in named.list_datasets() if who.may_see(facts)]
    return sorted(seen, key=lambda facts: facts.owner != who.id)


def stored_dataset(name: str) -> NamedDataset:
    """What is known of a dataset.

    Raises DatasetError if there is none of this name that the visitor may see: without saying which.
    """
    facts = named.dataset_facts(name)
    if not visitors.current().may_see(facts):
        raise stored.no_such_dataset(name)
    return facts


def own_dataset(name: str) -> NamedDataset:
    """As `stored_dataset`, for a dataset that the visitor may change."""
    facts = stored_dataset(name)
    if not visitors.current().may_change(facts):
        raise stored.no_such_dataset(name)
    return facts


def open_dataset(name: str, features: str = "") -> Job[Dataset]:
    """The job that reads a dataset, running or done.  Raises DatasetError as `stored_dataset` does.

    features : name of the feature set of a gathered dataset, by default `paper`; others have their own.
    """
    facts = stored_dataset(name)
    if isinstance(facts, GatheredDataset):
        return extract_songs(name, songs.list_songs(name), features or "paper")
    return _open(name, facts.title)


@cached_job(4)
def _open(name: str, title: str) -> Job[Dataset]:
    return workers().submit(stored.open_dataset, name, visitor=visitor())


def add_dataset(file_name: str, content: bytes) -> Job[Dataset]:
    """The job that reads and stores an uploaded file for the visitor.  Raises DatasetError if there is no room."""
    owner = visitors.current().id
    stored.check_room(owner, len(content), file_name)
    return workers().submit(stored.add_dataset, content, file_name, owner, visitor=visitor())
