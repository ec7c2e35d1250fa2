"""The page Predict: empty, with examples, with songs, and with what a visitor gets wrong."""

import io
import time

import numpy as np
import pytest
import soundfile
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import audio, runs
from genre_core.audio import synthesis
from genre_core.prediction import explanation, predict_file
from tests.waiting import predicted
from ui import cached, player
from ui.state import Keys


@pytest.fixture
def app(visit) -> AppTest:
    return visit("pages/predict.py")


@pytest.fixture(scope="module")
def song() -> bytes:
    return audio.wav_bytes(synthesis.song("furnace").clip(seconds=7))


def upload(app: AppTest, **songs: bytes) -> AppTest:
    app.run()
    app.file_uploader[0].set_value([(name.replace("_", "."), content, "") for name, content in songs.items()])
    return predicted(app)


def words(app: AppTest) -> str:
    said = "\n".join(element.value for element in (*app.markdown, *app.caption, *app.warning))
    return said.replace("**", "").replace("\\", "").replace("\u00a0", " ")


def view(app: AppTest, name: str) -> AppTest:
    app.segmented_control(key="predict_view").set_value(name)
    return predicted(app)


def test_empty_it_says_what_to_do_and_who_will_judge(app):
    app.run()
    assert not app.exception and not app.error
    assert "Upload a song" in app.info[0].value
    info = runs.load_run(runs.DEFAULT).info
    assert f"{100 * info.scores.track_accuracy:.0f} % of the tracks" in words(app)
    assert "5 folds by artist" in words(app)


def test_the_paper_s_run_says_what_its_scores_are_worth(app):
    app.run()
    app.selectbox(key="run_picker").select(runs.PAPER)
    app.run()
    assert "demonstration of the paper's protocol" in words(app)
    assert "random split by segment: 668 train / 329 test segments" in words(app)
    assert "memory of recordings" in app.warning[0].value


def test_an_example_gets_a_verdict_with_its_change(app):
    app.run()
    app.pills(key="predict_example").set_value("turncoat")
    predicted(app)
    assert not app.exception and not app.error
    assert len(app.get("audio")) == 1
    assert {button.label for button in app.get("download_button")} == {"SongPrediction (JSON)", "Segments (CSV)"}
    prediction = predict_file(cached.demo_song("turncoat"), runs.load_run(runs.DEFAULT)).prediction
    (change,) = prediction.changes
    assert f"The genre changes at 0:{change.time_s:02.0f} from {change.before} to {change.after}" in words(app)
    # Probabilities, the timeline, and two of tags.
    assert len(app.get("plotly_chart")) == 4


def test_an_upload_gets_the_verdict_of_the_core(app, song):
    upload(app, song_wav=song)
    assert not app.exception and not app.error
    prediction = predict_file(song, runs.load_run(runs.DEFAULT)).prediction
    doubt = "?" if prediction.reliability.reasons else ""
    assert any(f">{prediction.genre}{doubt}</div>" in html.proto.body for html in app.get("html"))
    table = app.dataframe[0].value
    assert len(table) == len(prediction.segments) == 3
    for reason in prediction.reliability.reasons:
        assert reason in [warning.value for warning in app.warning]


def test_each_view_shows_what_it_is_called_after(app, song):
    upload(app, song_wav=song)
    view(app, "Why")
    assert "doubles the odds" in words(app)
    view(app, "Similar tracks")
    similar = predict_file(song, runs.load_run(runs.DEFAULT)).prediction.similar
    assert list(app.dataframe[1].value["track"]) == [one.track for one in similar]
    assert "is not at hand" in words(app)
    view(app, "What if")
    assert "As it is:" in words(app)
    assert not app.exception and not app.error


def test_a_slider_moves_the_verdict(app, song):
    app.session_state["predict_view"] = "What if"
    upload(app, song_wav=song)
    run = runs.load_run(runs.DEFAULT)
    judged_song = predict_file(song, run)
    prediction, values = judged_song.prediction, judged_song.values[judged_song.prediction.is_counted]
    group = explanation.explain(run, values, prediction.genre).groups[0]
    slider = app.slider(key=f"predict_move_{runs.DEFAULT}_{group.name}")
    slider.set_value(-3.0)
    predicted(app)
    shares = explanation.what_if(run, values, judged_song.n_separate, dict.fromkeys(group.columns, -3.0))
    assert f"It would be {run.info.genres[shares.argmax()]}" in words(app)


def test_pictures_have_blocks_for_reasons_and_nothing_to_move(app, song):
    upload(app, song_wav=song)
    app.selectbox(key="run_picker").select("lab-cnn")
    predicted(app)
    view(app, "Why")
    assert "Each block was replaced by its average" in words(app)
    view(app, "What if")
    assert "no features to move" in app.info[0].value
    assert not app.exception


