"""A whole diagnosis: nothing in clean data, what could not be checked, files that can't be used, and its tables."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from genre_core import audio
from genre_core.datasets import Dataset, doctor
from genre_core.errors import AudioError, DatasetError, GenreLabError
from tests.doctor_data import GENRES, get, with_features

RATE = 22_050


def test_nothing_is_found_in_clean_data(clean: Dataset) -> None:
    diagnosis = doctor.examine(clean)
    assert diagnosis.findings == ()
    assert (diagnosis.n_tracks, diagnosis.n_segments, diagnosis.genres) == (60, 240, dict.fromkeys(GENRES, 20))


def test_checks_that_need_audio_are_unchecked_without_it(clean: Dataset) -> None:
    assert set(doctor.examine(clean).unchecked) == {"clipping", "sample-rate", "bandwidth", "too-short"}


def test_skipped_files_are_sorted_by_their_error(clean: Dataset, tmp_path: Path, rng: np.random.Generator) -> None:
    skipped: dict[str, GenreLabError] = {}
    for name, samples in {
        "short": rng.normal(size=RATE) * 0.1,
        "silent": np.zeros(4 * RATE),
        "broken": None,
    }.items():
        path = tmp_path / f"{name}.wav"
        if samples is None:
            path.write_bytes(b"no music")
        else:
            soundfile.write(path, samples, RATE)
        with pytest.raises(AudioError) as error:
            audio.load_audio(path)
        skipped[f"jazz/{name}.wav"] = error.value
    diagnosis = doctor.examine(replace(clean, skipped=skipped))
    assert get(diagnosis, "too-short").tracks == ("jazz/short.wav",)
    assert get(diagnosis, "silence").tracks == ("jazz/silent.wav",)
    assert list(diagnosis.unreadable) == ["jazz/broken.wav"]
    assert diagnosis.to_exclude == (), "they are not in the dataset"


def test_unreadable_and_missing_files_are_reported(clean: Dataset, tmp_path: Path, rng: np.random.Generator) -> None:
    (tmp_path / "blues").mkdir()
    (tmp_path / "blues" / "00.wav").write_bytes(b"no music")
    (tmp_path / "blues" / "01.raw").write_bytes(b"no music either")
    soundfile.write(tmp_path / "blues" / "02.wav", 0.1 * rng.normal(size=5 * RATE), RATE)
    diagnosis = doctor.examine(clean, tmp_path)
    assert diagnosis.n_with_audio == 1
    assert list(diagnosis.unreadable) == ["blues/00", "blues/01"]
    assert diagnosis.unchecked["clipping"].startswith("57 tracks without a file")


def test_a_folder_without_these_genres_is_refused(clean: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no subfolder with the name of a genre"):
        doctor.examine(clean, tmp_path)


def test_progress_counts_files_and_can_end_the_examination(bundled: Dataset, gtzan_mini: Path) -> None:
    counts = []

    def stop(done: int, total: int) -> None:
        counts.append((done, total))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        doctor.examine(bundled, gtzan_mini, progress=stop)
    assert counts == [(0, 100), (1, 100), (2, 100), (3, 100)]


def test_a_table_has_a_row_for_each_track_of_a_finding(clean: Dataset) -> None:
    copied = with_features(clean, "jazz/25", clean.values[clean.track == "jazz/24"]).take(np.arange(240) < 190)
    diagnosis = doctor.examine(copied)
    table = diagnosis.to_frame()
    rows = table[table["kind"] == "exact-duplicates"]
    assert rows[["track", "exclude"]].to_numpy().tolist() == [["jazz/24", False], ["jazz/25", True]]
    assert set(table[table["kind"] == "class-balance"]["note"].str.partition(":")[0]) == set(copied.genres)
    assert replace(diagnosis, findings=()).to_frame().empty


def test_a_dictionary_has_the_findings_with_their_tracks(clean: Dataset) -> None:
    diagnosis = doctor.examine(with_features(clean, "jazz/25", clean.values[clean.track == "jazz/24"]))
    document = diagnosis.to_dict()
    assert (document["tracks"], document["segments"], document["tracks_with_audio"]) == (60, 240, 0)
    (finding,) = document["findings"]
    assert finding["tracks"] == ["jazz/24", "jazz/25"]
    assert list(finding["exclude"]) == document["exclude"] == ["jazz/25"]
