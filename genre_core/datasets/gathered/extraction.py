"""From a gathered dataset to a `Dataset`, as from a folder with one subfolder per genre."""

from collections.abc import Sequence
from dataclasses import replace

from genre_core.datasets.dataset import Dataset
from genre_core.datasets.extraction import TrackFile, extract_tracks
from genre_core.datasets.gathered import places
from genre_core.datasets.gathered.songs import tracks
from genre_core.datasets.gathered.store import dataset_facts
from genre_core.errors import DatasetError
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
    facts, folder = dataset_facts(name), places.songs_folder(name)
    files = [
        TrackFile(folder / song.id / places.CONTENT, track, song.genre, f"{song.genre}/{song.name}", song.artist)
        for track, song in tracks(name).items()
    ]
    if len({file.genre for file in files}) < 2:
        raise DatasetError("The songs of at least two genres are needed; add songs to another genre.")
    dataset = extract_tracks(
        files, name=facts.title, features=features, augmentations=augmentations, jobs=jobs, progress=progress
    )
    return replace(dataset, gathered=name)
