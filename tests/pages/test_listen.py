"""The page Listen: empty, with examples, uploads and tracks of a folder, and with what a visitor gets wrong."""

import time

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import audio, runs, storage
from genre_core.audio import separation, synthesis
from genre_core.figures.formatting import percent
from genre_core.prediction import predict_song
from tests.waiting import predicted
from ui import cached
from ui.text import where


@pytest.fixture(scope="module")
def nothing_cached() -> None:
    """Songs are known by their content: they are taken apart once for all tests here."""
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def app(visit) -> AppTest:
    return visit("pages/listen.py")


@pytest.fixture(scope="module")
def song() -> bytes:
    return audio.wav_bytes(synthesis.song("furnace").clip(seconds=7))


@pytest.fixture(scope="module")
def long_song() -> bytes:
    return audio.wav_bytes(synthesis.song("furnace").clip(seconds=100))


def words(app: AppTest) -> str:
    said = "\n".join(element.value for element in (*app.markdown, *app.caption))
    return said.replace("**", "").replace("\u00a0", " ")


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Upload")
    app.run()
    app.file_uploader[0].set_value((name, content, ""))
    return predicted(app)


def answers(app: AppTest) -> str:
    return "".join(html.proto.body for html in app.get("html")).replace("\u00a0", " ")


def test_a_first_visit_takes_a_song_with_a_voice_apart(app):
    predicted(app)
    assert not app.exception and not app.error
    assert "beats a minute in Troubadour" in words(app)
    assert len(app.get("audio")) == 5
    assert len(app.get("download_button")) == 5
    assert len(app.get("plotly_chart")) == 2
    assert "Listening to 0:00 to 0:30 of 0:30." in words(app)
    assert where(runs.load_run(runs.DEFAULT).info).replace("**", "") in words(app)


def test_each_part_gets_the_verdict_of_the_core(app, song):
    upload(app, "my song.wav", song)
    assert not app.exception and not app.error
    clip = audio.load(song)
    run = runs.load_run(runs.DEFAULT)
    for part in (clip, *separation.stems(clip).values()):
        prediction = predict_song(part, run).prediction
        assert f">{prediction.genre}</div><div>{percent(prediction.probabilities[prediction.genre])}".replace(
            "\u00a0", " "
        ) in answers(app)


def test_nothing_chosen_and_nothing_to_hear(app):
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Upload")
    app.run()
    assert not app.exception and not app.error
    assert "Choose a song" in app.info[0].value
    assert not app.get("plotly_chart")
    upload(app, "text.mp3", b"hello\n" * 99)
    (error,) = app.error
    assert "text.mp3" in error.value
    assert "isn't audio" in error.value
    assert not app.exception


def test_a_part_is_seen_beside_another(app):
    app.run()
    app.segmented_control(key="listen_beside").set_value("Another part")
    app.run()
    assert not app.exception
    assert app.pills(key="listen_stem_second").value == "vocals"
    assert len(app.get("audio")) == 5


def test_two_songs_side_by_side(app):
    app.run()
    app.segmented_control(key="listen_beside").set_value("Another song")
    app.run()
    assert not app.exception and not app.error
    assert len(app.get("audio")) == 10
    assert "beats a minute in Furnace" in words(app)


@pytest.mark.parametrize("kind", ["linear", "constant-Q", "chroma"])
def test_every_picture_can_be_chosen(app, kind):
    app.run()
    app.segmented_control(key="listen_kind").set_value(kind)
    app.selectbox(key="listen_wavelet").select("mexh")
    app.select_slider(key="listen_window").set_value(512)
    app.select_slider(key="listen_hop").set_value(1024)  # longer than the window, to which it is cut
    app.run()
    assert not app.exception and not app.error
    assert f"Middle: {kind} spectrogram" in words(app)
    assert "Mexican hat" in words(app)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [((10, 95), "0:10 to 1:10 of 1:40"), ((50, 50), "0:50 to 0:54 of 1:40"), ((100, 100), "1:36 to 1:40 of 1:40")],
)
def test_a_stretch_is_neither_too_long_nor_too_short(app, long_song, chosen, said):
    upload(app, "long.wav", long_song)
    app.slider[0].set_value(chosen).run()
    assert f"Listening to {said}." in words(app)
    assert not app.exception and not app.error


def test_without_a_folder_it_says_where_to_name_one(app):
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Folder")
    app.run()
    assert not app.exception
    assert "Name one in Explore" in app.info[0].value


def test_a_track_of_the_folder_that_was_named(app, demo_folder):
    storage.write_setting("audio_folder", str(demo_folder))
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Folder")
    app.run()
    app.selectbox(key="listen_track_first").select("metal/metal.00001")
    app.run()
    assert not app.exception and not app.error
    assert "metal/metal.00001" in words(app)
    assert len(app.get("audio")) == 5


def test_a_folder_that_has_gone_is_said_in_a_sentence(app, tmp_path):
    storage.write_setting("audio_folder", str(tmp_path / "gone"))
    app.run()
    app.segmented_control(key="listen_source_first").set_value("Folder")
    app.run()
    assert not app.exception
    assert "There is no folder" in app.error[0].value


def test_another_run_judges_anew(app, song):
    upload(app, "song.wav", song)
    app.selectbox(key="run_picker").select("paper-track")
    predicted(app)
    assert "split by track" in words(app)
    assert not app.exception


def test_judging_can_be_stopped_and_begun_again(song):
    st.cache_resource.clear()
    digest = cached.content_digest("stopped", song)
    stretch = cached.Stretch(digest, 0, 7)
    task = cached.predict_stems(stretch, runs.DEFAULT, song)
    task.stop()
    while task.running:
        time.sleep(0.05)
    assert task.problem == "Stopped." and task.result is None
    assert cached.predict_stems(stretch, runs.DEFAULT, song) is task
    again = cached.predict_stems(stretch, runs.DEFAULT, song, anew=True)
    while again.running:
        time.sleep(0.05)
    assert set(again.result) == set(separation.STEMS)
