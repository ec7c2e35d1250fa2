"""Your dataset: gathered, checked and changed by its visitor, opened to others by a code, and to nobody else."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import audio
from genre_core.audio import synthesis
from genre_core.classroom import uploads
from genre_core.datasets.gathered import songs, store
from genre_core.datasets.gathered.facts import GatheredDataset
from genre_core.errors import DatasetError
from genre_core.visitors import Serving, Visitor
from tests.page_text import plain
from tests.waiting import run_until
from ui import cached, server, visitors
from ui.gathering import choice, gather, song_changes
from ui.gathering.choice import Access

Visit = Callable[[str], AppTest]
PAGE = "pages/dataset.py"
ANN, BEN = "a" * 16, "b" * 16


@pytest.fixture(scope="module")
def sounds() -> list[bytes]:
    clips = (synthesis.song(name).clip(seconds=7) for name in ("furnace", "troubadour"))
    return [audio.wav_bytes(clip) for clip in clips]


@pytest.fixture
def dataset() -> GatheredDataset:
    return store.create_dataset("Ann's music", ["blues", "metal"], ANN)


@pytest.fixture
def open_as(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open the page on a served dashboard as a visitor."""
    for name, value in Serving("x" * 16).environment().items():
        monkeypatch.setenv(name, value)

    def go(who: str, **address: str) -> AppTest:
        monkeypatch.setattr(server, "who", lambda cookies: who)
        app = visit(PAGE)
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()

    return go


def texts(app: AppTest) -> str:
    shown = (*app.markdown, *app.caption, *app.warning, *app.info, *app.error, *app.success)
    return plain(" ".join(element.value for element in shown))


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def create(app: AppTest, title: str, genres: str) -> AppTest:
    app.text_input(key="gathering_title").set_value(title)
    app.text_input(key="gathering_genres").set_value(genres)
    return next(button for button in app.button if button.label == "Create the dataset").click().run()


def test_a_dataset_is_named_with_its_genres_and_gets_another(visit: Visit) -> None:
    app = create(visit(PAGE).run(), "My *music*", " blues, metal ,")
    (facts,) = store.list_datasets()
    assert (facts.title, facts.genres, facts.owner) == ("My *music*", ("blues", "metal"), "")
    assert app.query_params["dataset"] == facts.name
    assert "blues · 0 songs" in texts(app) and "at most 20 MB a song and 2.0 GB" in texts(app)
    app.text_input(key="gather_genre").set_value("rock")
    next(button for button in app.button if button.label == "Add the genre").click().run()
    assert store.dataset_facts(facts.name).genres == ("blues", "metal", "rock")
    app.text_input(key="gather_genre").set_value("Rock")
    next(button for button in app.button if button.label == "Add the genre").click().run()
    assert "already" in app.error[0].value
    assert not app.exception


def test_genres_that_are_none_are_refused_in_a_sentence(visit: Visit) -> None:
    app = create(visit(PAGE).run(), "Music", "blues, a/b")
    assert len(app.error) == 1 and not app.exception
    assert not store.list_datasets()


def test_songs_are_checked_and_their_duplicates_found(visit: Visit, sounds: list[bytes]) -> None:
    facts = store.create_dataset("Music", ["blues", "metal"])
    for genre, name, sound in (
        ("blues", "a.wav", sounds[0]),
        ("metal", "b.wav", sounds[0]),
        ("metal", "c.wav", sounds[1]),
    ):
        songs.add_song(facts.name, genre, name, sound)
    app = visit(PAGE)
    app.session_state["dataset_step"] = "2 · Check"
    run_until(app, lambda app: bool(app.dataframe))
    assert not app.exception
    table = app.dataframe[0].value
    assert table["Song"].tolist() == ["a.wav", "b.wav", "c.wav"] and table["Length"].tolist() == ["0:07"] * 3
    assert "metal/b.wav" in table["Findings"][0] and not table["Findings"][2]
    assert "Track split" in texts(app) and "Random split" in texts(app)


def test_nobody_sees_the_dataset_of_another(open_as: Callable[..., AppTest], dataset: GatheredDataset) -> None:
    assert "blues · 0 songs" in texts(open_as(ANN))
    for address in ({}, {"dataset": dataset.name}):
        app = open_as(BEN, **address)
        assert "Create the dataset" in buttons(app) and "blues" not in texts(app)
    store.share_dataset(dataset.name, True)
    shared = open_as(BEN)
    assert "blues · 0 songs" in texts(shared) and "only who has made it adds songs" in texts(shared)
    assert not {"Rename", "Delete", "Add the genre", "Show a code"} & set(buttons(shared))


def test_with_the_code_others_add_songs_until_it_is_closed(
    open_as: Callable[..., AppTest], dataset: GatheredDataset
) -> None:
    app = open_as(ANN)
    next(button for button in app.button if button.label == "Show a code").click().run()
    code = store.dataset_facts(dataset.name).code
    assert code in texts(app)
    joined = open_as(BEN, code=code.lower())
    assert "blues · 0 songs" in texts(joined) and "Record" in [expander.label for expander in joined.expander]
    assert not {"Rename", "Delete", "Add the genre"} & set(buttons(joined))
    store.close(dataset.name)
    joined.run()
    assert "blues" not in texts(joined) and "Create the dataset" in buttons(joined)
    wrong = open_as(BEN, code="ACDEFG")
    assert "No dataset has the code" in wrong.error[0].value


def test_only_who_made_a_dataset_or_added_a_song_changes_it(
    dataset: GatheredDataset, sounds: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    of_ann = songs.add_song(dataset.name, "blues", "a.wav", sounds[0], by=ANN)
    of_ben = songs.add_song(dataset.name, "blues", "b.wav", sounds[1], by=BEN)
    code = store.open_to_class(dataset.name)
    facts = store.dataset_facts(dataset.name)
    monkeypatch.setattr(visitors, "current", lambda: Visitor(BEN))
    with pytest.raises(DatasetError):
        cached.own_gathered(dataset.name)
    assert [song_changes.may_change(Access(facts, code), song) for song in (of_ann, of_ben)] == [False, True]
    assert not song_changes.may_change(Access(facts, ""), of_ben)
    monkeypatch.setattr(choice, "access", lambda name: Access(facts, code))
    song_changes.change(dataset.name, (of_ann.id, of_ben.id), songs.remove_songs)
    assert len(songs.list_songs(dataset.name)) == 2
    song_changes.change(dataset.name, (of_ben.id,), songs.remove_songs)
    assert songs.list_songs(dataset.name) == [of_ann]


def test_a_recording_that_can_not_be_added_is_not_lost(dataset: GatheredDataset, sounds: list[bytes]) -> None:
    who = visitors.current().id
    recording = uploads.add(who, "Recording.wav", sounds[0])
    for genre, kept, n_songs in (("jazz", [recording], 0), ("blues", [], 1)):
        gather._add_recordings(Access(dataset, ""), genre, [recording])
        assert uploads.list_uploads(who) == kept
        assert len(songs.list_songs(dataset.name)) == n_songs


def test_a_dataset_is_deleted_after_a_question(visit: Visit, sounds: list[bytes]) -> None:
    facts = store.create_dataset("Music", ["blues", "metal"])
    songs.add_song(facts.name, "blues", "a.wav", sounds[0])
    app = visit(PAGE).run()
    app.button(key="management_delete").click().run()
    assert "Music with 1 song" in texts(app) and store.list_datasets()
    app.button(key="management_confirm").click().run()
    assert not store.list_datasets() and "Create the dataset" in buttons(app.run())
