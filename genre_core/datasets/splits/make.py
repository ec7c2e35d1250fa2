"""Divide a dataset into training, validation and test sets."""

from dataclasses import replace

import numpy as np

from genre_core.datasets import gtzan
from genre_core.datasets.dataset import Dataset
from genre_core.datasets.splits.config import SEEDED_KINDS, UNITS, SplitConfig
from genre_core.datasets.splits.split import NO_ROWS, Fold, Split
from genre_core.errors import DatasetError
from genre_core.wording import counted

_DRAWS = 50  # attempts
_MIN_LIST_SHARE = 0.5
"""Share of each of the three lists that a dataset must hold for its scores to count as fault-filtered."""


def make_split(dataset: Dataset, config: SplitConfig) -> Split:
    """Divide a dataset.

    Raises
    ------
    DatasetError
        If the dataset can't be divided so: a genre has fewer than two segments (random) or tracks (track), no artists
        are known or only one per genre (artist), the published lists are not in it (fault-filtered), or it has no
        column `split` (column).
    """
    if config.selection and config.kind in SEEDED_KINDS:
        return _selection_split(dataset, config)
    if config.kind == "random":
        split = Split(config, _folds(dataset, np.arange(len(dataset.genre)).astype(str), config))
    elif config.kind == "track":
        kept, excluded = _without_copies(dataset)
        split = Split(config, _folds(dataset, dataset.track, config, kept), excluded)
    elif config.kind == "artist":
        split = _artist_split(dataset, config)
    else:
        split = _predefined_split(dataset, config)
    _check_training_sets(dataset, split)
    tested = set(dataset.genre[split.tested].tolist())
    return replace(split, untested_genres=tuple(genre for genre in dataset.genres if genre not in tested))


def predefined_split(dataset: Dataset) -> SplitConfig:
    """The split in the dataset's own column: scored on its test set, or on its validation set if it has no test set."""
    has_test_set = dataset.subset is None or bool((dataset.subset == "test").any())
    return SplitConfig("column", selection=not has_test_set)


def _check_training_sets(dataset: Dataset, split: Split) -> None:
    """Raise DatasetError unless every genre is in every training set."""
    for fold in split.folds:
        missing = sorted(set(dataset.genres) - set(dataset.genre[fold.train].tolist()))
        if missing:
            raise DatasetError(
                f"The split {split.config.kind!r} of {dataset.name} leaves no {missing[0]} in the training set; choose "
                "another split or seed."
            )


def _selection_split(dataset: Dataset, config: SplitConfig) -> Split:
    """Divide the training set of the split without `selection` once more."""
    rows = make_split(dataset, replace(config, selection=False, folds=None)).single.train
    inner = make_split(dataset.take(rows), replace(config, selection=False))
    folds = tuple(Fold(rows[fold.train], rows[fold.test]) for fold in inner.folds)
    return replace(inner, config=config, folds=folds)


def _folds(
    dataset: Dataset,
    groups: np.ndarray,
    config: SplitConfig,
    kept: np.ndarray | None = None,
    always_train: tuple[str, ...] = (),
) -> tuple[Fold, ...]:
    """Draw one or several folds in which no group is in both the training and the test set.

    Parameters
    ----------
    groups : shape (segments,), str: segments of one group stay together.
    kept : shape (segments,), bool: rows to divide; None for all.
    always_train : genres that stay in the training set, with everything else by their groups.
    """
    kept = np.ones(len(groups), dtype=bool) if kept is None else kept
    drawn = kept & ~np.isin(groups, groups[np.isin(dataset.genre, always_train)])
    least = config.folds or 2
    for genre in set(dataset.genres) - set(always_train):
        members = len(set(groups[drawn & (dataset.genre == genre)].tolist()))
        if members < least:
            needs = "one per fold" if config.folds else "one for training and one for testing"
            raise DatasetError(
                f"The genre {genre} has only {counted(members, UNITS[config.kind])}, and the split {config.kind!r} "
                f"needs {needs}; add music or remove the genre."
            )
    if config.folds is None:
        tests = [_draw_test(dataset, groups, config, drawn)]
    else:
        tests = _draw_folds(dataset, groups, config, drawn)
    return tuple(Fold(np.setdiff1d(np.flatnonzero(kept), test), np.sort(test)) for test in tests)


def _draw_folds(dataset: Dataset, groups: np.ndarray, config: SplitConfig, drawn: np.ndarray) -> list[np.ndarray]:
    """The rows of each fold, stratified by genre."""
    # Imported when needed: it takes longer than all else that reading a dataset needs.
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    rows = np.flatnonzero(drawn)
    folds_of = StratifiedKFold if config.kind == "random" else StratifiedGroupKFold
    folds = folds_of(config.folds, shuffle=True, random_state=config.seed)
    together = None if config.kind == "random" else groups[rows]
    return [rows[test] for _, test in folds.split(rows, dataset.labels[rows], together)]


