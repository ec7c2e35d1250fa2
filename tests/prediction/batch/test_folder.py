"""Libraries: each song once, whatever happens on the way; real processes, killed for real."""

import contextlib
import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pandas as pd
import psutil
import pytest

from genre_core import audio, runs
from genre_core.audio import synthesis
from genre_core.cli import main
from genre_core.errors import AudioError, BatchError, ConfigError
from genre_core.prediction import HOP_S, batch, predict_file
from genre_core.prediction.batch import cluster, journal, pool, table
from genre_core.prediction.batch.song import Entry, Song, batch_config, predict_entry
from genre_core.runs import Run

PROJECT = Path(__file__).parents[1]
RUN = "paper-track"


@pytest.fixture(scope="module")
def run() -> Run:
    return runs.load_run(RUN)


@pytest.fixture(scope="module")
def wavs() -> list[bytes]:
    """Four songs, as short as can be judged."""
    return [audio.wav_bytes(song.clip(seconds=3.1)) for song in synthesis.SONGS[:4]]


@pytest.fixture
def music(tmp_path: Path, wavs: list[bytes]) -> Path:
    """Five songs in nested folders, three files that can't be judged, and what is no song."""
    folder = tmp_path / "music"
    for name, content in {
        "b/Adagio.WAV": wavs[0],
        "b/deep/er/floorfiller.wav": wavs[1],
        "a/furnace.wav": wavs[2],
        "a/furnace, again.wav": wavs[2],
        "=1+1.wav": wavs[3],
        "empty.flac": b"",
        "text.mp3": b"this is no music",
        "cut.wav": wavs[0][:100],
        "cover.jpg": b"",
        ".hidden.wav": wavs[0],
        ".hidden/song.wav": wavs[0],
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "a" / "up").symlink_to(folder)
    (folder / "a" / "nothing.wav").symlink_to("nowhere.wav")
    return folder


SONGS = ["=1+1.wav", "a/furnace, again.wav", "a/furnace.wav", "b/Adagio.WAV", "b/deep/er/floorfiller.wav"]
BAD = ["cut.wav", "empty.flac", "text.mp3"]


def judged_here(folder: Path, run: Run) -> list[Entry]:
    """What becomes of the songs of a folder without any workers."""
    how = batch_config(folder, run, HOP_S)
    return [predict_entry(song, how) for song in batch.songs_below(folder, [])]


def written(out: Path) -> dict[str, tuple[int, str]]:
    """The number of the write, and what it said, of each song in the journal of a table."""
    with closing(sqlite3.connect(journal.journal_of(out))) as database:
        rows = database.execute("SELECT path, rowid, said FROM judged").fetchall()
    return {path.decode(): (number, said) for path, number, said in rows}


def test_every_song_below_a_folder_is_a_row_and_a_bad_file_a_row_that_says_why(music: Path, run: Run) -> None:
    out = music.parent / "songs.parquet"
    heard: list[tuple[int, int]] = []
    outcome = batch.predict_folder(music, out, run, jobs=2, progress=lambda *numbers: heard.append(numbers))
    assert (outcome.files, outcome.predicted, outcome.kept, outcome.failed, outcome.unreadable) == (8, 8, 0, 3, [])
    assert heard == [(done, 8) for done in range(9)]

    rows = pd.read_parquet(out).set_index("file")
    assert list(rows.index) == sorted(SONGS + BAD)
    prediction = predict_file(music / SONGS[0], run).prediction
    one = rows.loc[SONGS[0]]
    assert (one["genre"], one["runner_up"]) == (prediction.genre, prediction.runner_up)
    assert one["probability"] == pytest.approx(prediction.probabilities[prediction.genre])
    assert one["runner_up_probability"] == pytest.approx(prediction.probabilities[prediction.runner_up])
    assert {genre: one[f"p_{genre}"] for genre in run.info.genres} == pytest.approx(prediction.probabilities)
    assert one["tags"].split("; ") == [tag.tag for tag in prediction.tags[:5]]
    assert one["trust"] == pytest.approx(prediction.reliability.score)
    assert one["duration_s"] == pytest.approx(3.1, abs=0.01)
    assert rows.loc[SONGS, "error"].isna().all()
    assert (rows["run"] == RUN).all()
    assert rows.loc["a/furnace.wav", "sha256"] == rows.loc["a/furnace, again.wav", "sha256"]
    for name in BAD:
        with pytest.raises(AudioError) as error:
            predict_file(music / name, run)
        assert rows.loc[name, "error"] == str(error.value)
        assert rows.loc[name, ["genre", "probability", "trust"]].isna().all()


