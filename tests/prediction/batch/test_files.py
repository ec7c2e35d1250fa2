"""Songs are found once, whatever links lead to them."""

import os
from pathlib import Path

from genre_core.prediction.batch import find_songs


def test_each_song_is_found_once_whatever_links_lead_to_it(tmp_path: Path) -> None:
    (tmp_path / "music" / "z").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "music" / "z" / "song.wav").touch()
    (tmp_path / "elsewhere" / os.fsdecode(b"old\xff.mp3")).touch()
    (tmp_path / "music" / "a").symlink_to(tmp_path / "music" / "z")
    (tmp_path / "music" / "b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "c").symlink_to(tmp_path / "music")
    os.mkfifo(tmp_path / "music" / "pipe.wav")
    unreadable: list[str] = []
    found = list(find_songs(tmp_path / "music", unreadable))
    assert [song.path for song in found] == [b"z/song.wav", b"b/old\xff.mp3"]
    assert found[1].file == "b/old\ufffd.mp3"
    assert not unreadable
