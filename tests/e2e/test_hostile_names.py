"""Names that hold markup are shown as they are by Streamlit's own page, and nothing is asked of another server."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Request

from genre_core import audio
from genre_core.audio import synthesis
from genre_core.datasets.splits import SplitConfig
from genre_core.training import Trainer
from tests.browser import go, new_context, settled
from tests.e2e.conftest import served
from tests.evaluate_page import train
from tests.hostile_names import ADDRESS, GENRES, NAME, SONG, annotate, dataset

pytestmark = pytest.mark.e2e
TEXTS = (
    *GENRES, NAME, ADDRESS, "http://evil.example/a_b", "HTTPS://evil.example", "<https://evil.example>",
    "(www.evil.example)",
    "a@evil.example", "mailto:a@evil.example", ":material/home:", ":material_home:", ":material/home", ":streamlit:",
    ":smile:", ":+1:", ":red-badge[a]", ":small[a]", "a -- b", "a -> b <- c <-> d", "a >= b <= c ~= d", "# a", "## a",
    "- a",
    "+ a", "* a", "1. a", "1) a", "> a", "---", "===", "```", "~~~ a", "| a | b |", "[^1]", "[ ] a", "$$a$$", "$a$",
    "&copy;",
    "a\\", "\\*a\\*", "~~a~~", "==a==", "{a}", "%{a}", "!!a", "::a::", "__a__",
)  # fmt: skip
SCRIPT = """
import json
import streamlit as st
from genre_core import escaping

for i, text in enumerate(json.loads(r'''TEXTS''')):
    shown = escaping.markdown(text)
    with st.container(key=f"text_{i}"):
        st.markdown(shown)
    with st.container(key=f"bold_{i}"):
        st.markdown(f"a **{shown}**")
    with st.container(key=f"label_{i}"):
        st.button(shown, key=f"button_{i}")
st.selectbox("All", json.loads(r'''TEXTS'''))
st.caption("End")
"""
INJECTED = "[data-testid=stMain] :is(img[src='x'], [href*=evil], [src*=evil], [role=img][aria-label~=skull])"


@pytest.fixture
def context_page(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page, and the addresses of other servers that it asks."""
    context = new_context(browser)
    page, others = context.new_page(), list[str]()

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.hostname not in ("localhost", "127.0.0.1"):
            others.append(request.url)

    page.on("request", note)
    yield page, others
    context.close()


def test_streamlit_shows_escaped_text_literally(context_page: tuple[Page, list[str]], tmp_path: Path) -> None:
    page, others = context_page
    script = tmp_path / "texts.py"
    script.write_text(SCRIPT.replace("TEXTS", json.dumps(TEXTS)), encoding="utf-8")
    with served(tmp_path, script) as address:
        page.goto(address)
        page.get_by_text("End", exact=True).wait_for()
        settled(page)
        for i, text in enumerate(TEXTS):
            for key, shown in ((f"text_{i}", text), (f"bold_{i}", f"a {text}"), (f"label_{i}", text)):
                place = page.locator(f".st-key-{key} [data-testid=stMarkdownContainer]").first
                assert str(place.text_content()).replace("\u2060", "") == shown, key
                assert not place.locator("a, img, h1, ul, ol, hr, code, del, em, span").count(), text
        assert not page.locator(INJECTED).count()
    assert others == []


def test_no_page_interprets_a_name_or_asks_another_server(
    context_page: tuple[Page, list[str]], trainer: Trainer, home: Path, rng: np.random.Generator
) -> None:
    page, others = context_page
    run = train(trainer, dataset(rng), SplitConfig("track")).name
    annotate(run)
    song = audio.wav_bytes(synthesis.song("furnace").clip(seconds=7))
    with served(home) as address:
        page.goto(f"{address}/evaluate?run={run}")
        for title in ("Evaluate", "Compare", "Listen", "Quiz", "Predict"):
            if title != "Evaluate":
                go(page, title)
            settled(page)
            assert not page.locator(INJECTED).count(), title
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
            {"name": SONG, "mimeType": "audio/wav", "buffer": song}
        )
        page.get_by_text("Timeline", exact=True).wait_for()
        settled(page)
        assert not page.locator(INJECTED).count()
        assert page.get_by_text("onerror=alert(1)").count()
        page.locator(".nsewdrag").first.hover()
        assert not page.locator(INJECTED).count()
        text = (home / "logs" / "genre-lab.log").read_text(encoding="utf-8")
    assert others == []
    for name in ("evaluate", "compare", "listen", "quiz", "predict"):
        assert f"action={name} " in text
    assert "evil" not in text and "img" not in text  # the log has no content
