"""The datasets that users keep under a name, of both kinds: uploaded tables and pictures (`stored`), and songs that are
gathered in the browser (`gathered`).

Every function that takes a name raises DatasetError if there is no dataset of this name.
"""

from pathlib import Path

from genre_core.datasets import stored
from genre_core.datasets.dataset import Dataset
from genre_core.datasets.gathered import extraction, places, store
from genre_core.datasets.gathered.facts import GatheredDataset
from genre_core.datasets.stored import StoredDataset
from genre_core.progress import Progress, no_progress

NamedDataset = StoredDataset | GatheredDataset


def list_datasets() -> list[NamedDataset]:
    """All datasets, of all owners, the newest first; without damaged ones."""
    both: list[NamedDataset] = [*stored.list_datasets(), *store.list_datasets()]
    return sorted(both, key=lambda facts: (facts.created, facts.name), reverse=True)


def dataset_facts(name: str) -> NamedDataset:
    """What is known of a dataset."""
    return store.dataset_facts(name) if places.is_name(name) else stored.dataset_facts(name)


def open_dataset(name: str, *, features: str = "", jobs: int = -1, progress: Progress = no_progress) -> Dataset:
    """Read a stored dataset, or extract the features of a gathered one; its title is its name.

    Parameters
    ----------
    features : name of the feature set of a gathered dataset, by default `paper`; a stored one has its own.
    jobs, progress : of an extraction, as in `gathered.extraction.extract`.
    """
    if places.is_name(name):
        return extraction.extract(name, features=features or "paper", jobs=jobs, progress=progress)
    return stored.open_dataset(name)


def size_bytes(facts: NamedDataset) -> int:
    """What a dataset takes on the disk."""
    return store.size_bytes(facts.name) if isinstance(facts, GatheredDataset) else facts.n_bytes


def rename_dataset(name: str, title: str) -> None:
    """Give a dataset another title.  Raises DatasetError if it is empty or too long."""
    (store if places.is_name(name) else stored).rename_dataset(name, title)


def share_dataset(name: str, shared: bool) -> None:
    """Share a dataset with the class, or end that."""
    (store if places.is_name(name) else stored).share_dataset(name, shared)


def delete_dataset(name: str) -> None:
    """Delete a dataset; runs that were trained on it stay."""
    (store if places.is_name(name) else stored).delete_dataset(name)


def owners() -> dict[str, str | None]:
    """The owner of each dataset, by its name; None of one whose facts are damaged."""
    return stored.owners() | store.owners()


def dataset_folder(name: str) -> Path:
    """The folder of a dataset."""
    return store.dataset_folder(name) if places.is_name(name) else stored.dataset_folder(name)
