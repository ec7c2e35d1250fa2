"""The datasets from which a challenge can be opened, and whether its test set can be secret."""

from genre_core.classroom import challenges
from genre_core.classroom.challenges import Challenge
from genre_core.datasets import BUNDLED, Dataset, named
from genre_core.datasets.gathered.facts import GatheredDataset
from ui import visitors

VISIBLE = (
    "The class can see this dataset, so its test set is hidden only from those who don't look: whoever compares the "
    "dataset with that of the challenge finds the missing tracks, and can test models on them before the reveal. Runs "
    "that were trained on them are refused. For a contest that counts, use a table that only you have."
)
HIDDEN = (
    "The test set is secret as long as only you have this dataset: don't share it before the reveal, and don't use one "
    "that can be downloaded."
)


def class_can_see(dataset: Dataset) -> bool:
    """Whether other visitors can see a dataset: it is the bundled one, that of a challenge, shared with the class or
    stored by another visitor, or from a folder of a served dashboard."""
    if dataset.name in {BUNDLED, *(one.dataset for one in challenges.list_challenges() if isinstance(one, Challenge))}:
        return True
    if dataset.folder is not None and visitors.is_served():  # only folders that all visitors may choose
        return True
    return any(
        facts.title == dataset.name and (facts.shared or facts.owner != visitors.current().id or _is_open(facts))
        for facts in named.list_datasets()
    )


def _is_open(facts: named.NamedDataset) -> bool:
    """Whether others, who have its code, see the songs of a dataset."""
    return isinstance(facts, GatheredDataset) and bool(facts.code)
