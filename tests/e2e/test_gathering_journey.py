"""A dataset of one's own in a real browser: gathered by hand, checked, used, and trained on with a track split."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from genre_core.audio import synthesis
from tests.browser import PATIENCE_MS, assert_fits, settled

pytestmark = pytest.mark.e2e

GENRES = ("blues", "metal")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three synthetic songs of each genre; those of metal by two artists, in folders, one of them in an album."""
    root = tmp_path_factory.mktemp("gathered")
    synthesis.write_genre_folders(root, tracks=3, seconds=7.0)
    for number, song in enumerate(sorted((root / "metal").iterdir())):
        folder = root / "metal" / ("artist 0", "artist 1", "artist 0/album")[number]
        folder.mkdir(exist_ok=True)
        song.rename(folder / song.name)
    return root


def test_a_dataset_is_gathered_checked_and_trained_on(page: Page, folders: Path) -> None:
    page.goto("/dataset")
    page.get_by_role("textbox", name="Title").fill("Songs of two genres")
    page.get_by_role("textbox", name="Genres").fill(", ".join(GENRES))
    page.get_by_role("button", name="Create the dataset").click()

    blues = page.get_by_role("group", name="Songs of the genre blues")
    with page.expect_file_chooser() as chooser:
        blues.get_by_role("button", name="Choose songs").click()
    chooser.value.set_files([*sorted((folders / "blues").glob("*.wav")), Path(__file__)])
    expect(blues.get_by_text("3 of 3 files added; 1 other file ignored.")).to_be_visible()
    metal = page.get_by_role("group", name="Songs of the genre metal")
    with page.expect_file_chooser() as chooser:
        metal.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(folders / "metal")
    expect(page.get_by_text("metal · 3 songs by 2 artists")).to_be_visible()
    expect(page.get_by_text("6 songs in 2 genres")).to_be_visible()

    page.get_by_role("tab", name="2 · Check").click()
    expect(page.get_by_text("Track split · Possible")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    settled(page)
    table = page.get_by_test_id("stDataFrame")
    table.click(position={"x": 17, "y": 52})
    page.wait_for_function("document.querySelector('audio')?.duration === 7")  # it came from the route

    page.get_by_role("tab", name="3 · Use").click()
    page.get_by_role("button", name="Extract features").click()
    expect(page.get_by_text("Songs of two genres is ready: 12 segments from 6 tracks.")).to_be_visible()
    page.get_by_role("link", name="Train on it").click()
    expect(page.get_by_text("12 segments of 3 s from 6 tracks")).to_be_visible()
    settled(page)
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="k-nearest neighbors").click()
    settled(page)
    page.get_by_role("radiogroup", name="Split").get_by_text("Track", exact=True).click()
    page.wait_for_url(re.compile("split=track"))
    settled(page)
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text(re.compile("test set of a track split")).first).to_be_visible(timeout=3 * PATIENCE_MS)
