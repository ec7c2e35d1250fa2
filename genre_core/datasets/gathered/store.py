"""Create, list, rename, share, open to the class and delete gathered datasets, and change their genres.

Every function that takes a name raises DatasetError if there is no dataset of this name, or it is damaged.  Whether a
visitor may do it is checked by who calls: `visitor.may_change(facts)`, or `may_add` for songs.
"""

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genre_core import storage
from genre_core.datasets.gathered import places
from genre_core.datasets.gathered.facts import MOST_DATASETS, GatheredDataset, one_line
from genre_core.datasets.gathered.song_files import read_songs, rewrite_song
from genre_core.errors import ConfigError, DamagedFileError, DatasetError
from genre_core.reading import read_json
from genre_core.visitors import Visitor, new_code, read_code
from genre_core.wording import counted, quoted

_FACTS = "dataset.json"


def create_dataset(title: str, genres: Sequence[str] = (), owner: str = "") -> GatheredDataset:
    """Create a dataset without songs.

    Raises
    ------
    DatasetError
        If the title or a genre can't be used, or the owner has too many datasets.
    StorageError
        If the disk is full.
    """
    if sum(facts.owner == owner for facts in list_datasets()) >= MOST_DATASETS:
        raise DatasetError(f"At most {counted(MOST_DATASETS, 'dataset')} of songs are kept; delete one of yours.")
    facts = GatheredDataset(
        name=places.new_name(),
        title=one_line(title),
        genres=tuple(one_line(genre) for genre in genres),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        owner=owner,
    )
    with storage.writing_folder(places.make_root() / facts.name) as partial:
        (partial / "songs").mkdir()
        (partial / _FACTS).write_text(json.dumps(asdict(facts)), encoding="utf-8")
    return facts


def list_datasets() -> list[GatheredDataset]:
    """All gathered datasets, of all owners, the newest first; without damaged ones."""
    return sorted(_all(), key=lambda facts: (facts.created, facts.name), reverse=True)


def dataset_facts(name: str) -> GatheredDataset:
    """What is known of a dataset."""
    try:
        return replace(read_json(places.dataset_folder(name) / _FACTS, GatheredDataset), name=name)
    except DamagedFileError as error:
        raise DatasetError(f"{error} Delete the dataset {name}, and gather its songs again.") from error


def with_code(code: str) -> GatheredDataset:
    """The dataset with a code, as it was typed.  Raises ConfigError if there is none."""
    typed = read_code(code)
    for facts in _all():
        if typed and facts.code and hmac.compare_digest(facts.code, typed):
            return facts
    raise ConfigError(f"No dataset has the code {quoted(code)}; check it, or ask who gathers the dataset.")


def may_add(facts: GatheredDataset, visitor: Visitor, code: str = "") -> bool:
    """Whether a visitor may see a dataset and add songs to it: it is theirs, or they know its code."""
    typed = read_code(code)
    return visitor.may_change(facts) or bool(typed and facts.code and hmac.compare_digest(facts.code, typed))


def open_to_class(name: str) -> str:
    """Let everyone who has the code add songs; returns the code, the same if it is open already."""
    known = {facts.code for facts in _all()}
    code = new_code()
    while code in known:
        code = new_code()
    with places.changing(name):
        facts = dataset_facts(name)
        if not facts.code:
            facts = replace(facts, code=code)
            _write(facts)
        return facts.code


def close(name: str) -> None:
    """End that others add songs; the code is not known any more."""
    _change(name, code="")


def rename_dataset(name: str, title: str) -> None:
    """Give a dataset another title."""
    _change(name, title=one_line(title))


def share_dataset(name: str, shared: bool) -> None:
    """Share a dataset with the class, or end that."""
    _change(name, shared=shared)


def delete_dataset(name: str) -> None:
    """Delete a dataset with all its songs."""
    storage.delete_folder(places.dataset_folder(name))


def add_genre(name: str, genre: str) -> None:
    """Add a genre without songs.  Raises DatasetError if it is there already, or one too many."""
    with places.changing(name):
        facts = dataset_facts(name)
        _write(replace(facts, genres=(*facts.genres, one_line(genre))))


def rename_genre(name: str, genre: str, new: str) -> None:
    """Give a genre another name; its songs stay in it."""
    with places.changing(name):
        facts, new = with_genre(name, genre), one_line(new)
        renamed = replace(facts, genres=tuple(new if known == genre else known for known in facts.genres))
        for song in read_songs(name):
            if song.genre == genre:
                rewrite_song(name, replace(song, genre=new))
        _write(renamed)


def remove_genre(name: str, genre: str) -> None:
    """Remove a genre with its songs."""
    with places.changing(name):
        facts = with_genre(name, genre)
        for song in read_songs(name):
            if song.genre == genre:
                storage.delete_folder(places.songs_folder(name) / song.id)
        _write(replace(facts, genres=tuple(known for known in facts.genres if known != genre)))


def with_genre(name: str, genre: str) -> GatheredDataset:
    """What is known of a dataset.  Raises DatasetError if it does not have this genre."""
    facts = dataset_facts(name)
    if genre not in facts.genres:
        raise DatasetError(f"The dataset has no genre {quoted(genre)} any more; choose another one.")
    return facts


def size_bytes(name: str) -> int:
    """What the songs of a dataset take together."""
    return sum(song.n_bytes for song in read_songs(name))


def owned_bytes(owner: str) -> int:
    """What the songs in all gathered datasets of an owner take together."""
    return sum(size_bytes(facts.name) for facts in list_datasets() if facts.owner == owner)


def dataset_folder(name: str) -> Path:
    """The folder of a dataset."""
    return places.dataset_folder(name)


def owners() -> dict[str, str | None]:
    """The owner of each dataset, by its name; None of one whose facts are damaged."""
    found: dict[str, str | None] = {}
    for name in _names():
        try:
            found[name] = dataset_facts(name).owner
        except DatasetError:
            found[name] = None
    return found


def _change(name: str, **values: Any) -> None:
    with places.changing(name):
        _write(replace(dataset_facts(name), **values))


def _write(facts: GatheredDataset) -> None:
    with storage.writing_file(places.dataset_folder(facts.name) / _FACTS) as partial:
        partial.write_text(json.dumps(asdict(facts)), encoding="utf-8")


def _all() -> Iterator[GatheredDataset]:
    """Those that are whole."""
    for name in _names():
        try:
            yield dataset_facts(name)
        except DatasetError:
            continue


def _names() -> list[str]:
    folder = places.root()
    return [entry.name for entry in folder.iterdir() if places.is_name(entry.name)] if folder.is_dir() else []