def _draw_test(dataset: Dataset, groups: np.ndarray, config: SplitConfig, drawn: np.ndarray) -> np.ndarray:
    """Draw the rows of the test set, about the same share of the groups of every genre.

    A group with segments of two genres is drawn with the first of them.  If that leaves all groups of a genre in one
    set, everything is drawn again.
    """
    rng = np.random.default_rng(config.seed)
    members = {genre: np.unique(groups[drawn & (dataset.genre == genre)]) for genre in dataset.genres}
    for _ in range(_DRAWS):
        in_test: dict[str, bool] = {}
        for names in members.values():
            n_test = min(max(round(len(names) * config.test_size), 1), len(names) - 1)
            already = sum(in_test.get(name, False) for name in names)
            free = [name for name in rng.permutation(names) if name not in in_test]
            in_test |= {name: i < n_test - already for i, name in enumerate(free)}
        if all(len({in_test[name] for name in names}) == 2 for names in members.values() if len(names)):
            break
    return np.flatnonzero(drawn & np.isin(groups, [name for name, tested in in_test.items() if tested]))


def _artist_split(dataset: Dataset, config: SplitConfig) -> Split:
    kept, excluded = _without_copies(dataset)
    artists = dataset.artists
    unknown = kept & (artists == "")
    if unknown.any():
        excluded["their artist is unknown"] = len(set(dataset.track[unknown].tolist()))
        kept &= ~unknown
    if not kept.any():
        raise DatasetError(
            f"No artist in {dataset.name} is known, so it can't be split by artist; choose a track split, or a table "
            "with the column `artist`."
        )
    untestable = _untestable_genres(dataset, artists, kept, config.folds or 2)
    if len(untestable) > len(dataset.genres) - 2:
        raise DatasetError(
            f"Only {len(dataset.genres) - len(untestable)} genres in {dataset.name} have {config.folds or 2} known "
            "artists, and an artist split needs at least two such genres; choose a track split."
        )
    missing = sorted(set(dataset.genres) - set(dataset.genre[kept].tolist()))
    if missing:
        raise DatasetError(f"No artist of the genre {missing[0]} is known; remove the genre, or choose a track split.")
    return Split(config, _folds(dataset, artists, config, kept, always_train=untestable), excluded)


def _untestable_genres(dataset: Dataset, artists: np.ndarray, kept: np.ndarray, least: int) -> tuple[str, ...]:
    """Genres with fewer than `least` artists, not counting artists that an untestable genre keeps in training."""
    untestable: set[str] = set()
    while True:
        free = kept & ~np.isin(artists, artists[kept & np.isin(dataset.genre, list(untestable))])
        more = {
            genre for genre in dataset.genres if len(set(artists[free & (dataset.genre == genre)].tolist())) < least
        }
        if more <= untestable:
            return tuple(sorted(untestable))
        untestable |= more


def _predefined_split(dataset: Dataset, config: SplitConfig) -> Split:
    """The split of the published lists, or of the dataset's own column."""
    if config.kind == "fault-filtered":
        subset = _published_subsets(dataset)
        reason = "they are on none of the three lists"
    elif dataset.subset is not None:
        subset, reason = dataset.subset, "they have no value in the column `split`"
    else:
        raise DatasetError(f"{dataset.name} has no column `split` with train, valid and test; choose another split.")
    train, valid, test = (np.flatnonzero(subset == name) for name in ("train", "valid", "test"))
    outside = len(set(dataset.track[subset == ""].tolist()))
    excluded = {reason: outside} if outside else {}
    if config.selection:
        train, valid, test = train, NO_ROWS, valid
    for rows, name in ((train, "train"), (test, "valid" if config.selection else "test")):
        if len(rows) == 0:
            raise DatasetError(f"The split {config.kind!r} of {dataset.name} has no segments in the subset {name!r}.")
    return Split(config, (Fold(train, test, valid),), excluded)


def _published_subsets(dataset: Dataset) -> np.ndarray:
    """The subset of each segment in the fault-filtered split, shape (segments,), str, empty if it is in none."""
    subset = np.array([gtzan.facts(track).subset or "" for track in dataset.track.tolist()], dtype=str)
    published = [facts.subset for facts in gtzan.all_tracks().values()]
    for name in ("train", "valid", "test"):
        here, whole = len(set(dataset.track[subset == name].tolist())), published.count(name)
        if here < _MIN_LIST_SHARE * whole:
            raise DatasetError(
                f"{dataset.name} holds {here} of the {whole} tracks on the {name} list of the fault-filtered split, "
                "too few for scores that can be compared; use the whole of GTZAN."
            )
    return subset


def _without_copies(dataset: Dataset) -> tuple[np.ndarray, dict[str, int]]:
    """A mask of the rows that are not an exact copy of another track in the dataset, and the number of copies."""
    tracks = set(dataset.track.tolist())
    copies = [track for track in tracks if gtzan.facts(track).duplicate_of in tracks]
    kept = ~np.isin(dataset.track, copies)
    return kept, {"they are exact copies of others": len(copies)} if copies else {}