def test_the_paper_s_network_stands_beside_on_request(app, song):
    upload(app, song_wav=song)
    app.toggle(key="predict_both").set_value(True)
    predicted(app)
    deadline = time.monotonic() + 60
    while "is still listening" in words(app) and time.monotonic() < deadline:
        time.sleep(0.2)
        app.run()
    assert runs.load_run(runs.PAPER).info.title in words(app)
    assert len(app.get("plotly_chart")) == 5


def test_a_longer_hop_hears_fewer_segments(app, song):
    upload(app, song_wav=song)
    app.segmented_control(key="predict_hop").set_value(3.0)
    predicted(app)
    assert len(app.dataframe[0].value) == 2


def test_of_several_songs_each_is_answered_and_failures_are_said(app, song):
    one_second = audio.wav_bytes(synthesis.song("furnace").clip(seconds=1))
    upload(app, a_wav=song, text_mp3=b"hello\n" * 99, empty_wav=b"", short_wav=one_second)
    assert not app.exception
    table = app.dataframe[0].value.set_index("file")
    assert list(table.index) == ["a.wav", "text.mp3", "empty.wav", "short.wav"]
    assert table["duration"]["a.wav"] == "0:07"
    assert {"Table (CSV)", "All verdicts (JSON)"} <= {button.label for button in app.get("download_button")}
    (error,) = app.error
    for said in ("text.mp3", "isn't audio", "empty.wav", "empty (0 bytes)", "short.wav", "Only 1.00 s"):
        assert said in error.value
    # The one that could be judged is shown, though it was not the last.
    assert len(app.get("plotly_chart")) == 4


def test_one_bad_file_gives_one_sentence(app):
    upload(app, text_mp3=b"hello\n" * 99)
    assert not app.exception
    (error,) = app.error
    assert "text.mp3" in error.value
    assert not app.get("plotly_chart")


def test_warnings_are_shown(app):
    quiet = synthesis.song("furnace").clip(seconds=9.1).samples.copy()
    quiet[round(2.5 * audio.SEGMENT_RATE) : 7 * audio.SEGMENT_RATE] = 0
    upload(app, gap_wav=audio.wav_bytes(audio.Clip(quiet, audio.SEGMENT_RATE)))
    assert "1 segment had no say in the verdict, being silent." in [info.value for info in app.info]


def test_another_run_judges_anew(app, song):
    upload(app, song_wav=song)
    app.selectbox(key="run_picker").select("paper-track")
    predicted(app)
    assert app.session_state[Keys.RUN] == "paper-track"
    assert "split by track" in words(app)
    assert "memory of recordings" not in words(app)


def test_a_song_is_judged_once_for_each_content_and_run(song):
    st.cache_resource.clear()
    first = cached.batch_config("digest", song, runs.DEFAULT, 3.0)
    assert cached.batch_config("digest", song, runs.DEFAULT, 3.0) is first
    assert cached.batch_config("digest", song, "paper-track", 3.0) is not first
    assert cached.batch_config("other", song, runs.DEFAULT, 3.0) is not first
    assert cached.batch_config("digest", song, runs.DEFAULT, 1.5) is not first


def test_what_was_stopped_is_judged_again_on_request(app):
    long = np.tile(synthesis.song("adagio").clip(seconds=30).samples, 10)
    app.run()
    app.segmented_control(key="predict_hop").set_value(0.75)
    app.file_uploader[0].set_value([("long.wav", audio.wav_bytes(audio.Clip(long, audio.SEGMENT_RATE)), "")])
    app.run()
    app.button(key="predict_stop").click()
    app.run()
    assert "Not judged: long.wav." in app.info[0].value.replace("\\", "")
    app.button(key="predict_resume").click()
    app.segmented_control(key="predict_hop").set_value(6.0)
    predicted(app)
    assert len(app.get("audio")) == 1


def test_nothing_is_written_to_disk(app, song, home):
    upload(app, song_wav=song)
    assert not list(home.iterdir())


def encoded(format: str, subtype: str | None = None) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(48_000, np.float32), 24_000, format=format, subtype=subtype)
    return file.getvalue()


@pytest.mark.parametrize(
    ("format", "subtype", "kind"),
    [
        ("WAV", "PCM_16", "audio/wav"),
        ("WAV", "PCM_24", "audio/wav"),
        ("WAV", "ULAW", None),
        ("FLAC", None, "audio/flac"),
        ("OGG", "VORBIS", "audio/ogg"),
        ("OGG", "OPUS", None),
        ("MP3", None, "audio/mpeg"),
        ("AIFF", None, None),
    ],
)
def test_what_browsers_play_is_told_by_its_content(format, subtype, kind):
    assert player.browser_format(encoded(format, subtype)) == kind


def test_m4a_is_played_as_it_is_and_rubbish_is_not():
    assert player.browser_format(b"\x00\x00\x00\x20ftypM4A ") == "audio/mp4"
    assert player.browser_format(b"") is None
    assert player.browser_format(b"hello") is None
