"""ZIP files of genre folders: those of others are read if they are harmless, and one's own give the same again."""

import io
import json
import stat
import tarfile
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest

from genre_core.datasets.gathered import places, songs, store
from genre_core.datasets.gathered.exporting import write_archive
from genre_core.datasets.gathered.importing import ArchiveReport, add_archive
from genre_core.errors import DatasetError, StorageError
from genre_core.visitors import Serving
from tests.gathered_songs import ANN, BEN, song, tagged, zipped


def add(tmp_path: Path, content: bytes, name: str | None = None) -> ArchiveReport:
    path = tmp_path / "music.zip"
    path.write_bytes(content)
    return add_archive(name, path, by=ANN)


def placed(name: str) -> set[tuple[str, str, str]]:
    return {(each.genre, each.artist, each.name) for each in songs.list_songs(name)}


KAGGLE = {
    "Data/features_3_sec.csv": b"filename,length\n",
    "Data/images_original/blues/blues00000.png": b"\x89PNG",
    **{
        f"Data/genres_original/{g}/{g}.0000{i}.wav": song(300 + 10 * i + ord(g[0]))
        for g in ("blues", "jazz")
        for i in (0, 1)
    },
    "Data/genres_original/jazz/jazz.00054.wav": b"RIFF damaged",
    "__MACOSX/Data/genres_original/jazz/._jazz.00000.wav": b"x",
    "Data/genres_original/.DS_Store": b"x",
}


@pytest.mark.parametrize("top", ["", "download/archive (1)/"])
def test_the_layout_of_kaggle_at_any_depth(tmp_path: Path, top: str) -> None:
    report = add(tmp_path, zipped({top + file: content for file, content in KAGGLE.items()}))
    assert (report.added, report.genres, report.ignored) == (4, ("blues", "jazz"), 4)
    assert list(report.skipped) == [f"{top}Data/genres_original/jazz/jazz.00054.wav"]
    facts = store.dataset_facts(report.dataset)
    assert (facts.title, facts.owner, set(facts.genres)) == ("music", ANN, {"blues", "jazz"})
    assert set(songs.tracks(facts.name)) == {f"{g}/{g}.0000{i}" for g in ("blues", "jazz") for i in (0, 1)}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["rock/a.wav", "jazz/b.wav"], {("rock", "", "a.wav"), ("jazz", "", "b.wav")}),
        (["rock/a.wav"], {("rock", "", "a.wav")}),
        (["m/rock/a.wav"], {("rock", "", "a.wav")}),
        (
            ["m/rock/Ann/a.wav", "m/rock/Ben/CD 1/b.wav", "m/jazz/Cy/c.wav", "m/jazz/d.wav"],
            {("rock", "Ann", "a.wav"), ("rock", "Ben", "b.wav"), ("jazz", "Cy", "c.wav"), ("jazz", "", "d.wav")},
        ),
        (["intro.wav", "m/rock/a.wav", "m/jazz/b.wav"], {("rock", "", "a.wav"), ("jazz", "", "b.wav")}),
        (["<b>*rock*</b>/[a](x).wav", "jazz/b.wav"], {("<b>*rock*<", "b>", "[a](x).wav"), ("jazz", "", "b.wav")}),
        (["ROCK/a.wav", "rock/b.wav"], {("ROCK", "", "a.wav"), ("ROCK", "", "b.wav")}),
    ],
)  # fmt: skip
def test_genres_and_artists_from_folders(tmp_path: Path, files: list[str], expected: set[tuple[str, str, str]]) -> None:
    report = add(tmp_path, zipped({file: song(300 + i) for i, file in enumerate(files)}))
    assert placed(report.dataset) == expected


