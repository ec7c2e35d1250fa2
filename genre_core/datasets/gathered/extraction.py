"""From a gathered dataset to a `Dataset`, as from a folder with one subfolder per genre."""

from collections.abc import Sequence

from genre_core.datasets.dataset import Dataset
from genre_core.progress import Progress, no_progress


def extract(
    name: str,
    *,
    features: str = "paper",
    augmentations: str | Sequence[str] = (),
    jobs: int = -1,
    progress: Progress = no_progress,
) -> Dataset:
    """Extract the features of every song, in parallel; for a worker process (with `jobs=1`).

    They are cached by content, as those of folders are.

    Parameters
    ----------
    features : name of the feature set.
    augmentations : names of the augmentations of which copies are extracted too.
    jobs : number of processes; -1 for one per core.
    progress : called with the number of songs done and their total.

    Returns
    -------
    The dataset, named by its title, with the artists of its songs; `Dataset.gathered` is the name, by which runs find
    the audio again.  Songs that can't be used are in its `skipped`.

    Raises
    ------
    DatasetError
        If there is no such dataset, fewer than two of its genres have songs, or none can be used.
    ConfigError
        If there is no such feature set or augmentation.
    """
    raise NotImplementedError
