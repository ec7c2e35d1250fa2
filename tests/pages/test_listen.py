"""The page Listen: empty, with examples, uploads and tracks of a folder, and with mistakes of a visitor."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import audio, runs, storage
from genre_core.audio import example_songs, separation, synthesis
from genre_core.prediction import predict_song
from genre_core.wording import clock, percent
from tests import ended_jobs
from tests.hostile_files import sparse, wav_start
from tests.page_text import plain
from tests.waiting import predicted, wait_until
from ui import cached, examples
from ui.opened_track import SOURCE, SOURCE_KEY, OpenedTrack
from ui.state import Keys
from ui.text import accuracy_summary


@pytest.fixture(scope="module")
def nothing_cached() -> None:
    """Caches are cleared once: songs are recognized by their content, so all tests here share the separated stems."""
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def app(visit: Callable[[str], AppTest]) -> AppTest:
    return visit("pages/listen.py")


@pytest.fixture(scope="module")
def song() -> bytes:
    return audio.wav_bytes(synthesis.song("furnace").clip(seconds=7))


@pytest.fixture(scope="module")
def long_song() -> bytes:
    return audio.wav_bytes(synthesis.song("furnace").clip(seconds=100))


def words(app: AppTest) -> str:
    return plain("\n".join(element.value for element in (*app.markdown, *app.caption)))


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Upload")
    app.run()
    app.file_uploader[0].set_value((name, content, ""))
    return predicted(app)


def mixers(app: AppTest) -> list[dict[str, Any]]:
    """What the browser gets to play: one for each song."""
    found = [part for part in app.get("bidi_component") if part.proto.component_name == "genre_lab_mixer"]
    return [json.loads(part.proto.json) for part in found]


def html_of(app: AppTest) -> str:
    return "".join(html.proto.body for html in app.get("html")).replace("\u00a0", " ")


def test_a_first_visit_separates_a_song_with_a_voice(app: AppTest) -> None:
    predicted(app)
    assert not app.exception and not app.error
    assert "Tempo of Troubadour: " in words(app)
    (mixer,) = mixers(app)
    assert [stem["name"] for stem in mixer["stems"]] == ["vocals", "accompaniment", "harmonic", "percussive"]
    assert [stem["muted"] for stem in mixer["stems"]] == [False, False, True, True], "what sounds first is the mix"
    assert all(stem["url"] for stem in mixer["stems"])
    assert len(app.get("download_button")) == 5
    assert len(app.get("plotly_chart")) == 2
    assert "Excerpt: 0:00 to 0:30 of 0:30." in words(app)
    assert plain(accuracy_summary(runs.load_run(runs.DEFAULT_RUN).info)) in words(app)


def test_real_music_is_offered_first_with_its_credit_beside_the_player(app: AppTest) -> None:
    app.run()
    (example,) = [group for group in app.get("button_group") if group.proto.label == "Example"]
    titles = [option.content for option in example.proto.options]
    assert titles[: len(example_songs.SONGS)] == [song.title for song in example_songs.SONGS]
    assert titles[len(example_songs.SONGS)] == "Troubadour (synthetic)"
    song = example_songs.song("hacienda")
    app.pills(key="listen_example_first").set_value(song.name)
    predicted(app)
    assert not app.exception and not app.error
    assert words(app).count(plain(examples.credit(song))) == 1
    assert f"[{song.license}]({song.license_url})" in examples.credit(song)
    assert len(mixers(app)) == 1


def test_each_stem_gets_the_prediction_of_the_core(app: AppTest, song: bytes) -> None:
    upload(app, "my song.wav", song)
    assert not app.exception and not app.error
    clip = audio.load_audio(song)
    run = runs.load_run(runs.DEFAULT_RUN)
    for stem in (clip, *separation.separate(clip).values()):
        prediction = predict_song(stem, run).prediction
        assert f">{prediction.genre}</div><div>{percent(prediction.probabilities[prediction.genre])}".replace(
            "\u00a0", " "
        ) in html_of(app)


def test_each_segment_has_the_prediction_of_its_time_in_the_song(app: AppTest, long_song: bytes) -> None:
    upload(app, "long.wav", long_song)
    app.slider[0].set_value((40, 52))
    predicted(app)
    (mixer,) = mixers(app)
    assert (mixer["start_s"], mixer["duration_s"]) == (40, 12)
    clip = audio.load_audio(long_song).between(40, 52)
    expected = predict_song(clip, runs.load_run(runs.DEFAULT_RUN)).prediction
    shown = mixer["predictions"]["mix"]
    assert set(mixer["predictions"]) == set(separation.STEMS)
    assert [segment["start_s"] for segment in shown] == [40 + segment.start_s for segment in expected.segments]
    for segment, known in zip(shown, expected.segments, strict=True):
        assert segment["name"] == ("none of the genres" if known.is_out_of_domain else known.genre)
        assert percent(known.probabilities[known.genre]) in segment["text"]


def test_without_a_song_and_with_a_file_that_is_not_audio(app: AppTest) -> None:
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Upload")
    predicted(app)
    assert not app.exception and not app.error
    assert "Choose a song" in app.info[0].value
    assert not app.get("plotly_chart")
    upload(app, "text.mp3", b"hello\n" * 99)
    (error,) = app.error
    assert "text.mp3" in error.value
    assert "isn't audio" in error.value
    assert not app.exception


def test_two_stems_are_compared(app: AppTest) -> None:
    app.run()
    app.segmented_control(key="listen_compare").set_value("Another stem")
    predicted(app)
    assert not app.exception
    assert app.pills(key="listen_stem_second").value == "vocals"
    assert [mixer["columns"] for mixer in mixers(app)] == [[0, 1]], "a line in the pictures of both stems"


def test_two_songs_are_compared(app: AppTest) -> None:
    app.run()
    app.segmented_control(key="listen_compare").set_value("Another song")
    predicted(app)
    assert not app.exception and not app.error
    assert [mixer["columns"] for mixer in mixers(app)] == [[0], [1]]
    assert "Tempo of Furnace: " in words(app)
    shorter_s = min(synthesis.song(name).clip().duration_s for name in ("troubadour", "furnace"))
    assert f"Excerpt: 0:00 to 0:30 of {clock(shorter_s)}, the duration of the shorter song." in words(app)


@pytest.mark.parametrize("kind", ["linear", "constant-Q", "chroma"])
def test_every_spectrogram_can_be_chosen(app: AppTest, kind: str) -> None:
    app.run()
    app.segmented_control(key="listen_kind").set_value(kind)
    app.selectbox(key="listen_wavelet").select("mexh")
    app.select_slider(key="listen_window").set_value(512)
    app.select_slider(key="listen_hop").set_value(1024)  # longer than the window, to which it is cut
    predicted(app)
    assert not app.exception and not app.error
    assert f"Middle: {kind} spectrogram" in words(app)
    assert "Mexican hat" in words(app)


@pytest.mark.parametrize(
    ("chosen", "excerpt"),
    [((10, 95), "0:10 to 1:10 of 1:40"), ((50, 50), "0:50 to 0:54 of 1:40"), ((100, 100), "1:36 to 1:40 of 1:40")],
)
def test_an_excerpt_is_neither_too_long_nor_too_short(
    app: AppTest, long_song: bytes, chosen: tuple[int, int], excerpt: str
) -> None:
    upload(app, "long.wav", long_song)
    app.slider[0].set_value(chosen).run()
    assert f"Excerpt: {excerpt}." in words(app)
    assert not app.exception and not app.error


def test_without_a_folder_it_says_where_to_choose_one(app: AppTest) -> None:
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Folder")
    predicted(app)
    assert not app.exception
    assert "Choose one in Explore" in app.info[0].value


def test_a_track_of_the_music_folder(app: AppTest, demo_folder: Path) -> None:
    storage.write_setting("audio_folder", str(demo_folder))
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Folder")
    app.run()
    app.selectbox(key="listen_track_first").select("metal/metal.00001")
    predicted(app)
    assert not app.exception and not app.error
    assert "metal/metal.00001" in words(app)
    assert len(mixers(app)) == 1


def test_a_track_that_another_page_opened_is_heard_from_its_segment_on(
    app: AppTest, long_song: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "long.wav"
    path.write_bytes(long_song)
    app.session_state[Keys.OPENED_TRACK] = OpenedTrack("rock/long", path, 63.0)
    app.session_state[SOURCE_KEY] = SOURCE
    predicted(app)
    assert not app.exception and not app.error
    assert "rock/long, from 1:03" in words(app)
    assert "Excerpt: 0:48 to 1:18 of 1:40." in words(app)
    (mixer,) = mixers(app)
    assert mixer["at_s"] == 63
    path.unlink()
    app.run()
    assert not app.exception
    sources = next(group for group in app.get("button_group") if group.proto.label == "Song")
    assert not [option for option in sources.proto.options if "Opened track" in option.content]


def test_a_missing_folder_is_one_sentence(app: AppTest, tmp_path: Path) -> None:
    storage.write_setting("audio_folder", str(tmp_path / "gone"))
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Folder")
    predicted(app)
    assert not app.exception
    assert "There is no folder" in app.error[0].value


def test_a_track_that_is_too_large_for_memory_is_one_sentence(app: AppTest, tmp_path: Path) -> None:
    for genre in ("blues", "rock"):
        (tmp_path / "music" / genre).mkdir(parents=True)
        sparse(tmp_path / "music" / genre / "a.wav", 30_000_000_000, wav_start())
    storage.write_setting("audio_folder", str(tmp_path / "music"))
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Folder")
    app.run()
    app.selectbox(key="listen_track_first").select("blues/a")
    predicted(app)
    assert not app.exception
    assert "larger than 2 GB" in app.error[0].value


def test_another_run_predicts_the_stems_again(app: AppTest, song: bytes) -> None:
    upload(app, "song.wav", song)
    app.selectbox(key="run_picker").select("paper-track")
    predicted(app)
    assert plain(accuracy_summary(runs.load_run("paper-track").info)) in words(app)
    assert not app.exception


def test_a_failed_prediction_is_an_error_and_a_stopped_one_is_not(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = ended_jobs.failed("Stopped.")
    stopped.stopped = True
    failed = ended_jobs.failed("No stem of *a* can be predicted.")
    for job, errors, infos in ((failed, ["No stem of *a* can be predicted."], []), (stopped, [], ["Stopped."])):
        monkeypatch.setattr(cached, "predict_stems", lambda *_, job=job: job)
        app.run()
        assert not app.exception
        assert [plain(error.value) for error in app.error] == errors
        assert [plain(info.value) for info in app.info] == infos


def test_predictions_can_be_stopped_and_started_again(song: bytes) -> None:
    st.cache_resource.clear()
    digest = cached.content_digest("stopped", song)
    excerpt = cached.Excerpt(digest, 0, 7)
    stems = separation.stems_of(audio.load_audio(song))
    job = cached.predict_stems(excerpt, runs.DEFAULT_RUN, stems)
    job.stop()
    wait_until(lambda: not job.running)
    assert job.problem == "Stopped." and job.result is None
    assert cached.predict_stems(excerpt, runs.DEFAULT_RUN, stems) is job
    again = cached.predict_stems(excerpt, runs.DEFAULT_RUN, stems, restart=True)
    wait_until(lambda: not again.running)
    assert set(again.result or {}) == set(separation.STEMS)
