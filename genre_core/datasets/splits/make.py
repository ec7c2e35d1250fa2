"""How the segments of a data set are divided into what a model learns from and what it is tested on.

random: by segment, as in the paper.  Segments of one track fall on both sides, so the test part holds
    recordings that the model was trained on: it measures memory of recordings as much as of genre.
track: by track.  All segments of a track fall on the same side.
artist: by artist.  Nobody heard in the test part is heard in training.  Tracks whose artist is unknown are left out.
fault-filtered: the lists of 443, 197 and 290 tracks of GTZAN by Kereliuk, Sturm and Larsen (`datasets.gtzan`), in which
    no artist stands on two sides.  The 197 are for choosing; the model is then fitted on 443 + 197.
column: as the data set's own column `split` says: train, valid (may be missing) and test.

random, track and artist are stratified: of every genre the same share goes to the test part, at least one and never
all; or, with folds, every segment is in the test part of one of them.  A genre with a single artist can't be
tested by artist: it stays in the training part, so that others may still be taken for it, and is named.
track and artist leave out exact copies of other tracks, where they are known.
"""

from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from genre_core.datasets import Dataset, gtzan
from genre_core.errors import ConfigError, DatasetError

SplitKind = Literal["random", "track", "artist", "fault-filtered", "column"]
KINDS: tuple[SplitKind, ...] = get_args(SplitKind)
DRAWN: tuple[SplitKind, ...] = ("random", "track", "artist")
"""Those that are drawn by a seed; the others are as someone made them."""

MOST_FOLDS = 20
_DRAWS = 50  # attempts
_LEAST_OF_LISTS = 0.5
"""Share of each of the three lists that a data set must hold for a figure to be called fault-filtered."""


@dataclass(frozen=True)
class SplitConfig:
    """How to split; checks itself when made (ConfigError)."""

    kind: SplitKind = "random"
    test_size: float = 0.33
    """Share of the segments (random), tracks (track) or artists (artist) of each genre that go to the test part; of no
    meaning with folds, fault-filtered and column."""
    seed: int = 0
    folds: int | None = None
    """Number of folds, each of which is tested once by a model that learned from the others; None for one split."""
    selection: bool = False
    """Whether to choose settings rather than to test them: the training part is divided once more, in the same way, and
    what the test part would be is not touched."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(f"There is no split {self.kind!r}; choose from {', '.join(KINDS)}.")
        if not 0 < self.test_size < 1:
            raise ConfigError(f"The test share must lie between 0 and 1, and is {self.test_size}.")
        if self.seed < 0:
            raise ConfigError(f"The seed must be a whole number from 0 on, and is {self.seed}.")
        if self.folds is not None and self.kind not in DRAWN:
            raise ConfigError(f"The split {self.kind!r} is fixed and has no folds; they go with {', '.join(DRAWN)}.")
        if self.folds is not None and not 2 <= self.folds <= MOST_FOLDS:
            raise ConfigError(f"There can be 2 to {MOST_FOLDS} folds, not {self.folds}.")

    @property
    def description(self) -> str:
        """What it is called, as in "split by track" or "5 folds by artist"."""
        name = _NAMES[self.kind]
        if self.folds:
            name = f"{self.folds} folds by {_UNITS[self.kind]}"
        return f"validation part of a {name}" if self.selection else name

    @property
    def tested_part(self) -> str:
        """What its scores are of, as in "the test part of a split by track"."""
        if self.selection:
            return f"the {self.description}"
        return f"all parts of {self.description}" if self.folds else f"the test part of a {self.description}"


_UNITS = {"random": "segment", "track": "track", "artist": "artist"}
_NAMES: dict[SplitKind, str] = {
    "random": "random split by segment",
    "track": "split by track",
    "artist": "split by artist",
    "fault-filtered": "fault-filtered split",
    "column": "split of the table's own",
}
MEANINGS: dict[SplitKind, str] = {
    "random": "By segment, as in the paper: pieces of one track fall on both sides.",
    "track": "By track: all pieces of a track stay on one side.",
    "artist": "By artist: nobody who is tested was heard in training.",
    "fault-filtered": "The published lists of GTZAN, by artist and without its faults: 443 tracks to learn from, 197 "
    "to choose by, 290 to test on.",
    "column": "As the table's own column `split` says.",
}
"""What each kind means, in a sentence."""

_NO_ROWS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Fold:
    """Disjoint sets of rows of a data set: row numbers, ascending, int64."""

    train: np.ndarray
    test: np.ndarray
    valid: np.ndarray = field(default_factory=_NO_ROWS.copy)
    """For choosing when to stop; the model is then fitted on `train` and `valid`.  Empty where the split has none."""

    @property
    def learned(self) -> np.ndarray:
        """What the final model learns from: `train` and `valid`."""
        return np.sort(np.concatenate([self.train, self.valid]))


@dataclass(frozen=True, eq=False)
class Split:
    """A data set, divided once or in folds."""

    config: SplitConfig
    folds: tuple[Fold, ...]
    left_out: dict[str, int] = field(default_factory=dict)
    """Number of tracks on no side, by the reason."""
    untested_genres: tuple[str, ...] = ()
    """Genres that have no segment in any test part."""

    @property
    def single(self) -> Fold:
        """The one division of a split without folds."""
        (fold,) = self.folds
        return fold

    @property
    def tested(self) -> np.ndarray:
        """Rows in the test part of any fold, ascending."""
        return np.sort(np.concatenate([fold.test for fold in self.folds]))

    @property
    def notes(self) -> list[str]:
        """Sentences on what was left out and what can't be tested."""
        said = [f"{_counted(tracks)} left out: {reason}." for reason, tracks in self.left_out.items()]
        if self.untested_genres:
            one = len(self.untested_genres) == 1
            reason = "all its tracks are" if one else "all tracks of each are"
            reason = f" ({reason} by one artist)" if self.config.kind == "artist" else ""
            said.append(f"{', '.join(self.untested_genres)} can't be tested{reason} and count in no score.")
        return said


