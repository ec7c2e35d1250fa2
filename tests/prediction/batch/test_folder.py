"""Each song of a folder is predicted once, whatever happens: real processes, really killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pandas as pd
import psutil
import pytest

from genre_core import runs
from genre_core.cli import main
from genre_core.errors import AudioError, BatchError, ConfigError
from genre_core.prediction import predict_file
from genre_core.prediction.batch import journal, predict_folder
from genre_core.runs import Run
from tests.hostile_files import sparse, wav_start
from tests.prediction.batch.helpers import BAD, PROJECT, RUN, SONGS, journal_rows, write_songs


def test_every_song_below_a_folder_is_a_row_and_a_bad_file_a_row_that_says_why(music: Path, run: Run) -> None:
    out = music.parent / "songs.parquet"
    reported: list[tuple[int, int]] = []
    result = predict_folder(music, out, run, jobs=2, progress=lambda *numbers: reported.append(numbers))
    assert (result.files, result.predicted, result.kept, result.failed, result.unreadable) == (8, 8, 0, 3, [])
    assert reported == [(done, 8) for done in range(9)]

    rows = pd.read_parquet(out).set_index("file")
    assert list(rows.index) == sorted(SONGS + BAD)
    prediction = predict_file(music / SONGS[0], run).prediction
    one = rows.loc[SONGS[0]]
    assert (one["genre"], one["runner_up"]) == (prediction.genre, prediction.runner_up)
    assert one["confidence"] == pytest.approx(prediction.probabilities[prediction.genre])
    assert one["runner_up_probability"] == pytest.approx(prediction.probabilities[prediction.runner_up])
    assert {genre: one[f"p_{genre}"] for genre in run.info.genres} == pytest.approx(prediction.probabilities)
    assert one["tags"].split("; ") == [tag.tag for tag in prediction.tags[:5]]
    assert one["reliability"] == pytest.approx(prediction.reliability.score)
    assert one["duration_s"] == pytest.approx(3.1, abs=0.01)
    assert rows.loc[SONGS, "error"].isna().all()
    assert (rows["run"] == RUN).all()
    assert rows.loc["a/furnace.wav", "sha256"] == rows.loc["a/furnace, again.wav", "sha256"]
    for name in BAD:
        with pytest.raises(AudioError) as error:
            predict_file(music / name, run)
        assert rows.loc[name, "error"] == str(error.value)
        assert rows.loc[name, ["genre", "confidence", "reliability"]].isna().all()


def test_a_file_of_30_gb_is_a_row_that_says_why(music: Path, run: Run) -> None:
    sparse(music / "endless.wav", 30_000_000_000, wav_start())
    out = music.parent / "songs.parquet"
    result = predict_folder(music, out, run, jobs=1)
    assert (result.files, result.failed) == (9, 4)
    row = pd.read_parquet(out).set_index("file").loc["endless.wav"]
    assert "larger than 2 GB" in row["error"]


def test_a_second_call_predicts_only_what_is_new_changed_or_failed(music: Path, wavs: list[bytes], run: Run) -> None:
    out = music.parent / "songs.parquet"
    predict_all = partial(predict_folder, music, out, run, jobs=1)
    predict_all()
    before = pd.read_parquet(out)
    again = predict_all()
    assert (again.predicted, again.kept, again.failed) == (3, 5, 3)  # failed ones again: the cause may be gone
    assert pd.read_parquet(out).equals(before)

    os.utime(music / SONGS[1])  # read again, and the content has not changed
    (music / "text.mp3").write_bytes(wavs[1])
    (music / "new.wav").write_bytes(wavs[2])
    (music / "empty.flac").unlink()
    changed = predict_all()
    assert (changed.files, changed.predicted, changed.kept, changed.failed) == (8, 3, 5, 1)
    rows = pd.read_parquet(out).set_index("file")
    assert list(rows.index) == sorted({*SONGS, *BAD, "new.wav"} - {"empty.flac"})
    assert rows.loc["text.mp3", "genre"] == rows.loc["b/deep/er/floorfiller.wav", "genre"]
    assert predict_all().predicted == 1


def test_each_mistake_is_one_sentence(music: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "songs.csv"
    predict_all = partial(predict_folder, music, jobs=1)
    predict_all(out, run)
    whole = out.read_bytes()
    refused = (
        r"was made for the folder .*music by the run paper-track .* hop of 1.5 s .* delete it and songs.csv.journal"
    )
    with pytest.raises(BatchError, match=refused):
        predict_all(out, runs.load_run("paper-random"))
    with pytest.raises(BatchError, match=refused):
        predict_all(out, run, hop_s=3.0)
    with pytest.raises(BatchError, match=refused):
        predict_folder(music / "b", out, run, jobs=1)
    assert out.read_bytes() == whole
    with pytest.raises(BatchError, match="no song below"):
        (tmp_path / "none").mkdir()
        predict_folder(tmp_path / "none", tmp_path / "none.csv", run)
    with pytest.raises(BatchError, match="no folder"):
        predict_folder(tmp_path / "nowhere", tmp_path / "none.csv", run)
    with pytest.raises(ConfigError, match=r"\.parquet or \.csv"):
        predict_all(tmp_path / "songs.xlsx", run)
    journal.journal_of(out).write_bytes(b"x" * 5000)
    with pytest.raises(BatchError, match="is damaged; delete it"):
        predict_all(out, run)
    journal.journal_of(out).unlink()
    with pytest.raises(BatchError, match="already exists"):
        predict_all(out, run)


@pytest.mark.skipif(os.name != "posix", reason="a process is killed with SIGKILL")
def test_a_second_call_resumes_one_that_was_killed(
    tmp_path: Path, wavs: list[bytes], run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "music", tmp_path / "songs.parquet"
    names = write_songs(folder, wavs, 40)
    arguments = ["predict", str(folder), "--out", str(out), "--jobs", "2", "--run", RUN]
    process = subprocess.Popen([sys.executable, "-m", "genre_core", *arguments], cwd=PROJECT)
    wal = tmp_path / "songs.parquet.journal-wal"
    sizes: set[int] = set()
    while len(sizes) < 8:  # it grows with every row
        assert process.poll() is None
        sizes.add(wal.stat().st_size if wal.exists() else 0)
        time.sleep(0.005)
    process.send_signal(signal.SIGSTOP)  # so that it is not done before it is killed
    assert main(arguments) == 2
    assert "Another process is writing to" in capsys.readouterr().err
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not out.exists()

    before = journal_rows(out)
    assert 0 < len(before) < 40
    result = predict_folder(folder, out, run, jobs=2)
    assert (result.files, result.kept, result.predicted) == (40, len(before), 40 - len(before))
    assert journal_rows(out).items() >= before.items()  # no row was written again
    assert list(pd.read_parquet(out)["file"]) == names
    for worker in workers:  # they would end only after a while without work
        with contextlib.suppress(psutil.NoSuchProcess):
            worker.kill()


def test_ctrl_c_keeps_the_finished_predictions(tmp_path: Path, wavs: list[bytes], run: Run) -> None:
    folder, out = tmp_path / "music", tmp_path / "songs.csv"
    write_songs(folder, wavs, 8)

    def progress(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict_folder(folder, out, run, jobs=2, progress=progress)
    result = predict_folder(folder, out, run, jobs=1)
    assert (result.predicted, result.kept) == (5, 3)
