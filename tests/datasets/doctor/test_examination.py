"""The data doctor: each fault is found where it is, not found where it isn't, and what is found in GTZAN is counted."""

import csv
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import soundfile
import soxr
from streamlit.testing.v1 import AppTest

from genre_core import audio, datasets
from genre_core.datasets import Dataset, doctor
from genre_core.datasets.doctor import Diagnosis, Finding
from genre_core.errors import AudioError, DatasetError
from genre_core.features import paper
from tests.conftest import SHARED, _required

GENRES = ("blues", "jazz", "polka")
RATE = 22_050
RMS = paper.COLUMNS.index("rms_mean")


def found(diagnosis: Diagnosis, kind: str) -> Finding | None:
    return next((finding for finding in diagnosis.findings if finding.kind == kind), None)


@pytest.fixture
def clean(rng: np.random.Generator) -> Dataset:
    """Sixty tracks of four segments each, in three genres, with nothing wrong and each by its own artist."""
    genre = np.repeat(GENRES, 80)
    place = np.repeat(np.arange(60), 4)
    tracks = rng.normal(size=(60, 58))
    values = np.exp(tracks[place] + 0.2 * rng.normal(size=(240, 58)))
    track = np.array([f"{g}/{n:02d}" for g, n in zip(genre, place, strict=True)])
    artist = np.array([f"artist {n}" for n in place])
    return Dataset("made", "paper", values, genre, track, np.arange(240) % 4 * 3.0, artist=artist)


def with_rows(dataset: Dataset, track: str, values: np.ndarray | float, columns: int | slice = slice(None)) -> Dataset:
    """The data set with other features for one track."""
    changed = dataset.values.copy()
    changed[np.flatnonzero(dataset.track == track), columns] = values
    return replace(dataset, values=changed)


# --- the table ------------------------------------------------------------------------------------------------------


def test_nothing_is_found_in_what_is_clean(clean):
    diagnosis = doctor.examine(clean)
    assert diagnosis.findings == ()
    assert (diagnosis.n_tracks, diagnosis.n_segments, diagnosis.genres) == (60, 240, dict.fromkeys(GENRES, 20))


def test_without_audio_it_says_what_was_not_checked(clean):
    assert set(doctor.examine(clean).unchecked) == {"clipping", "sample-rate", "bandwidth", "too-short"}


@pytest.mark.parametrize(("kept", "severity"), [(20, None), (13, "note"), (6, "warning")])
def test_class_balance(clean, kept, severity):
    fewer = clean.take((clean.genre != "polka") | (np.arange(240) < 160 + 4 * kept))
    finding = found(doctor.examine(fewer), "class-balance")
    assert (finding and finding.severity) == severity
    if finding:
        assert [detail.value for detail in finding.details] == [20, 20, kept]
        rest = doctor.without(fewer, finding.leave_out)
        counts = [len(set(rest.track[rest.genre == genre])) for genre in rest.genres]
        assert max(counts) / min(counts) <= doctor.UNBALANCED


@pytest.mark.parametrize("copy", ["jazz/25", "polka/45"])
def test_exact_duplicates_are_found_also_where_a_table_was_rounded(clean, copy):
    values = clean.values[clean.track == "jazz/24"]
    diagnosis = doctor.examine(with_rows(clean, copy, values * (1 + 1e-9)))
    finding = found(diagnosis, "exact-duplicates")
    assert finding.tracks == ("jazz/24", copy)
    assert finding.leave_out == (copy,)
    assert ("contradiction" in finding.message) == copy.startswith("polka")
    assert found(diagnosis, "near-duplicates") is None, "one is not told twice"


def test_a_track_whose_mean_is_the_same_is_no_exact_copy(clean):
    values = clean.values[clean.track == "jazz/24"][::-1]
    assert found(doctor.examine(with_rows(clean, "jazz/25", values)), "exact-duplicates") is None


def test_near_duplicates_are_found_and_chains_are_one_group(clean, rng):
    values = clean.values[clean.track == "jazz/24"]
    for copy in ("jazz/25", "jazz/26"):
        clean = with_rows(clean, copy, values * np.exp(0.03 * rng.normal(size=values.shape)))
    finding = found(doctor.examine(clean), "near-duplicates")
    assert [detail.tracks for detail in finding.details] == [("jazz/24", "jazz/25", "jazz/26")]
    assert finding.leave_out == ("jazz/25", "jazz/26")
    assert 1 - doctor.NEAR < finding.details[0].value < 1


def test_an_outlier_is_named(clean):
    finding = found(doctor.examine(with_rows(clean, "jazz/30", 1e4, slice(10, 40))), "outliers")
    assert finding.leave_out == finding.tracks == ("jazz/30",)


