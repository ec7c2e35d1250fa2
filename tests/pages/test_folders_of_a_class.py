"""Visitors of a class name no folder of the server: they choose from those that the operator allows."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import datasets, storage
from genre_core.visitors import Serving
from tests.page_text import plain
from tests.waiting import predicted, run_until
from ui import cached, server
from ui.state import Keys

Visit = Callable[[str], AppTest]


@pytest.fixture
def serve(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open a page of a dashboard that is served with some allowed folders, as one of its visitors."""

    def go(page: str, *allowed: Path) -> AppTest:
        for name, value in Serving("x" * 16, allowed=allowed).environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(server, "who", lambda cookies: "a" * 16)
        app = visit(f"pages/{page}.py")
        monkeypatch.setattr(cached, "trainer", lambda: SimpleNamespace(jobs=[], slowdown=1.0))
        return app.run()

    return go


def texts(app: AppTest) -> str:
    return plain(" ".join(element.value for element in (*app.markdown, *app.caption, *app.info)))


def options(app: AppTest, key: str) -> list[str]:
    (group,) = (group for group in app.get("button_group") if group.key == key)
    return [option.content for option in group.proto.options]


@pytest.mark.parametrize("page", ["explore", "listen", "train", "evaluate", "predict", "quiz", "compare"])
def test_no_page_has_a_box_for_a_path_or_shows_one(
    serve: Callable[..., AppTest], demo_folder: Path, tmp_path: Path, page: str
) -> None:
    storage.write_setting("audio_folder", str(tmp_path))
    for allowed in ((), (demo_folder,)):
        app = predicted(serve(page, *allowed))
        for section in ("Data doctor",) if page == "explore" else ():
            app.session_state["explore_section"] = section
            predicted(app)
        assert not app.exception
        assert "folder" not in " ".join(box.label for box in app.text_input).lower()
        assert str(tmp_path) not in texts(app) and str(demo_folder) not in texts(app)


def test_without_an_allowed_folder_there_is_none_to_choose(serve: Callable[..., AppTest]) -> None:
    assert "Folder" not in options(serve("explore"), "picker_source")
    assert "Folder" not in options(serve("listen"), "listen_source_first")


def test_an_allowed_folder_is_extracted_and_no_setting_is_written(
    serve: Callable[..., AppTest], demo_folder: Path, home: Path
) -> None:
    app = serve("explore", demo_folder)
    app.segmented_control(key="picker_source").set_value("Folder").run()
    assert app.selectbox(key="picker_folder").options == [demo_folder.name]
    next(button for button in app.button if button.label == "Extract features").click().run()
    run_until(app, lambda app: app.session_state[Keys.DATASET_JOB] is None)
    assert app.session_state[Keys.DATASET].folder == demo_folder
    assert storage.read_settings() == {} and not (home / "settings.json").exists()


def test_tracks_of_allowed_folders_can_be_listened_to(serve: Callable[..., AppTest], demo_folder: Path) -> None:
    app = serve("listen", demo_folder)
    app.segmented_control(key="listen_source_first").set_value("Folder").run()
    assert app.selectbox(key="listen_track_first").label == f"Track in {demo_folder.name}"
    app.selectbox(key="listen_track_first").select("metal/metal.00001")
    predicted(app)
    assert not app.exception and not app.error
    assert len(app.get("download_button")) == 5  # the stems


def test_audio_is_found_in_allowed_folders_and_not_in_that_of_the_setting(
    demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.write_setting("audio_folder", str(demo_folder))
    assert datasets.audio_finder()("metal/metal.00001")
    for allowed, found in (((), False), ((tmp_path,), False), ((tmp_path, demo_folder), True)):
        for name, value in Serving("x" * 16, allowed=allowed).environment().items():
            monkeypatch.setenv(name, value)
        assert bool(datasets.audio_finder()("metal/metal.00001")) is found
