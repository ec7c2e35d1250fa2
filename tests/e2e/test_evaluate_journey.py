"""Evaluate in a real browser: the folds of the default run, the effect of the split, and from a cell to its audio."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from genre_core import runs
from genre_core.runs import folds
from tests.browser import PATIENCE_MS, click_in, drag_in, go, open_first, plot, settled

pytestmark = pytest.mark.e2e

SELECTED = """(key) => document.querySelector(`.st-key-${key} .js-plotly-plot`).data
    .flatMap(({ selectedpoints, text }) => [...selectedpoints].map((point) => text[point])).sort()"""
"""The segments that are selected in a figure."""


def test_a_stranger_reads_the_folds_of_the_default_run(page: Page) -> None:
    page.goto("/evaluate")
    run = runs.load_run(runs.DEFAULT_RUN)
    tested = folds.folds_of(run.info, run.evaluation())
    expect(page.get_by_role("heading", name="Cross-validation")).to_be_visible()
    expect(plot(page, "evaluate_folds").locator(".ytick")).to_have_count(1 + len(tested))
    expect(page.get_by_text("The model that predicts songs was trained last")).to_be_visible()
    settled(page)
    # The artists of the chosen fold.
    page.get_by_role("radiogroup", name="Fold").get_by_text("2", exact=True).click()
    expect(page.get_by_text(", ".join(tested[1].held_out_artists))).to_be_visible()
    # Nothing asks for a dataset that nobody has.
    expect(page.get_by_role("heading", name="Predictions of all folds together")).to_be_visible()
    settled(page)
    expect(page.get_by_role("heading", name="Effect of the split")).to_have_count(0)
    expect(page.get_by_text("Choose the dataset")).to_have_count(0)
    page.get_by_text("Tracks", exact=True).last.click()
    expect(page.get_by_text(re.compile(r"Tested in fold \d, by a model that was not trained on this"))).to_be_visible()


def test_a_class_sees_the_effect_of_the_split_within_a_minute(page: Page) -> None:
    page.goto(f"/evaluate?run={runs.PAPER_RUN}")
    expect(page.get_by_text("percentage points of accuracy are due to data leakage")).to_be_visible()
    rows = plot(page, "evaluate_splits").locator(".ytick")
    expect(rows).to_have_count(2)
    settled(page)
    page.get_by_role("button", name="Train with the missing split").click()
    expect(page.get_by_text(re.compile(r"Artist split: (waiting|training|saving)"))).to_be_visible()
    # Leaving and coming back finds the training.
    go(page, "Explore")
    go(page, "Evaluate")
    expect(rows).to_have_count(3, timeout=3 * PATIENCE_MS)
    expect(page.get_by_text("(artists unseen in training; only 6 of")).to_be_visible()
    settled(page)
    expect(page.get_by_role("button", name="Train with the missing split")).to_have_count(0)
    expect(page.get_by_text("668 training and 329 test segments").first).to_be_visible()  # still the same run


def test_from_a_cell_to_its_audio(fresh_server: str, page: Page, gtzan_mini: Path) -> None:
    evaluation = runs.load_run(runs.PAPER_RUN).evaluation()
    pair = evaluation.confused_pairs(2)[-1]
    segments = evaluation.cell(pair.true_genre, pair.predicted_genre)
    open_first(page, fresh_server, f"evaluate?run={runs.PAPER_RUN}")
    expect(plot(page, "evaluate_splits")).to_be_visible()
    row, column = evaluation.genres.index(pair.true_genre), evaluation.genres.index(pair.predicted_genre)
    n_genres = len(evaluation.genres)
    matrix = page.locator("[class*=st-key-evaluate_matrix] .nsewdrag").first
    click_in(matrix, (column + 0.5) / n_genres, (row + 0.5) / n_genres)
    sentence = f"{pair.segments} of {pair.n_true} true {pair.true_genre} segments predicted as {pair.predicted_genre}"
    expect(page.get_by_text(re.compile(sentence))).to_be_visible()
    # The spectrograms are bundled; the audio is not.
    playlist = page.get_by_role("region", name="Segments")
    picture = playlist.get_by_role("img", name=re.compile("Mel spectrogram of"))
    starts = segments["start_s"].tolist()
    assert len(starts) > 1

    def picture_of(index: int) -> str:
        minutes, seconds = divmod(round(starts[index]), 60)
        return f"Mel spectrogram of {segments['track'][index]}, {minutes}:{seconds:02d}"

    expect(picture).to_have_attribute("aria-label", re.compile(picture_of(0)))
    settled(page)
    page.keyboard.press("ArrowRight")
    expect(picture).to_have_attribute("aria-label", re.compile(picture_of(1)))
    page.keyboard.press("ArrowLeft")
    expect(picture).to_have_attribute("aria-label", re.compile(picture_of(0)))
    expect(playlist.get_by_role("button", name="Play all")).to_be_hidden()
    folder = page.get_by_role("textbox", name="Audio folder")
    folder.fill(str(gtzan_mini))
    folder.press("Enter")
    expect(playlist.get_by_role("button", name="Play all")).to_be_visible()
    settled(page)
    # A click on the cell plays its segments one after another, without the server.
    click_in(matrix, (column + 0.5) / n_genres, (row + 0.5) / n_genres)
    expect(playlist.get_by_role("button", name="Pause")).to_be_visible()
    sound = playlist.locator("audio")
    page.wait_for_function("audio => audio.currentTime > 0.5", arg=sound.element_handle())
    assert sound.evaluate("audio => audio.duration") == pytest.approx(3, abs=0.01)
    expect(playlist.get_by_role("status")).to_have_text(f"2 of {len(starts)}")
    expect(picture).to_have_attribute("aria-label", re.compile(picture_of(1)))
    playlist.get_by_role("button", name="Pause").click()
    # The list of confident errors plays too.
    page.get_by_text("Confident errors", exact=True).click()
    settled(page)
    playlist.get_by_role("button", name="Play all").click()
    page.wait_for_function("audio => audio.currentTime > 0.5", arg=playlist.locator("audio").element_handle())
    page.get_by_text("Tracks", exact=True).click()
    settled(page)
    expect(picture).to_be_visible()
    expect(page.get_by_text(re.compile(r"tracks are predicted correctly"))).to_be_visible()
    tracks = evaluation.tracks.sort_values(["correct", "probability"], ascending=[True, False], kind="stable")
    first = tracks["track"].iloc[0]
    starts = sorted(evaluation.start_s[evaluation.track == first])
    end = starts[-1] + 3
    place = (starts[-1] + 1.5 + 0.02 * end) / (1.04 * end)
    click_in(page.locator("[class*=st-key-evaluate_track_segments] .nsewdrag").first, place, 0.6)
    minutes, seconds = divmod(round(starts[-1]), 60)
    expect(playlist.get_by_text(re.compile(rf"{re.escape(first)}, {minutes}:{seconds:02d}"))).to_be_visible()

    # Explore: what is selected on a map is selected on the other one, plays, and opens on Listen.
    go(page, "Explore")
    page.get_by_role("tab", name="Projection").click()
    page.get_by_text("Map of the embedding beside it").click()
    page.get_by_text("Box", exact=True).click()
    area = plot(page, "explore_projection_PCA_paper").locator(".nsewdrag").first
    expect(plot(page, "explore_projection_PCA_embedding")).to_be_visible()
    drag_in(area, (0.45, 0.05), (0.99, 0.4))
    selected = page.get_by_role("region", name="Selected segments")
    expect(selected.get_by_role("button", name="Pause")).to_be_visible()
    first_map, second_map = (
        page.evaluate(SELECTED, f"explore_projection_PCA_{name}") for name in ("paper", "embedding")
    )
    assert first_map and first_map == second_map
    title = selected.get_by_role("img").get_attribute("aria-label")
    assert title is not None
    selected.get_by_role("button", name="Open on Listen").click()
    expect(page.get_by_role("heading", name="Listen", exact=True)).to_be_visible()
    track = title.removeprefix("Mel spectrogram of ").partition(",")[0]
    expect(page.get_by_role("region", name=f"Player of {track}")).to_be_visible()