def test_a_second_call_judges_only_what_is_new_changed_or_failed(music: Path, wavs: list[bytes], run: Run) -> None:
    out = music.parent / "songs.parquet"
    predict_all = partial(batch.predict_folder, music, out, run, jobs=1)
    predict_all()
    before = pd.read_parquet(out)
    again = predict_all()
    assert (again.predicted, again.kept, again.failed) == (3, 5, 3)  # what was missing may be there by now
    assert pd.read_parquet(out).equals(before)

    os.utime(music / SONGS[1])  # looked into again: the content is as it was
    (music / "text.mp3").write_bytes(wavs[1])
    (music / "new.wav").write_bytes(wavs[2])
    (music / "empty.flac").unlink()
    changed = predict_all()
    assert (changed.files, changed.predicted, changed.kept, changed.failed) == (8, 3, 5, 1)
    rows = pd.read_parquet(out).set_index("file")
    assert list(rows.index) == sorted({*SONGS, *BAD, "new.wav"} - {"empty.flac"})
    assert rows.loc["text.mp3", "genre"] == rows.loc["b/deep/er/floorfiller.wav", "genre"]
    assert predict_all().predicted == 1


def test_what_cannot_go_into_a_table_is_said_in_a_sentence(music: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "songs.csv"
    predict_all = partial(batch.predict_folder, music, jobs=1)
    predict_all(out, run)
    whole = out.read_bytes()
    refused = r"was begun for .*music by the run paper-track .* in steps of 1.5 s .* delete it and songs.csv.journal"
    with pytest.raises(BatchError, match=refused):
        predict_all(out, runs.load_run("paper-random"))
    with pytest.raises(BatchError, match=refused):
        predict_all(out, run, hop_s=3.0)
    with pytest.raises(BatchError, match=refused):
        batch.predict_folder(music / "b", out, run, jobs=1)
    assert out.read_bytes() == whole
    with pytest.raises(BatchError, match="no song below"):
        (tmp_path / "none").mkdir()
        batch.predict_folder(tmp_path / "none", tmp_path / "none.csv", run)
    with pytest.raises(BatchError, match="no folder"):
        batch.predict_folder(tmp_path / "nowhere", tmp_path / "none.csv", run)
    with pytest.raises(ConfigError, match=r"\.parquet or \.csv"):
        predict_all(tmp_path / "songs.xlsx", run)
    journal.journal_of(out).write_bytes(b"x" * 5000)
    with pytest.raises(BatchError, match="is damaged; delete it"):
        predict_all(out, run)
    journal.journal_of(out).unlink()
    with pytest.raises(BatchError, match="is there already"):
        predict_all(out, run)


def test_a_spreadsheet_finds_no_formula_in_the_csv(
    music: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_AT_ONCE", 3)  # so that it is written in parts
    found = judged_here(music, run)
    table.write(tmp_path / "songs.csv", found, run.info.genres, RUN)
    table.write(tmp_path / "songs.parquet", found, run.info.genres, RUN)
    with (tmp_path / "songs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    whole = pd.read_parquet(tmp_path / "songs.parquet")
    assert [row["file"] for row in rows] == [name.replace("=", "'=") for name in whole["file"]]
    assert list(rows[0]) == list(whole.columns)
    for row, probability in zip(rows, whole["probability"], strict=True):
        assert float(row["probability"] or "nan") == pytest.approx(probability, nan_ok=True)


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
    found = list(batch.songs_below(tmp_path / "music", unreadable))
    assert [song.path for song in found] == [b"z/song.wav", b"b/old\xff.mp3"]
    assert found[1].file == "b/old\ufffd.mp3"
    assert not unreadable


def many_songs(folder: Path, wavs: list[bytes], count: int) -> list[str]:
    folder.mkdir()
    names = [f"{i:03d}.wav" for i in range(count)]
    for i, name in enumerate(names):
        (folder / name).write_bytes(wavs[i % len(wavs)])
    return names


def test_killed_on_the_way_a_second_call_goes_on(
    tmp_path: Path, wavs: list[bytes], run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "music", tmp_path / "songs.parquet"
    names = many_songs(folder, wavs, 40)
    arguments = ["predict", str(folder), "--out", str(out), "--jobs", "2", "--run", RUN]
    process = subprocess.Popen([sys.executable, "-m", "genre_core", *arguments], cwd=PROJECT)
    wal = tmp_path / "songs.parquet.journal-wal"
    sizes: set[int] = set()
    while len(sizes) < 8:  # it grows with every row
        assert process.poll() is None
        sizes.add(wal.stat().st_size if wal.exists() else 0)
        time.sleep(0.005)
    assert main(arguments) == 2
    assert "Another process is writing to" in capsys.readouterr().err
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not out.exists()

    before = written(out)
    assert 0 < len(before) < 40
    outcome = batch.predict_folder(folder, out, run, jobs=2)
    assert (outcome.files, outcome.kept, outcome.predicted) == (40, len(before), 40 - len(before))
    assert written(out).items() >= before.items()  # none was written anew
    assert list(pd.read_parquet(out)["file"]) == names
    for worker in workers:  # they end by themselves when they have had nothing to do for a while
        with contextlib.suppress(psutil.NoSuchProcess):
            worker.kill()


def test_ctrl_c_keeps_what_was_judged(tmp_path: Path, wavs: list[bytes], run: Run) -> None:
    folder, out = tmp_path / "music", tmp_path / "songs.csv"
    many_songs(folder, wavs, 8)

    def progress(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.predict_folder(folder, out, run, jobs=2, progress=progress)
    outcome = batch.predict_folder(folder, out, run, jobs=1)
    assert (outcome.predicted, outcome.kept) == (5, 3)


def deadly(song: Song) -> Entry:
    """Judge a song, unless its name kills."""
    if b"killer" in song.path:
        os.kill(os.getpid(), signal.SIGKILL)
    return Entry(song, {"genre": "jazz"})


def test_a_song_that_kills_its_worker_twice_is_a_row_and_all_others_are_judged() -> None:
    names = [b"a", b"b", b"killer", *(b"song %d" % i for i in range(20))]
    entries = list(pool.local_pool(2).predict([Song(name, 1, 1) for name in names], deadly))
    assert sorted(entry.song.path for entry in entries) == sorted(names)
    assert [entry.song.path for entry in entries if "error" in entry.row] == [b"killer"]


def test_workers_that_all_die_end_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_DEATHS_IN_A_ROW", 1)
    with pytest.raises(BatchError, match="whatever song"):
        list(pool.local_pool(1).predict([Song(b"killer %d" % i, 1, 1) for i in range(9)], deadly))


def test_a_folder_without_out_is_one_sentence(music: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        ([str(music)], "add --out"),
        ([str(music / "cut.wav"), "--jobs", "2"], "add --out"),
        ([str(music), str(music), "--out", "x.csv"], "one folder"),
        ([str(music), "--out", "x.csv", "--jobs", "0"], "--jobs"),
    ):
        assert main(["predict", *arguments]) == 2
        err = capsys.readouterr().err
        assert said in err and err.count("\n") == 1


def test_the_command_line_answers_with_counts(music: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = music.parent / "songs.csv"
    assert main(["predict", str(music), "--out", str(out), "--jobs", "1", "--run", RUN, "--json"]) == 2
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert document.pop("seconds") > 0
    assert document == {"out": str(out), "files": 8, "judged": 8, "kept": 0, "failed": 3, "unreadable": []}
    assert "3 of 8 songs failed" in said.err and said.err.count("\n") == 1


class Cluster:
    """A Dask scheduler and its workers, processes of their own."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "scheduler.json"
        self._processes: list[subprocess.Popen[bytes]] = []

    def _start(self, module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", str(self._file), *arguments]
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--no-dashboard"],
            cwd=PROJECT,
            env=os.environ | environment,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def start(self, **environment: str) -> str:
        """Start the scheduler, on a free port; returns its address."""
        process = self._start("dask_scheduler", "--port", "0", **environment)
        while not self._file.exists():
            assert process.poll() is None
            time.sleep(0.05)
        return json.loads(self._file.read_text())["address"]

    def add_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        return self._start("dask_worker", "--nthreads", "1", "--no-nanny", **environment)

    def kill(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def dask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "WORKERS_S", 60.0)
    started = Cluster(tmp_path)
    yield started
    started.kill()


@pytest.mark.parametrize("failures", ["3", "0"])
def test_on_a_cluster_that_loses_a_worker_nothing_is_lost_and_nothing_twice(
    tmp_path: Path, wavs: list[bytes], run: Run, dask: Cluster, failures: str
) -> None:
    """Whether the scheduler gives what the worker had to the other one, or gives it up, and we do."""
    folder, out = tmp_path / "music", tmp_path / "songs.parquet"
    names = many_songs(folder, wavs, 24)
    (folder / "text.mp3").write_text("this is no music")
    address = dask.start(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=failures)
    workers = [dask.add_worker(), dask.add_worker()]
    heard: list[int] = []

    def progress(done: int, total: int) -> None:
        heard.append(done)
        if done == 4:
            workers[0].send_signal(signal.SIGKILL)

    outcome = batch.predict_folder(folder, out, run, scheduler=address, progress=progress)
    assert workers[0].wait() == -signal.SIGKILL
    assert workers[1].poll() is None
    assert (outcome.files, outcome.predicted, outcome.failed) == (25, 25, 1)
    assert heard == list(range(26))
    rows = pd.read_parquet(out)
    assert list(rows["file"]) == [*names, "text.mp3"]
    table.write(tmp_path / "here.parquet", judged_here(folder, run), run.info.genres, RUN)
    pd.testing.assert_frame_equal(rows, pd.read_parquet(tmp_path / "here.parquet"))


def test_a_cluster_that_cannot_judge_is_one_sentence(
    music: Path, run: Run, tmp_path: Path, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict_all = partial(batch.predict_folder, music, tmp_path / "songs.csv", run)
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    for address in ("tcp://127.0.0.1:1", "tea://pot", "nonsense"):
        with pytest.raises(BatchError, match=f"No Dask scheduler answers at {address}"):
            predict_all(scheduler=address)
    monkeypatch.setattr(cluster, "CONNECT_S", 20.0)
    address = dask.start()
    monkeypatch.setattr(cluster, "WORKERS_S", 0.5)
    with pytest.raises(BatchError, match=f"at {address} has no workers"):
        predict_all(scheduler=address)
    monkeypatch.setattr(cluster, "WORKERS_S", 60.0)
    dask.add_worker(GENRE_LAB_MAX_SECONDS="30")
    with pytest.raises(BatchError, match="GENRE_LAB_MAX_SECONDS is 30 on the worker and 900 here"):
        predict_all(scheduler=address)

    def progress(done: int, total: int) -> None:
        if done == 1:
            dask.kill()

    monkeypatch.setenv("GENRE_LAB_MAX_SECONDS", "30")
    with pytest.raises(BatchError, match=f"{address} is gone; what was judged is kept"):
        batch.predict_folder(music, tmp_path / "gone.csv", run, scheduler=address, progress=progress)
    assert len(written(tmp_path / "gone.csv")) >= 1