def make_split(dataset: Dataset, config: SplitConfig) -> Split:
    """Divide a data set.

    Raises DatasetError if that can't be done: a genre has fewer than two segments (random) or tracks (track), no
    artists are known or only one a genre (artist), it does not hold the lists (fault-filtered), or has no column
    `split` (column).
    """
    if config.selection and config.kind in DRAWN:
        return _selection(dataset, config)
    if config.kind == "random":
        split = Split(config, _drawn(dataset, np.arange(len(dataset.genre)).astype(str), config))
    elif config.kind == "track":
        kept, left_out = _without_copies(dataset)
        split = Split(config, _drawn(dataset, dataset.track, config, kept), left_out)
    elif config.kind == "artist":
        split = _by_artist(dataset, config)
    else:
        split = _given(dataset, config)
    _check_learned(dataset, split)
    tested = set(dataset.genre[split.tested].tolist())
    return replace(split, untested_genres=tuple(genre for genre in dataset.genres if genre not in tested))


def _check_learned(dataset: Dataset, split: Split) -> None:
    """DatasetError unless every genre is learned from, whatever is tested."""
    for fold in split.folds:
        unlearned = sorted(set(dataset.genres) - set(dataset.genre[fold.train].tolist()))
        if unlearned:
            raise DatasetError(
                f"The split {split.config.kind!r} of {dataset.name} leaves no {unlearned[0]} to train on; "
                "choose another split or seed."
            )


def _selection(dataset: Dataset, config: SplitConfig) -> Split:
    """The training part of the split that `config` would test on, divided once more."""
    rows = make_split(dataset, replace(config, selection=False, folds=None)).single.train
    inner = make_split(dataset.take(rows), replace(config, selection=False))
    folds = tuple(Fold(rows[fold.train], rows[fold.test]) for fold in inner.folds)
    return replace(inner, config=config, folds=folds)


def _drawn(
    dataset: Dataset,
    groups: np.ndarray,
    config: SplitConfig,
    kept: np.ndarray | None = None,
    always: tuple[str, ...] = (),
) -> tuple[Fold, ...]:
    """Folds, or one division, in which no group stands on both sides.

    Parameters
    ----------
    groups : shape (segments,), str: what stays together.
    kept : shape (segments,), bool: rows that take part; None for all.
    always : genres that stay in the training part, with all that their groups made in others.
    """
    kept = np.ones(len(groups), dtype=bool) if kept is None else kept
    drawn = kept & ~np.isin(groups, groups[np.isin(dataset.genre, always)])
    unit = _UNITS[config.kind]
    least = config.folds or 2
    for genre in set(dataset.genres) - set(always):
        members = len(set(groups[drawn & (dataset.genre == genre)].tolist()))
        if members < least:
            raise DatasetError(
                f"The genre {genre} has only {members or 'no'} {unit}{'' if members == 1 else 's'}, and the split "
                f"{config.kind!r} needs {'one a fold' if config.folds else 'one to train on and one to test on'}; add "
                "music or leave the genre out."
            )
    if config.folds is None:
        tests = [_draw_test(dataset, groups, config, drawn)]
    else:
        rows = np.flatnonzero(drawn)
        kinds = StratifiedKFold if config.kind == "random" else StratifiedGroupKFold
        folds = kinds(config.folds, shuffle=True, random_state=config.seed)
        together = None if config.kind == "random" else groups[rows]
        tests = [rows[test] for _, test in folds.split(rows, dataset.labels[rows], together)]
    return tuple(Fold(np.setdiff1d(np.flatnonzero(kept), test), np.sort(test)) for test in tests)


