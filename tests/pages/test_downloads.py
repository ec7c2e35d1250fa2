"""Where audio is missing, its dataset can be downloaded: on Evaluate, Predict and Quiz."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import audio, runs, storage
from genre_core.audio import synthesis
from genre_core.datasets import downloads
from genre_core.datasets.downloads import Downloadable
from genre_core.prediction import predict_file
from tests.download_server import Server, dataset_of, running, zipped
from tests.evaluate_page import playlist
from tests.page_text import plain
from tests.waiting import PATIENCE_S, predicted, run_until
from ui import audio_folder, cached, server
from ui.state import Keys

Visit = Callable[[str], AppTest]


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of genres with a synthetic song for each track that the paper's run confuses most."""
    folder = tmp_path_factory.mktemp("tracks")
    evaluation = runs.load_run(runs.PAPER_RUN).evaluation()
    content = audio.wav_bytes(synthesis.song("shuffle").clip(seconds=31))
    for track in {str(evaluation.track[0]), *confused_tracks()}:
        (folder / track).parent.mkdir(exist_ok=True)
        (folder / f"{track}.wav").write_bytes(content)
    return folder


def confused_tracks() -> list[str]:
    evaluation = runs.load_run(runs.PAPER_RUN).evaluation()
    pair = evaluation.confused_pairs(1)[0]
    return [str(track) for track in evaluation.cell(pair.true_genre, pair.predicted_genre)["track"]]


@pytest.fixture
def archive(tracks: Path) -> Iterator[Server]:
    with running() as archive:
        archive.content = zipped(tracks)
        yield archive


@pytest.fixture
def demo(archive: Server, tracks: Path) -> Iterator[Downloadable]:
    """The only dataset that can be downloaded."""
    known = dict(downloads.DATASETS)
    downloads.DATASETS.clear()
    demo = downloads.DATASETS["demo"] = dataset_of(tracks, [archive.url])
    yield demo
    downloads.DATASETS.clear()
    downloads.DATASETS.update(known)  # in their order


@pytest.fixture
def go(visit: Visit, monkeypatch: pytest.MonkeyPatch, demo: Downloadable) -> Visit:
    """Open a page with the paper's run."""

    def open_(page: str) -> AppTest:
        app = visit(f"pages/{page}.py")
        monkeypatch.setattr(cached, "trainer", lambda: SimpleNamespace(jobs=[], slowdown=1.0))
        app.session_state[Keys.RUN] = runs.PAPER_RUN
        app.session_state["quiz_songs_False"] = "Test set of the run"
        return app.run()

    return open_


def download_button(app: AppTest) -> str:
    return next((button.label for button in app.button if "ownload" in button.label and "demo" in button.label), "")


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def plays(app: AppTest) -> bool:
    """Whether a segment on Evaluate can be heard."""
    shown = [component.proto.component_name for component in app.get("bidi_component")]
    return "genre_lab_playlist" in shown and any(entry["url"] for entry in playlist(app)["entries"])


def bars(app: AppTest) -> str:
    return " ".join(bar.proto.text for bar in app.get("progress"))


def texts(app: AppTest) -> str:
    return plain(" ".join(element.value for element in (*app.markdown, *app.caption, *app.info, *app.error)))


def test_a_cell_plays_after_the_download(go: Visit, demo: Downloadable) -> None:
    app = go("evaluate")
    label = download_button(app)
    assert label.startswith("Download The demo (") and label.endswith(" MB)")
    assert "Free. A. Author, 2020." in texts(app)
    assert not plays(app)
    press(app, label)
    run_until(app, plays)
    assert not app.exception and not app.error
    assert not download_button(app) and "A. Author" not in texts(app)
    assert audio_folder.known() == [downloads.folder_of(demo)]
    assert not storage.read_settings()


def test_a_quiz_can_be_played_after_the_download(go: Visit) -> None:
    app = go("quiz")
    press(app, download_button(app))
    run_until(app, lambda app: not app.info)
    assert not app.exception and not app.error
    assert any(group.key == "quiz_songs_True" for group in app.get("button_group"))


def test_a_similar_track_plays_after_the_download(go: Visit, archive: Server, tmp_path: Path) -> None:
    song = audio.wav_bytes(synthesis.song("furnace").clip(seconds=7))
    prediction = predict_file(song, runs.load_run(runs.DEFAULT_RUN)).prediction
    track = prediction.similar[0].track
    (tmp_path / track).parent.mkdir()
    (tmp_path / f"{track}.wav").write_bytes(song)
    archive.content = zipped(tmp_path)
    downloads.DATASETS["demo"] = dataset_of(tmp_path, [archive.url])
    app = go("predict")
    app.session_state[Keys.RUN] = runs.DEFAULT_RUN
    app.session_state["predict_view"] = "Similar tracks"
    app.file_uploader[0].set_value([("song.wav", song, "")])
    predicted(app)
    players = len(app.get("audio"))
    press(app, download_button(app))
    run_until(app, lambda app: len(app.get("audio")) > players)
    assert not app.exception and not app.error and not download_button(app)


def test_a_download_is_followed_by_every_page_and_stopped(go: Visit, archive: Server, demo: Downloadable) -> None:
    archive.held = threading.Event()
    app = go("evaluate")
    press(app, download_button(app))
    archive.reached_middle.wait()
    for page in ("evaluate", "quiz"):
        other = go(page)
        run_until(other, lambda app: "Downloading and unpacking The demo" in bars(app))
        assert not download_button(other)
    press(other, "Stop")
    run_until(other, lambda app: bool(download_button(app)))
    assert not other.error
    assert download_button(other).startswith("Continue the download of The demo")
    archive.held.set()
    press(other, download_button(other))
    run_until(other, lambda app: not app.info)
    assert len(archive.asked) == 2 and archive.asked[1]


def test_features_are_extracted_after_the_download(go: Visit, demo: Downloadable) -> None:
    app = go("evaluate")
    press(app, download_button(app))
    run_until(app, plays)
    job = cached.download_job(demo.name)
    assert job
    assert job.wait(PATIENCE_S)
    assert not job.failed
    digests = {hashlib.sha256(file.read_bytes()).hexdigest() for file in downloads.folder_of(demo).rglob("*.wav")}
    assert {file.stem for file in storage.cache_dir().glob("paper-*/*/*.npz")} == digests


def test_a_download_that_fails_says_why(go: Visit, archive: Server) -> None:
    archive.status = 404
    app = go("evaluate")
    press(app, download_button(app))
    run_until(app, lambda app: bool(app.error))
    assert "The demo could not be downloaded (127.0.0.1 answered with the error 404)" in texts(app)
    archive.status = 200
    press(app, download_button(app))
    run_until(app, plays)
    assert not app.error


def test_audio_of_no_dataset_is_not_offered(go: Visit, demo: Downloadable) -> None:
    del downloads.DATASETS["demo"]
    for page in ("evaluate", "quiz"):
        assert not [button.label for button in predicted(go(page)).button if "ownload" in button.label]


@pytest.mark.parametrize("who", ["", "a" * 16])
@pytest.mark.parametrize("page", ["evaluate", "quiz"])
def test_in_a_class_the_operator_alone_downloads(
    go: Visit, monkeypatch: pytest.MonkeyPatch, who: str, page: str
) -> None:
    monkeypatch.setenv("GENRE_LAB_SERVE", "1")
    monkeypatch.setattr(server, "who", lambda cookies: who)
    app = go(page)
    assert not app.exception
    assert bool(download_button(app)) is (not who)
    assert "folder" not in " ".join(box.label for box in app.text_input).lower()