def test_names_of_a_zip_of_macos_are_read(tmp_path: Path) -> None:
    """They are in UTF-8 without the bit that says so, with accents apart from their letters."""
    name = unicodedata.normalize("NFD", "Électro/Zoé/Été.wav")
    content = zipped({name: song(300), "Ünder/b.wav": song(301)})
    said = content.replace(b"\x00\x08", b"\x00\x00")  # the flags of each file: bit 11
    facts = store.create_dataset("Ours", ["électro"], ANN)
    for index, given in enumerate((said, content)):
        (tmp_path / "music.zip").write_bytes(given)
        with zipfile.ZipFile(tmp_path / "music.zip") as archive:
            assert {bool(entry.flag_bits & 0x800) for entry in archive.infolist()} == {bool(index)}
        again = add_archive(None, tmp_path / "music.zip", by=ANN)
        assert placed(again.dataset) == {("Électro", "Zoé", "Été.wav"), ("Ünder", "", "b.wav")}
    add(tmp_path, said, facts.name)
    assert placed(facts.name) == {("électro", "Zoé", "Été.wav"), ("Ünder", "", "b.wav")}


def test_songs_are_added_to_a_dataset_that_is_there(tmp_path: Path) -> None:
    facts = store.create_dataset("Ours", ["Blues"], BEN)
    songs.add_song(facts.name, "Blues", "a.wav", song(300))
    report = add(
        tmp_path, zipped({"blues/again.wav": song(300), "blues/b.wav": song(301), "pop/c.wav": song(302)}), facts.name
    )
    assert placed(facts.name) == {("Blues", "", "a.wav"), ("Blues", "", "b.wav"), ("pop", "", "c.wav")}
    assert "already" in report.skipped["blues/again.wav"]
    assert {each.by for each in songs.list_songs(facts.name)} == {"", ANN}


def test_an_archive_of_ones_own_gives_the_same_dataset(tmp_path: Path) -> None:
    facts = store.create_dataset("Ours", ["=rock", "R&B: new"], ANN)
    given = [
        ("=rock", "Ann", "x.wav"),
        ("=rock", "", "x.wav"),
        ("=rock", "-B/C", "..wav"),
        ("R&B: new", "", "no suffix"),
    ]
    for hz, (genre, artist, name) in enumerate(given, 300):
        songs.add_song(facts.name, genre, name, song(hz), artist=artist)
    songs.add_song(facts.name, "R&B: new", "t.flac", tagged("Tagged <b>"))
    write_archive(facts.name, tmp_path / "music.zip")
    with zipfile.ZipFile(tmp_path / "music.zip") as archive:
        assert archive.namelist()[0] == "songs.csv"
        assert all(len(Path(name).parts) == 3 and ".." not in Path(name).parts for name in archive.namelist()[1:])
    again = add_archive(None, tmp_path / "music.zip", title="Again", by=BEN)
    assert placed(again.dataset) == placed(facts.name)
    digests = [
        sorted((each.genre, each.digest) for each in songs.list_songs(name)) for name in (facts.name, again.dataset)
    ]
    assert digests[0] == digests[1]
    assert not again.skipped


def test_a_tar_archive(tmp_path: Path) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name, hz in (("genres/rock/a.wav", 300), ("genres/jazz/b.wav", 301)):
            info = tarfile.TarInfo(name)
            info.size = len(song(hz))
            tar.addfile(info, io.BytesIO(song(hz)))
    report = add(tmp_path, content.getvalue())
    assert placed(report.dataset) == {("rock", "", "a.wav"), ("jazz", "", "b.wav")}


def with_link() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("rock/a.wav", song(300))
        link = zipfile.ZipInfo("rock/b.wav")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def with_name_twice() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, pytest.warns(UserWarning):
        for hz in (300, 301):
            archive.writestr("rock/a.wav", song(hz))
    return file.getvalue()