def _draw_test(dataset: Dataset, groups: np.ndarray, config: SplitConfig, drawn: np.ndarray) -> np.ndarray:
    """Rows of the test part: of every genre about the wanted share of its groups.

    A group that stands in two genres is drawn with the first of them; should that leave a genre on one side alone, all
    is drawn again.
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


def _by_artist(dataset: Dataset, config: SplitConfig) -> Split:
    kept, left_out = _without_copies(dataset)
    artists = dataset.artists
    unknown = kept & (artists == "")
    if unknown.any():
        left_out["their artist is unknown"] = len(set(dataset.track[unknown].tolist()))
        kept &= ~unknown
    if not kept.any():
        raise DatasetError(
            f"No artist of {dataset.name} is known, so it can't be split by artist; give a table with the column "
            "`artist`, or split by track."
        )
    lonely = _lonely_genres(dataset, artists, kept, config.folds or 2)
    if len(lonely) > len(dataset.genres) - 2:
        raise DatasetError(
            f"Of {dataset.name} only {len(dataset.genres) - len(lonely)} genres have {config.folds or 2} known "
            "artists, and testing by artist takes at least two such genres; split by track."
        )
    missing = sorted(set(dataset.genres) - set(dataset.genre[kept].tolist()))
    if missing:
        raise DatasetError(f"No artist of the genre {missing[0]} is known; leave it out, or split by track.")
    return Split(config, _drawn(dataset, artists, config, kept, always=lonely), left_out)


def _lonely_genres(dataset: Dataset, artists: np.ndarray, kept: np.ndarray, least: int) -> tuple[str, ...]:
    """Genres with too few artists to be tested: those that an untested genre keeps in training don't count."""
    lonely: set[str] = set()
    while True:
        free = kept & ~np.isin(artists, artists[kept & np.isin(dataset.genre, list(lonely))])
        more = {
            genre for genre in dataset.genres if len(set(artists[free & (dataset.genre == genre)].tolist())) < least
        }
        if more <= lonely:
            return tuple(sorted(lonely))
        lonely |= more


def _given(dataset: Dataset, config: SplitConfig) -> Split:
    """The parts that the lists, or the data set's own column, name."""
    if config.kind == "fault-filtered":
        parts = _listed_parts(dataset)
        reason = "they are on none of the three lists"
    elif dataset.part is not None:
        parts, reason = dataset.part, "the column `split` says nothing of them"
    else:
        raise DatasetError(f"{dataset.name} has no column `split` with train, valid and test; choose another split.")
    train, valid, test = (np.flatnonzero(parts == part) for part in ("train", "valid", "test"))
    nowhere = len(set(dataset.track[parts == ""].tolist()))
    left_out = {reason: nowhere} if nowhere else {}
    if config.selection:
        train, valid, test = train, _NO_ROWS, valid
    for rows, part in ((train, "train"), (test, "valid" if config.selection else "test")):
        if len(rows) == 0:
            raise DatasetError(f"The split {config.kind!r} of {dataset.name} has nothing in the part {part!r}.")
    return Split(config, (Fold(train, test, valid),), left_out)


def _listed_parts(dataset: Dataset) -> np.ndarray:
    """The part of each segment on the fault-filtered lists, empty if it is on none."""
    parts = np.array([gtzan.facts(track).part or "" for track in dataset.track.tolist()], dtype=str)
    listed = [facts.part for facts in gtzan.all_tracks().values()]
    for part in ("train", "valid", "test"):
        here, whole = len(set(dataset.track[parts == part].tolist())), listed.count(part)
        if here < _LEAST_OF_LISTS * whole:
            raise DatasetError(
                f"{dataset.name} holds {here} of the {whole} tracks on the {part} list of the fault-filtered split, "
                "too few for a figure that could be compared; it takes the whole of GTZAN."
            )
    return parts


def _without_copies(dataset: Dataset) -> tuple[np.ndarray, dict[str, int]]:
    """Rows that are no exact copy of another track of the data set, and the number of tracks that are."""
    tracks = set(dataset.track.tolist())
    copies = [track for track in tracks if gtzan.facts(track).duplicate_of in tracks]
    kept = ~np.isin(dataset.track, copies)
    return kept, {"they are exact copies of others": len(copies)} if copies else {}


def _counted(tracks: int) -> str:
    return "1 track is" if tracks == 1 else f"{tracks} tracks are"