def test_few_tracks_are_not_compared(clean):
    few = clean.take(np.isin(clean.track, ["blues/01", "blues/02", "jazz/21", "jazz/22"]))
    assert {"near-duplicates", "outliers"} <= set(doctor.examine(few).unchecked)


def test_silence_is_seen_in_the_table(clean):
    finding = found(doctor.examine(with_rows(clean, "jazz/30", 1e-5, RMS)), "silence")
    assert finding.leave_out == ("jazz/30",)
    assert finding.details[0].value == 1.0


def test_a_genre_of_one_artist_is_named(clean):
    artist = clean.artist.copy()
    artist[clean.genre == "jazz"] = "Ella"
    finding = found(doctor.examine(replace(clean, artist=artist)), "one-artist")
    assert finding.details[0].note == "jazz: Ella"
    assert set(finding.tracks) == set(clean.track[clean.genre == "jazz"])
    assert finding.leave_out == ()


def test_unknown_artists_are_said(clean):
    artist = np.where(clean.genre == "jazz", "", clean.artist)
    assert doctor.examine(replace(clean, artist=artist)).unchecked["one-artist"] == "the artists of jazz are not known"
    nobody = np.full(240, "")
    assert doctor.examine(replace(clean, artist=nobody)).unchecked["one-artist"] == "the artists are not known"


def test_files_that_were_skipped_are_told_by_their_reason(clean, tmp_path, rng):
    reasons = {}
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
            audio.load(path)
        reasons[f"jazz/{name}.wav"] = str(error.value)
    diagnosis = doctor.examine(replace(clean, skipped=reasons))
    assert found(diagnosis, "too-short").tracks == ("jazz/short.wav",)
    assert found(diagnosis, "silence").tracks == ("jazz/silent.wav",)
    assert list(diagnosis.unreadable) == ["jazz/broken.wav"]
    assert diagnosis.leave_out == (), "they are not in the data"


def test_pictures_are_compared_exactly_and_the_rest_is_said_to_be_unchecked(rng):
    pictures = rng.integers(0, 256, size=(40, 128, 39, 1), dtype=np.uint8)
    pictures[6:8] = pictures[0:2]
    genre = np.repeat(["blues", "jazz"], 20)
    track = np.array([f"{g}/{i // 2}" for i, g in enumerate(genre)])
    made = Dataset("made", "mel", pictures, genre, track, np.arange(40) % 2 * 3.0, artist=np.repeat(["A", "B"], 20))
    diagnosis = doctor.examine(made)
    assert found(diagnosis, "exact-duplicates").tracks == ("blues/0", "blues/3")
    assert len(found(diagnosis, "one-artist").details) == 2
    assert {"near-duplicates", "outliers", "silence"} <= set(diagnosis.unchecked)


# --- the audio ------------------------------------------------------------------------------------------------------


def music(rng: np.random.Generator) -> np.ndarray:
    """Five seconds of pink-ish noise up to the highest frequency, peaking at -6 dBFS."""
    noise = scipy.signal.lfilter([1], [1, -0.9], rng.normal(size=5 * RATE))
    return 0.5 * noise / np.abs(noise).max()


@pytest.fixture
def record(tmp_path: Path, rng: np.random.Generator) -> Callable[..., Diagnosis]:
    """Write a folder of music in which one track is changed, and examine it."""

    def examined(change: Callable[[np.ndarray], np.ndarray] = lambda samples: samples, rate: int = RATE) -> Diagnosis:
        tracks = [f"{genre}/{n}" for genre in ("blues", "jazz") for n in range(3)]
        for track in tracks:
            path = tmp_path / f"{track}.wav"
            path.parent.mkdir(exist_ok=True)
            samples = music(rng)
            soundfile.write(
                path, change(samples) if track == "jazz/1" else samples, rate if track == "jazz/1" else RATE
            )
        genre = np.array([track.split("/")[0] for track in tracks])
        made = Dataset("made", "paper", np.abs(rng.normal(size=(6, 58))) + 1, genre, np.array(tracks), np.zeros(6))
        return doctor.examine(made, tmp_path)

    return examined


AUDIO_KINDS = ("clipping", "sample-rate", "bandwidth", "silence", "too-short")


def low_passed(samples: np.ndarray) -> np.ndarray:
    return soxr.resample(soxr.resample(samples, RATE, 16_000), 16_000, RATE)