def with_wrong_size() -> bytes:
    """An archive whose song unfolds to more than its list says."""
    content = zipped({"rock/a.wav": song(300) + bytes(5_000_000), "jazz/b.wav": song(301)})
    return content.replace((len(song(300)) + 5_000_000).to_bytes(4, "little"), len(song(300)).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped({"rock/a.wav": song(300), "../../evil.wav": song(301)}), "leads out"),
        (zipped({"rock/a.wav": song(300), "/etc/evil.wav": song(301)}), "leads out"),
        (zipped({"rock/a.wav": song(300), "C:\\evil.wav": song(301)}), "leads out"),
        (with_link(), "a link"),
        (with_name_twice(), "same name"),
        (with_wrong_size(), "damaged"),
        (zipped({f"rock/{i}.wav": b"" for i in range(20_001)}), "more than 20000 files"),
        (zipped({"rock/a.wav": song(300)})[:-60], "no ZIP archive"),
        (b"", "no ZIP"),
        (b"<html>", "no ZIP"),
        (zipped({"a.png": b"x", "songs.csv": b"\xff,"}), "No audio"),
        (zipped({"a.wav": song(300)}), "no folder"),
        (zipped({"rock/a.wav": bytes(21_000_000)}), "None of the 1 songs"),
    ],
)  # fmt: skip
def test_what_is_hostile_damaged_or_no_music_leaves_nothing_behind(
    home: Path, tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(DatasetError, match=reason):
        add(tmp_path, content)
    assert store.list_datasets() == []
    left = [path for path in home.rglob("*") if path.is_file()] if home.exists() else []
    assert left == [] and {path.name for path in tmp_path.iterdir()} <= {"home", "music.zip"}


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genre_core.datasets.gathered.importing._BESIDE_BYTES", 0)
    for key, value in Serving("t" * 16, max_uploads_mb=1).environment().items():
        monkeypatch.setenv(key, value)
    with pytest.raises(DatasetError, match="unpacks to more than 1 MB"):
        add(tmp_path, zipped({"rock/a.wav": bytes(2_000_000)}))


def test_a_dataset_that_is_deleted_while_songs_are_added_ends_that(tmp_path: Path) -> None:
    facts = store.create_dataset("Ours", ["rock"], ANN)
    done: list[int] = []

    def progress(number: int, total: int) -> None:
        done.append(number)
        if number == 2:
            store.delete_dataset(facts.name)

    (tmp_path / "music.zip").write_bytes(zipped({f"rock/{hz}.wav": song(hz) for hz in range(300, 310)}))
    with pytest.raises(DatasetError, match="no dataset"):
        add_archive(facts.name, tmp_path / "music.zip", by=ANN, progress=progress)
    assert done == [0, 1, 2]


def test_songs_and_zip_files_leave_some_of_the_disk_free(home: Path, tmp_path: Path, monkeypatch: Any) -> None:
    facts = store.create_dataset("Ours", ["rock"], ANN)
    songs.add_song(facts.name, "rock", "a.wav", song(300))
    monkeypatch.setattr(places, "_LEAST_FREE_BYTES", 1 << 60)
    with pytest.raises(StorageError, match="nearly full"):
        add(tmp_path, zipped({"rock/b.wav": song(301)}), facts.name)
    with pytest.raises(StorageError, match="nearly full"):
        write_archive(facts.name, tmp_path / "again.zip")
    assert len(songs.list_songs(facts.name)) == 1
    assert {path.name for path in (home / "gathered").iterdir()} == {facts.name}


def test_songs_without_room_are_skipped_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in Serving("t" * 16, max_uploads_mb=1).environment().items():
        monkeypatch.setenv(key, value)
    report = add(tmp_path, zipped({f"rock/{hz}.wav": song(hz) for hz in range(300, 320)}))
    assert report.added == 15  # of 64 kB each
    assert all("may have 1 MB together" in reason for reason in report.skipped.values()) and len(report.skipped) == 5


def test_the_table_of_someone_else_does_no_harm(tmp_path: Path) -> None:
    table = "genre,artist,file\n../../x,<b>,a.wav\n,,rock/b.wav\nrock,\x00,rock/c.wav\n" + "x" * 200_000
    report = add(tmp_path, zipped({"songs.csv": table.encode(), "a.wav": song(300), "rock/b.wav": song(301)}))
    assert placed(report.dataset) == {("rock", "", "b.wav")}
    json.dumps(report.skipped)


def test_gtzan_mini_in_the_layout_of_kaggle(tmp_path: Path, gtzan_mini: Path) -> None:
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(gtzan_mini.glob("*/*.wav"))[::5]:
            archive.write(file, f"Data/genres_original/{file.parent.name}/{file.name}")
        archive.writestr("Data/images_original/blues/blues00000.png", b"x")
    report = add_archive(None, path)
    assert (report.added, len(report.genres), report.skipped, report.ignored) == (20, 10, {}, 1)
