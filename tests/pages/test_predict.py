"""The page Predict: empty, with examples, with songs, and with mistakes of a visitor."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core import audio, logbook, prediction, runs, train
from genre_core.audio import example_songs, librosa_songs, synthesis
from genre_core.classroom import uploads
from genre_core.figures.decision_tree import question
from genre_core.jobs import Job
from genre_core.prediction import explanation, predict_file
from genre_core.prediction.decision_tree import read_tree
from genre_core.wording import percent
from tests.page_text import plain
from tests.waiting import predicted, run_until
from ui import cached, examples, player
from ui.state import Keys
from ui.text import accuracy_summary, leakage_warning

OLD_RUN = Path(__file__).parents[1] / "data" / "version_0_1" / "runs" / "mlp-paper"


@pytest.fixture
def app(visit: Callable[[str], AppTest]) -> AppTest:
    return visit("pages/predict.py")


@pytest.fixture(scope="module")
def song() -> bytes:
    return audio.wav_bytes(synthesis.song("furnace").clip(seconds=7))


def upload(app: AppTest, **songs: bytes) -> AppTest:
    app.run()
    app.file_uploader[0].set_value([(name.replace("_", "."), content, "") for name, content in songs.items()])
    return predicted(app)


def words(app: AppTest) -> str:
    return plain("\n".join(element.value for element in (*app.markdown, *app.caption, *app.warning)))


def view(app: AppTest, name: str) -> AppTest:
    app.segmented_control(key="predict_view").set_value(name)
    return predicted(app)


def test_without_songs_it_shows_what_to_do_and_the_run(app: AppTest) -> None:
    app.run()
    assert not app.exception and not app.error
    assert "Upload a song" in app.info[0].value
    info = runs.load_run(runs.DEFAULT_RUN).info
    assert plain(accuracy_summary(info)) in words(app)


def test_a_song_of_no_genre_is_said_to_be_out_of_domain(app: AppTest, rng: np.random.Generator) -> None:
    noise = audio.wav_bytes(audio.Clip((0.1 * rng.standard_normal(8 * 22_050)).astype(np.float32), 22_050))
    upload(app, noise_wav=noise)
    assert not app.exception and not app.error
    assert any("Probably none of the 10 genres" in element.proto.body for element in app.get("html"))
    assert "It sounds like" in words(app) and "Nearest genre" in words(app) and "Confidence" in words(app)
    assert "Crosshatched sections are out-of-domain" in words(app)
    assert "in_domain" in app.dataframe[0].value


def test_a_run_of_few_tracks_says_that_it_cannot_tell(app: AppTest, home: Path, song: bytes) -> None:
    shutil.copytree(OLD_RUN, home / "runs" / "old")
    app.run()
    app.selectbox(key="run_picker").select("old")
    upload(app, song_wav=song)
    assert not app.exception and not app.error
    assert "in-domain is unknown: the run was trained on 4 tracks, and the limit needs 50" in words(app)


def test_the_paper_s_run_warns_of_data_leakage(app: AppTest) -> None:
    app.run()
    app.selectbox(key="run_picker").select(runs.PAPER_RUN)
    app.run()
    info = runs.load_run(runs.PAPER_RUN).info
    assert "demonstrates the protocol of the paper" in words(app)
    assert plain(accuracy_summary(info)) in words(app)
    assert [warning.value for warning in app.warning] == [leakage_warning(info)]


def test_an_example_gets_a_prediction_with_its_genre_change(app: AppTest) -> None:
    app.run()
    joined = example_songs.song("classical-to-metal")
    app.pills(key="predict_example").set_value(joined.name)
    predicted(app)
    assert not app.exception and not app.error
    assert len(app.get("audio")) == 1
    assert {button.proto.label for button in app.get("download_button")} == {"Prediction (JSON)", "Segments (CSV)"}
    assert words(app).count(plain(examples.credit(joined))) == 1
    prediction = predict_file(joined.path, runs.load_run(runs.DEFAULT_RUN)).prediction
    (change,) = prediction.changes
    assert f"The genre changes at 0:{change.time_s:02.0f} from {change.from_genre} to {change.to_genre}" in words(app)
    # Probabilities, the timeline, and two of tags.
    assert len(app.get("plotly_chart")) == 4


def test_an_address_opens_the_same_view_and_the_view_is_in_the_address(app: AppTest) -> None:
    app.query_params |= {"example": "ave-maria", "hop": "3.0", "view": "Similar tracks", "run": "lab-cnn"}
    predicted(app)
    assert not app.exception and not app.error and not app.warning
    assert app.pills(key="predict_example").value == "ave-maria"
    assert app.segmented_control(key="predict_hop").value == 3.0
    assert app.segmented_control(key="predict_view").value == "Similar tracks"
    assert app.session_state[Keys.RUN] == "lab-cnn"
    app.segmented_control(key="predict_hop").set_value(prediction.HOP_S)
    predicted(app)
    assert app.segmented_control(key="predict_view").value == "Similar tracks"
    view(app, "Explanation")
    assert dict(app.query_params) == {"example": "ave-maria", "view": "Explanation", "run": "lab-cnn"}
    app.switch_page("pages/start.py").run()
    app.switch_page("pages/predict.py")
    app.query_params |= {"example": "ave-maria", "hop": "nothing", "view": "Explanation"}
    predicted(app)
    assert app.pills(key="predict_example").value == "ave-maria"
    assert app.segmented_control(key="predict_view").value == "Explanation"
    assert app.segmented_control(key="predict_hop").value == prediction.HOP_S


def test_the_prediction_comes_before_the_settings(app: AppTest) -> None:
    app.run()
    assert app.expander[0].proto.expanded
    app.pills(key="predict_example").set_value("ave-maria")
    predicted(app)
    assert app.expander[0].label == "Choose other songs" and not app.expander[0].proto.expanded
    assert [header.value for header in app.subheader] == ["Timeline", "Settings", "About the run"]


def test_real_music_is_offered_first_and_synthetic_music_says_what_it_is(app: AppTest) -> None:
    app.run()
    titles = [option.content for option in app.get("button_group")[0].proto.options]
    assert titles[: len(example_songs.SONGS)] == [song.title for song in example_songs.SONGS]
    synthetic = titles[len(example_songs.SONGS) : -len(librosa_songs.SONGS)]
    assert synthetic == [f"{song.title} (synthetic)" for song in synthesis.SONGS]
    options = app.get("button_group")[0].proto.options
    downloads = [option.content for option in options if option.content_icon == ":material/download:"]
    assert downloads == titles[-len(librosa_songs.SONGS) :]
    app.pills(key="predict_example").set_value("adagio")
    predicted(app)
    assert "Synthetic: a program plays it." in words(app)
    assert any("Probably none of the 10 genres" in element.proto.body for element in app.get("html"))
    assert "Debian package" not in words(app)


def test_an_upload_gets_the_prediction_of_the_core(app: AppTest) -> None:
    song = example_songs.song("ave-maria").path.read_bytes()
    upload(app, song_ogg=song)
    assert not app.exception and not app.error
    prediction = predict_file(song, runs.load_run(runs.DEFAULT_RUN)).prediction
    assert not prediction.is_out_of_domain
    assert "Crosshatched" not in words(app)
    assert any(f">{prediction.genre}</div>" in html.proto.body for html in app.get("html"))
    table = app.dataframe[0].value
    assert len(table) == len(prediction.segments) == 19
    for reason in prediction.reliability.reasons:
        assert reason in [warning.value for warning in app.warning]


def test_each_view_shows_its_content(app: AppTest, song: bytes) -> None:
    upload(app, song_wav=song)
    view(app, "Explanation")
    assert "doubles the odds" in words(app)
    view(app, "Similar tracks")
    similar = predict_file(song, runs.load_run(runs.DEFAULT_RUN)).prediction.similar
    assert list(app.dataframe[1].value["Track"]) == [one.track for one in similar]
    assert "To play a track, select it and enter the audio folder" in words(app)
    view(app, "What if")
    assert "Predicted genre (unchanged song)" in words(app)
    assert not app.exception and not app.error


def test_a_slider_changes_the_prediction(app: AppTest, song: bytes) -> None:
    app.session_state["predict_view"] = "What if"
    upload(app, song_wav=song)
    run = runs.load_run(runs.DEFAULT_RUN)
    predicted_song = predict_file(song, run)
    prediction = predicted_song.prediction
    values = predicted_song.values[prediction.is_counted]
    group = explanation.explain(run, values, prediction.genre).groups[0]
    slider = app.slider(key=f"predict_shift_{runs.DEFAULT_RUN}_{group.name}")
    slider.set_value(-3.0)
    predicted(app)
    shares = explanation.what_if(run, values, predicted_song.n_effective, dict.fromkeys(group.columns, -3.0))
    assert f"Predicted genre (shifted features): {run.info.genres[shares.argmax()]}" in words(app)


def test_a_decision_tree_is_drawn_with_the_questions_of_a_segment(app: AppTest, song: bytes) -> None:
    run = train("bundled", "tree", split="track")
    app.session_state[Keys.RUN], app.session_state["predict_view"] = run.info.name, "Explanation"
    upload(app, song_wav=song)
    run_until(app, lambda app: "that come here" in words(app))
    assert not app.exception and not app.error
    tree, values = read_tree(run), predict_file(song, run).values
    path = tree.path(values[0])
    for number in path[:-1]:
        assert plain(question(tree.nodes[number])) in words(app)
    leaf = tree.nodes[path[-1]]
    ending = f"{leaf.genre}: {percent(leaf.share)} of the {leaf.segments} training segments that come here"
    assert plain(ending) in words(app)


def test_a_run_on_pictures_explains_blocks_and_shifts_nothing(app: AppTest, song: bytes) -> None:
    upload(app, song_wav=song)
    app.selectbox(key="run_picker").select("lab-cnn")
    predicted(app)
    view(app, "Explanation")
    assert "each block was replaced by its mean" in words(app)
    view(app, "What if")
    assert "no features to shift" in app.info[0].value
    assert not app.exception


def test_the_paper_s_network_is_compared_on_request(app: AppTest, song: bytes) -> None:
    upload(app, song_wav=song)
    app.toggle(key="predict_compare").set_value(True)
    predicted(app)
    run_until(app, lambda app: "is still predicting" not in words(app))
    assert runs.load_run(runs.PAPER_RUN).info.title in words(app)
    assert len(app.get("plotly_chart")) == 5


def test_a_longer_hop_gives_fewer_segments(app: AppTest, song: bytes) -> None:
    upload(app, song_wav=song)
    app.segmented_control(key="predict_hop").set_value(3.0)
    predicted(app)
    assert len(app.dataframe[0].value) == 2


def test_several_songs_have_a_table_and_failures_a_message(app: AppTest, song: bytes) -> None:
    one_second = audio.wav_bytes(synthesis.song("furnace").clip(seconds=1))
    upload(app, a_wav=song, text_mp3=b"hello\n" * 99, empty_wav=b"", short_wav=one_second)
    assert not app.exception
    table = app.dataframe[0].value.set_index("File")
    assert list(table.index) == ["a.wav", "text.mp3", "empty.wav", "short.wav"]
    assert table["Duration"]["a.wav"] == "0:07"
    assert {"Table (CSV)", "All predictions (JSON)"} <= {button.proto.label for button in app.get("download_button")}
    (error,) = app.error
    message = plain(error.value)
    for part in ("text.mp3", "isn't audio", "empty.wav", "empty (0 bytes)", "short.wav", "Only 1.00 s"):
        assert part in message
    # The one that could be predicted is shown, although it is not the last.
    assert len(app.get("plotly_chart")) == 4


def test_one_bad_file_gives_one_sentence(app: AppTest) -> None:
    upload(app, text_mp3=b"hello\n" * 99)
    assert not app.exception
    (error,) = app.error
    assert "text.mp3" in error.value
    assert not app.get("plotly_chart")


def test_warnings_are_shown(app: AppTest) -> None:
    quiet = synthesis.song("furnace").clip(seconds=9.1).samples.copy()
    quiet[round(2.5 * audio.SEGMENT_RATE) : 7 * audio.SEGMENT_RATE] = 0
    upload(app, gap_wav=audio.wav_bytes(audio.Clip(quiet, audio.SEGMENT_RATE)))
    assert "1 segment is silent and not used." in [info.value for info in app.info]


def test_another_run_predicts_the_song_again(app: AppTest, song: bytes) -> None:
    upload(app, song_wav=song)
    app.selectbox(key="run_picker").select("paper-track")
    predicted(app)
    assert app.session_state[Keys.RUN] == "paper-track"
    info = runs.load_run("paper-track").info
    assert plain(accuracy_summary(info)) in words(app)
    assert leakage_warning(info) is None


def test_a_song_is_predicted_once_for_each_content_run_and_hop(song: bytes) -> None:
    st.cache_resource.clear()

    def read() -> bytes:
        return song

    first = cached.predict_song("digest", read, runs.DEFAULT_RUN, 3.0)
    assert cached.predict_song("digest", read, runs.DEFAULT_RUN, 3.0) is first
    assert cached.predict_song("digest", read, "paper-track", 3.0) is not first
    assert cached.predict_song("other", read, runs.DEFAULT_RUN, 3.0) is not first
    assert cached.predict_song("digest", read, runs.DEFAULT_RUN, 1.5) is not first


def test_a_stopped_song_is_predicted_on_request(app: AppTest) -> None:
    long = np.tile(synthesis.song("adagio").clip(seconds=30).samples, 10)
    app.run()
    app.segmented_control(key="predict_hop").set_value(0.75)
    app.file_uploader[0].set_value([("long.wav", audio.wav_bytes(audio.Clip(long, audio.SEGMENT_RATE)), "")])
    app.run()
    app.button(key="predict_stop").click()
    app.run()
    assert "Not predicted: long.wav." in plain(app.info[0].value)
    app.button(key="predict_resume").click()
    app.segmented_control(key="predict_hop").set_value(6.0)
    predicted(app)
    assert len(app.get("audio")) == 1


def test_a_song_is_stored_among_the_uploads_alone_and_not_named_in_the_log(
    app: AppTest, song: bytes, home: Path
) -> None:
    upload(app, secret_wav=song)
    assert {path.name for path in home.iterdir()} == {"logs", "uploads"}
    assert "secret" not in logbook.log_file().read_text()


def test_songs_are_there_again_after_the_page_was_left_and_after_a_reload(
    app: AppTest, visit: Callable[[str], AppTest], song: bytes
) -> None:
    upload(app, first_wav=song, second_wav=song[:200_044])
    assert not app.file_uploader[0].value  # it is empty again
    app.switch_page("pages/start.py").run()
    app.switch_page("pages/predict.py").run()
    reloaded = visit("pages/predict.py").run()
    for page in (app, reloaded):
        assert not page.get("progress")  # nothing is predicted again
        assert own_songs(page) == ["first.wav", "second.wav"]
        assert list(page.dataframe[0].value["File"]) == ["first.wav", "second.wav"]
        assert page.selectbox(key="predict_chosen").options[-1] == "second.wav"


def test_a_reload_joins_a_prediction_that_runs(app: AppTest, visit: Callable[[str], AppTest]) -> None:
    long = np.tile(synthesis.song("adagio").clip(seconds=30).samples, 10)
    app.run()
    app.file_uploader[0].set_value([("long.wav", audio.wav_bytes(audio.Clip(long, audio.SEGMENT_RATE)), "")])
    app.run()
    assert len(app.get("progress")) == 1
    job = predicting(app)
    reloaded = visit("pages/predict.py").run()
    assert predicting(reloaded) is job
    predicted(reloaded)
    assert job.result and not reloaded.error


def predicting(app: AppTest) -> Job[cached.SongResult]:
    """The job of the only song of the visitor."""
    (upload,) = uploads.list_uploads("")
    return cached.predict_song(upload.digest, bytes, runs.DEFAULT_RUN, prediction.HOP_S)


def own_songs(app: AppTest) -> list[str]:
    return [option for box in app.multiselect if box.label == "Your songs" for option in box.options]


def test_songs_can_be_removed_one_by_one_and_all_together(app: AppTest, song: bytes, home: Path) -> None:
    upload(app, a_wav=song, b_wav=song, c_wav=song)
    box = app.multiselect(key="predict_songs")
    box.set_value([value for value in box.value if value != box.value[1]])
    predicted(app)
    assert own_songs(app) == ["a.wav", "c.wav"]
    assert len(list(home.rglob("content"))) == 2
    app.multiselect(key="predict_songs").set_value([])
    predicted(app)
    assert own_songs(app) == [] and not list(home.rglob("content"))
    assert "Upload a song" in app.info[0].value


def test_songs_of_the_same_name_are_told_apart(app: AppTest, song: bytes) -> None:
    app.run()
    app.file_uploader[0].set_value([("song.wav", song, ""), ("song.wav", song[:200_044], "")])
    predicted(app)
    assert own_songs(app) == ["song.wav", "song (2).wav"]
    assert len(app.dataframe[0].value) == 2


def test_thirty_songs_are_uploaded_at_once_and_the_newest_is_shown(app: AppTest, song: bytes) -> None:
    app.run()
    app.segmented_control(key="predict_hop").set_value(6.0)
    app.file_uploader[0].set_value([(f"song {i}.wav", song[: 150_044 + 2 * i], "") for i in range(30)])
    predicted(app)
    assert not app.exception and not app.error
    assert len(own_songs(app)) == len(app.dataframe[0].value) == 30
    assert app.selectbox(key="predict_chosen").value == uploads.list_uploads("")[-1].id
    assert uploads.list_uploads("")[-1].name == "song 29.wav"


def test_a_recording_is_stored_and_predicted(app: AppTest, song: bytes) -> None:
    app.run()
    for _ in range(2):
        app.audio_input[0].set_value(("recording.wav", song, "audio/wav"))
        predicted(app)
    assert own_songs(app) == ["Recording.wav", "Recording (2).wav"]
    assert not app.audio_input[0].value
    assert not app.exception and not app.error


def test_a_song_that_is_too_much_is_one_sentence_and_the_others_are_stored(
    app: AppTest, song: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_UPLOADS", 1)
    upload(app, a_wav=song, b_wav=song)
    (error,) = app.error
    assert "'b.wav' was not added" in plain(error.value)
    assert own_songs(app) == ["a.wav"]


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
def test_the_format_is_found_from_the_content(format: str, subtype: str | None, kind: str | None) -> None:
    assert player.browser_format(encoded(format, subtype)) == kind


def test_m4a_is_played_as_it_is_and_other_content_is_not() -> None:
    assert player.browser_format(b"\x00\x00\x00\x20ftypM4A ") == "audio/mp4"
    assert player.browser_format(b"") is None
    assert player.browser_format(b"hello") is None
