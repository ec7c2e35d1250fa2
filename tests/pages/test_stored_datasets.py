"""Stored datasets in the picker: found again after a reload, shared, renamed, deleted, and nobody gets another's."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core import datasets
from genre_core.datasets import named, stored
from genre_core.errors import DatasetError
from genre_core.visitors import Serving, Visitor
from tests.feature_table import make_dataset
from tests.gathered_songs import gathered
from tests.page_text import plain
from tests.waiting import run_until
from ui import cached, server, visitors
from ui.state import Keys

Visit = Callable[[str], AppTest]
ANN, BEN = "a" * 16, "b" * 16


@pytest.fixture
def table(tmp_path: Path, rng: np.random.Generator) -> bytes:
    dataset = make_dataset(rng.normal(size=(12, 3)), ["blues"] * 6 + ["rock"] * 6)
    datasets.write_table(dataset, tmp_path / "table.parquet")
    return (tmp_path / "table.parquet").read_bytes()


@pytest.fixture
def open_as(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    """Open Explore on a served dashboard as a visitor; the operator is the empty id."""
    for name, value in Serving("x" * 16).environment().items():
        monkeypatch.setenv(name, value)

    def go(who: str) -> AppTest:
        monkeypatch.setattr(server, "who", lambda cookies: who)
        return visit("pages/explore.py").run()

    return go


def source(app: AppTest, name: str) -> AppTest:
    return app.segmented_control(key="picker_source").set_value(name).run()


def upload(app: AppTest, content: bytes, name: str = "mine.parquet") -> AppTest:
    source(app, "Table").file_uploader[0].upload(name, content, "")
    return run_until(app, lambda app: app.session_state[Keys.DATASET_JOB] is None)


def texts(app: AppTest) -> str:
    return plain(" ".join(element.value for element in (*app.markdown, *app.caption)))


def offered(app: AppTest) -> list[str]:
    return [option for box in source(app, "Stored").selectbox if box.label == "Dataset" for option in box.options]


def shared_switches(app: AppTest) -> list[str]:
    return [toggle.label for toggle in app.toggle if toggle.label == "Share with the class"]


def test_an_uploaded_table_can_be_chosen_again_after_a_reload(visit: Visit, table: bytes) -> None:
    upload(visit("pages/explore.py").run(), table)
    reloaded = visit("pages/explore.py").run()
    assert "Dataset: mine.parquet" not in texts(reloaded)
    (option,) = offered(reloaded)
    assert option.startswith("mine.parquet · 0.1 MB · ")
    reloaded.button(key="stored_use").click().run()
    run_until(reloaded, lambda app: app.session_state[Keys.DATASET_JOB] is None)
    assert "Dataset: mine.parquet" in texts(reloaded)
    assert not reloaded.error


def test_a_reload_while_a_table_is_read_finds_it(visit: Visit, table: bytes) -> None:
    app = visit("pages/explore.py").run()
    source(app, "Table").file_uploader[0].upload("mine.parquet", table, "")
    app.run()
    job = app.session_state[Keys.DATASET_JOB]
    reloaded = visit("pages/explore.py").run()
    assert job is None or reloaded.session_state[Keys.DATASET_JOB] in (job, None)
    run_until(reloaded, lambda app: app.session_state[Keys.DATASET_JOB] is None)
    assert "Dataset: mine.parquet" in texts(reloaded if job else app)


def test_on_localhost_nothing_is_said_of_a_class(visit: Visit, table: bytes) -> None:
    app = upload(visit("pages/explore.py").run(), table)
    source(app, "Stored")
    assert not app.exception and not shared_switches(app)
    assert "class" not in texts(app)


def test_a_dataset_is_renamed_and_deleted(visit: Visit, table: bytes) -> None:
    app = source(upload(visit("pages/explore.py").run(), table), "Stored")
    app.button(key="stored_rename").click().run()
    app.text_input(key="stored_title").set_value("My music")
    next(button for button in app.button if button.label == "Save").click().run()
    assert offered(app)[0].startswith("My music · ")
    app.button(key="stored_delete").click().run()
    app.button(key="stored_confirm").click().run()
    assert "No dataset is stored yet" in texts(app)
    assert stored.list_datasets() == []


def test_a_visitor_is_offered_their_own_and_what_is_shared(open_as: Callable[[str], AppTest], table: bytes) -> None:
    ann = upload(open_as(ANN), table)
    assert offered(open_as(BEN)) == []
    open_as(ANN)  # the visitor of the next runs
    source(ann, "Stored")
    (facts,) = stored.list_datasets()
    assert shared_switches(ann) == ["Share with the class"]
    ann.toggle(key=f"stored_share_{facts.name}").set_value(True).run()
    ben = open_as(BEN)
    (option,) = offered(ben)
    assert option.endswith("shared with the class")
    assert [button.key for button in ben.button if "stored_" in (button.key or "")] == ["stored_use"]
    assert not shared_switches(ben)
    operator = open_as("")
    offered(operator)
    assert operator.button(key="stored_delete")


def test_nobody_opens_or_changes_what_is_not_theirs(
    open_as: Callable[[str], AppTest], table: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(open_as(ANN), table)
    (facts,) = stored.list_datasets()
    ben = open_as(BEN)
    ben.session_state["stored_chosen"] = facts.name
    assert offered(ben) == [] and not ben.exception
    visitor = ben.session_state[Keys.WHO]
    monkeypatch.setattr("ui.visitors.current", lambda: visitor)
    for use in (cached.stored_dataset, cached.open_dataset, cached.own_dataset):
        with pytest.raises(DatasetError, match="There is no dataset"):
            use(facts.name)
    stored.share_dataset(facts.name, True)
    assert cached.stored_dataset(facts.name).title == "mine.parquet"
    with pytest.raises(DatasetError, match="There is no dataset"):
        cached.own_dataset(facts.name)


def test_too_many_datasets_are_one_sentence(visit: Visit, table: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MOST_DATASETS", 1)
    app = upload(visit("pages/explore.py").run(), table)
    upload(app, table, "second.parquet")
    (error,) = app.error
    assert "at most 1 dataset are kept" in plain(error.value) or "at most 1 dataset" in plain(error.value)
    assert len(stored.list_datasets()) == 1


def test_a_gathered_dataset_is_used_in_a_feature_set_and_its_songs_are_heard_by_who_may_see_it(
    open_as: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = gathered({"rock": 2, "jazz": 2}, owner=ANN)
    app = open_as(ANN)
    (option,) = offered(app)
    assert option.startswith("Ours · ")
    app.selectbox(key="stored_features").set_value("mel").run()
    app.button(key="stored_use").click().run()
    run_until(app, lambda app: app.session_state[Keys.DATASET_JOB] is None)
    dataset = app.session_state[Keys.DATASET]
    assert (dataset.name, dataset.features, dataset.gathered) == ("Ours", "mel", facts.name)
    for who, shared, heard in ((ANN, False, True), (BEN, False, False), ("", False, True), (BEN, True, True)):
        named.share_dataset(facts.name, shared)
        monkeypatch.setattr(visitors, "current", lambda who=who: Visitor(who))
        assert (cached.audio_finder(facts.name)("rock/0") is not None) == heard
        assert cached.audio_finder()("rock/0") is None
