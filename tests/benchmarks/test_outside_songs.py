"""The list of songs from outside, and how they are found and fetched."""

import shutil
import subprocess
import tarfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import outside_songs
from benchmarks.outside_songs import OutsideSong, all_songs, extract, songs_in

SONG = OutsideSong(
    source="some-music",
    path="usr/share/games/some/song.ogg",
    size_bytes=4,
    title="Song",
    author="Someone",
    license="CC-BY-3.0",
    duration_s=120,
    label="outside",
    reason="Synthesizers throughout.",
    use="test",
)


def put(folder: Path, song: OutsideSong, size_bytes: int) -> Path:
    path = folder / song.source / song.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size_bytes))
    return path


def test_the_list_has_each_song_once() -> None:
    assert max(Counter((song.source, song.path) for song in all_songs()).values()) == 1
    assert max(Counter((song.author, song.title) for song in all_songs()).values()) == 1


def test_each_song_is_whole_and_says_whose_it_is_and_why_it_is_labeled_so() -> None:
    for song in all_songs():
        assert song.duration_s >= 60
        assert song.size_bytes > 0
        assert all((song.title, song.author, song.license)), song.path
        assert song.reason.endswith("."), song.path
        assert not Path(song.path).is_absolute()


def test_one_source_tunes_and_no_author_of_it_tests() -> None:
    tuning = [song for song in all_songs() if song.use == "tune"]
    testing = [song for song in all_songs() if song.use == "test"]
    assert len({song.source for song in tuning}) == 1
    assert not {song.source for song in tuning} & {song.source for song in testing}
    assert not names(tuning) & names(testing)
    assert len({song.source for song in testing}) >= 5


def names(songs: list[OutsideSong]) -> set[str]:
    """The authors, each of those who made a song together too."""
    return {name.strip().casefold() for song in songs for name in song.author.split(",")}


@pytest.mark.parametrize("use", ["tune", "test"])
def test_both_uses_have_songs_from_outside(use: outside_songs.Use) -> None:
    assert sum(song.use == use and song.label == "outside" for song in all_songs()) >= 20


@pytest.mark.parametrize("change", [{"label": "maybe"}, {"use": "train"}])
def test_an_unknown_label_or_use_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="some-music"):
        replace(SONG, **change)  # type: ignore[arg-type]


def test_songs_are_found_by_package_path_and_size(tmp_path: Path) -> None:
    first, other, third = all_songs()[0], all_songs()[1], all_songs()[2]
    path = put(tmp_path, first, first.size_bytes)
    put(tmp_path, other, other.size_bytes + 1)  # another version of the package
    put(tmp_path, replace(third, source="elsewhere"), third.size_bytes)
    assert songs_in(tmp_path) == [(first, path)]


def test_songs_of_one_use_are_found(tmp_path: Path) -> None:
    tuning = next(song for song in all_songs() if song.use == "tune")
    testing = next(song for song in all_songs() if song.use == "test")
    for song in (tuning, testing):
        put(tmp_path, song, song.size_bytes)
    assert [song for song, _ in songs_in(tmp_path, "tune")] == [tuning]
    assert [song for song, _ in songs_in(tmp_path, "test")] == [testing]


def test_the_folder_of_another_machine_may_not_be_there(tmp_path: Path) -> None:
    assert songs_in(tmp_path / "nowhere") == []


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A Debian package with a song and a picture."""
    if not shutil.which("dpkg-deb"):
        pytest.skip("dpkg-deb is not here")
    tree = tmp_path / "tree"
    put(tree.parent, replace(SONG, source="tree"), SONG.size_bytes)
    (tree / "usr/share/games/some/picture.png").write_bytes(b"pixels")
    (tree / "DEBIAN").mkdir()
    control = "Package: some-music\nVersion: 1\nArchitecture: all\nMaintainer: Someone <a@b.c>\nDescription: Music\n"
    (tree / "DEBIAN/control").write_text(control, encoding="utf-8")
    packed = tmp_path / "some-music_1_all.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, packed], check=True, capture_output=True)
    return packed


def test_only_the_songs_are_taken_out_of_a_package(package: Path, tmp_path: Path) -> None:
    extract(package, tmp_path / "songs" / SONG.source, {SONG.path})
    taken = [path for path in (tmp_path / "songs").rglob("*") if path.is_file()]
    assert taken == [tmp_path / "songs" / SONG.source / SONG.path]
    assert SONG.is_at(taken[0])


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg-deb is not here")
def test_what_is_no_package_fails(tmp_path: Path) -> None:
    broken = tmp_path / "broken.deb"
    broken.write_bytes(b"no package")
    with pytest.raises(tarfile.ReadError):
        extract(broken, tmp_path / "songs", {SONG.path})
