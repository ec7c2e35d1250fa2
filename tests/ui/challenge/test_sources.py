"""Whether the test set of a challenge can be secret: not where the class can see the dataset."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core.classroom import challenges
from genre_core.classroom.challenges import Challenge, ChallengeConfig
from genre_core.datasets import Dataset, stored
from genre_core.datasets.table import write_table
from genre_core.visitors import OPERATOR
from tests.classroom.challenges.made import synthetic
from tests.page_text import plain
from tests.waiting import PATIENCE_S
from ui import visitors
from ui.challenge import sources
from ui.state import Keys


@pytest.fixture(autouse=True)
def operator(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator of a served dashboard."""
    monkeypatch.setattr(visitors, "current", lambda: OPERATOR)
    monkeypatch.setattr(visitors, "is_served", lambda: True)


@pytest.fixture
def own(rng: np.random.Generator, tmp_path: Path) -> Dataset:
    """A table that the operator uploaded."""
    write_table(synthetic(rng), tmp_path / "festival.parquet")
    return stored.add_dataset((tmp_path / "festival.parquet").read_bytes(), "festival.parquet")


def test_the_class_can_not_see_a_table_of_the_operator_until_it_is_shared(own: Dataset) -> None:
    assert not sources.class_can_see(own)
    (facts,) = stored.list_datasets()
    stored.share_dataset(facts.name, True)
    assert sources.class_can_see(own)


def test_the_class_can_see_what_is_bundled_allowed_drawn_or_of_a_visitor(
    own: Dataset, bundled: Dataset, tmp_path: Path
) -> None:
    assert sources.class_can_see(bundled)
    assert sources.class_can_see(replace(own, name="music", folder=tmp_path))
    challenge = challenges.open_challenge(own, ChallengeConfig("Test"))
    assert sources.class_can_see(challenges.student_dataset(challenge.code))
    (facts,) = stored.list_datasets()
    stored.add_dataset((stored.dataset_folder(facts.name) / "content").read_bytes(), "festival.parquet", "anna")
    assert sources.class_can_see(own)


def part_of_the_page() -> None:
    from ui import challenge, state

    state.start()
    challenge.show()


@pytest.mark.parametrize("is_secret", [False, True])
def test_the_form_and_the_challenge_say_whether_it_is_secret(own: Dataset, is_secret: bool) -> None:
    app = AppTest.from_function(part_of_the_page, default_timeout=PATIENCE_S)
    app.session_state[Keys.DATASET] = own
    app.run()
    if is_secret:
        app.segmented_control(key="class_source").set_value("In use on Explore and Train").run()
    captions = [caption.value for caption in app.caption]
    assert (sources.HIDDEN in captions, sources.VISIBLE in captions) == (is_secret, not is_secret)
    app.text_input(key="class_title").set_value("Test")
    app.button(key="class_open").click().run()
    (challenge,) = challenges.list_challenges()
    assert isinstance(challenge, Challenge) and challenge.is_secret == is_secret
    shown = "\n".join(plain(caption.value) for caption in app.caption)
    assert ("the test set is secret until the reveal" in shown) == is_secret
    assert ("the test set is not shown before the reveal" in shown) == (not is_secret)