def half_silent(samples: np.ndarray) -> np.ndarray:
    return np.where(np.arange(len(samples)) < len(samples) // 2, samples, 0)


def test_clean_audio_has_no_fault(record):
    diagnosis = record()
    assert diagnosis.n_heard == 6
    assert not [finding for finding in diagnosis.findings if finding.kind in AUDIO_KINDS]
    assert not set(AUDIO_KINDS) & set(diagnosis.unchecked)


@pytest.mark.parametrize(
    ("kind", "change", "value"),
    [
        ("clipping", lambda samples: (8 * samples).clip(-1, 1), None),
        ("clipping", lambda samples: np.stack([samples, (8 * samples).clip(-1, 1)], axis=1), None),
        ("silence", half_silent, 0.5),
        ("bandwidth", low_passed, 8000),
        ("too-short", lambda samples: samples[:RATE], None),
    ],
)
def test_a_fault_of_one_track_is_found_and_no_other(record, kind, change, value):
    diagnosis = record(change)
    assert [finding.kind for finding in diagnosis.findings if finding.kind in AUDIO_KINDS] == [kind]
    finding = found(diagnosis, kind)
    assert finding.tracks == ("jazz/1",)
    assert finding.leave_out == ("jazz/1",)
    if value:
        assert finding.details[0].value == pytest.approx(value, rel=0.04)


@pytest.mark.parametrize(
    "tone", [lambda t: np.sin(2 * np.pi * 440 * t), lambda t: 0.3 * np.sin(2 * np.pi * 50 * t)], ids=["peak", "bass"]
)
def test_a_pure_tone_is_not_clipped(record, tone):
    assert found(record(lambda samples: tone(np.arange(len(samples)) / RATE)), "clipping") is None


def test_dull_music_is_not_taken_for_a_cut_off_spectrum(record):
    dull = scipy.signal.butter(3, 1500, fs=RATE, output="sos")
    assert found(record(lambda samples: scipy.signal.sosfilt(dull, samples)), "bandwidth") is None


def test_a_file_at_a_lower_rate_is_named_with_its_limit(record):
    diagnosis = record(rate=16_000)
    assert [detail.value for detail in found(diagnosis, "sample-rate").details] == [16_000, 22_050]
    assert found(diagnosis, "bandwidth").details[0].value == 8_000


def test_files_that_cannot_be_read_or_are_not_there_are_named(clean, tmp_path, rng):
    (tmp_path / "blues").mkdir()
    (tmp_path / "blues" / "00.wav").write_bytes(b"no music")
    (tmp_path / "blues" / "01.raw").write_bytes(b"no music either")
    soundfile.write(tmp_path / "blues" / "02.wav", music(rng), RATE)
    diagnosis = doctor.examine(clean, tmp_path)
    assert diagnosis.n_heard == 1
    assert list(diagnosis.unreadable) == ["blues/00", "blues/01"]
    assert diagnosis.unchecked["clipping"].startswith("57 tracks have no file")


def test_a_folder_of_something_else_is_said(clean, tmp_path):
    with pytest.raises(DatasetError, match="no folder with the name of a genre"):
        doctor.examine(clean, tmp_path)


def test_progress_counts_files_and_can_end_it(bundled, gtzan_mini):
    told = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        doctor.examine(bundled, gtzan_mini, progress=stop)
    assert told == [(0, 100), (1, 100), (2, 100), (3, 100)]


# --- leaving out, and tables ----------------------------------------------------------------------------------------


def test_tracks_are_left_out(clean):
    less = doctor.without(clean, ["jazz/24", "jazz/25", "not there"])
    assert less.n_tracks == 58
    assert len(less.values) == len(less.artists) == 232
    assert doctor.without(clean, []) is clean


@pytest.mark.parametrize(("genres", "words"), [(GENRES, "nothing left"), (GENRES[1:], "only the genre 'blues'")])
def test_something_has_to_be_left(clean, genres, words):
    with pytest.raises(DatasetError, match=words):
        doctor.without(clean, clean.track[np.isin(clean.genre, genres)])


def test_the_table_has_a_row_for_each_finding_and_track(clean):
    clean = with_rows(clean, "jazz/25", clean.values[clean.track == "jazz/24"]).take(np.arange(240) < 190)
    diagnosis = doctor.examine(clean)
    table = doctor.frame(diagnosis)
    rows = table[table["kind"] == "exact-duplicates"]
    assert rows[["track", "leave_out"]].to_numpy().tolist() == [["jazz/24", False], ["jazz/25", True]]
    assert set(table[table["kind"] == "class-balance"]["note"].str.partition(":")[0]) == set(clean.genres)
    assert doctor.frame(replace(diagnosis, findings=())).empty


# --- GTZAN ----------------------------------------------------------------------------------------------------------


def test_the_bundled_songs_have_four_genres_of_one_artist(bundled):
    diagnosis = doctor.examine(bundled)
    notes = [detail.note.split(":")[0] for detail in found(diagnosis, "one-artist").details]
    assert notes == ["blues", "classical", "reggae", "rock"]
    assert found(diagnosis, "exact-duplicates") is None
    assert found(diagnosis, "near-duplicates") is None


@pytest.fixture(scope="module")
def gtzan(kaggle_30_sec: Path) -> Diagnosis:
    return doctor.examine(datasets.load(str(kaggle_30_sec)))


def pairs(finding: Finding) -> set[frozenset[str]]:
    names = [[track.split("/")[1] for track in detail.tracks] for detail in finding.details]
    return {frozenset(pair) for group in names for pair in combinations(group, 2)}


def test_every_known_exact_duplicate_of_gtzan_is_found_and_no_other(gtzan):
    with _required(SHARED / "gtzan" / "duplicates.csv").open() as file:
        known = {frozenset((row["track"], row["duplicate_of"])) for row in csv.DictReader(file)}
    assert len(known) == 14
    assert pairs(found(gtzan, "exact-duplicates")) == known


def test_near_duplicates_of_gtzan_have_the_same_artist_and_title(gtzan):
    """Of the 75 pairs in one genre with the same title, many are other takes, other parts or remixes."""

    def plain(text: str) -> str:
        return "".join(letter for letter in text.lower() if letter.isalnum())

    with _required(SHARED / "gtzan" / "artists.csv").open() as file:
        title = {row["track"]: plain(row["artist"] + row["title"]) for row in csv.DictReader(file)}
    near = pairs(found(gtzan, "near-duplicates"))
    wrong = {pair for pair in near if len({title[track] for track in pair}) > 1}
    assert not wrong
    assert len(near) >= 24


def test_the_broken_track_of_gtzan_is_an_outlier_among_few(gtzan):
    """Most of reggae.00086 is digital noise (Sturm 2014)."""
    outliers = found(gtzan, "outliers").tracks
    assert "reggae/reggae.00086" in outliers
    assert len(outliers) <= 10


def test_gtzan_mini_is_heard_to_be_whole(bundled, gtzan_mini):
    diagnosis = doctor.examine(bundled, gtzan_mini)
    assert diagnosis.n_heard == 100
    assert {finding.kind for finding in diagnosis.findings} == {"one-artist", "outliers", "clipping"}
    assert found(diagnosis, "clipping").tracks == ("hiphop/hiphop.00009",)


def test_the_tracks_that_were_stored_at_16_khz_end_at_8(kaggle_30_sec):
    folder = _required(SHARED / "gtzan_more" / "genres")
    stored = {f"{p.parent.name}/{p.stem}" for p in folder.glob("*/*") if soundfile.info(p).samplerate == 16_000}
    table = datasets.load(str(kaggle_30_sec))
    named = {f"{p.parent.name}/{p.stem}" for p in folder.glob("*/*")}
    diagnosis = doctor.examine(table.take(np.isin(table.track, sorted(named))), folder)
    limited = found(diagnosis, "bandwidth")
    assert set(limited.tracks) == stored
    assert all(7_000 <= detail.value <= 8_000 for detail in limited.details)
    assert limited.severity == "warning", "country has fewer of them than blues"


# --- the section of the page ----------------------------------------------------------------------------------------


@pytest.fixture
def section(clean: Dataset) -> AppTest:
    """The section alone, on data with one exact copy."""

    def page() -> None:
        import streamlit as st

        from ui import doctor as section

        dataset = st.session_state["dataset"]
        section.show_doctor(dataset)
        st.text(f"{section.training_dataset(dataset).n_tracks} tracks to train on")

    app = AppTest.from_function(page, default_timeout=20)
    app.session_state["dataset"] = with_rows(clean, "jazz/25", clean.values[clean.track == "jazz/24"])
    return app.run()


def test_the_section_tells_what_it_found(section):
    assert not section.exception
    assert section.markdown[0].value == "**1 thing to know about this data**"
    assert "Exact copies" in section.markdown[1].value
    assert any("not checked, because" in caption.value for caption in section.caption)
    assert section.text[0].value == "60 tracks to train on"


def test_the_switch_leaves_tracks_out_of_training_and_takes_them_back(section):
    section.toggle[0].set_value(True).run()
    assert section.text[0].value == "59 tracks to train on"
    assert section.info[0].value.startswith("1 track is left out of training")
    section.toggle[0].set_value(False).run()
    assert section.text[0].value == "60 tracks to train on"


@pytest.mark.parametrize("folder", ["", "/no/such/folder"])
def test_a_folder_that_is_not_there_is_a_message(section, folder):
    section.text_input[0].set_value(folder)
    section.button[0].click().run()
    for _ in range(50):
        if section.error:
            break
        section.run()
    assert not section.exception
    assert len(section.error) == 1
