"""Whole journeys of a visitor in a real browser."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from genre_core import runs
from genre_core.audio import example_songs
from genre_core.prediction import predict_file
from tests.browser import PATIENCE_MS, assert_fits, click_in, drag_in, go, open_first, plot, settled

pytestmark = pytest.mark.e2e


def test_a_newcomer_finds_the_way_through_all_pages(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Genre Lab")).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    for title in ("Explore", "Your dataset", "Listen", "Train", "Evaluate", "Compare", "Predict", "Quiz"):
        go(page, title)
        settled(page)
        assert re.search(rf"/{title.lower().removeprefix('your ')}(\?|$)", page.url)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    page.get_by_role("link", name="Start", exact=True).first.click()
    expect(page.get_by_role("heading", name="Genre Lab")).to_be_visible()
    settled(page)
    assert re.search(r"/(\?|$)", page.url)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_feature_is_explored_and_segments_are_selected_in_the_projection(page: Page) -> None:
    page.goto("/explore")
    violin = plot(page, "explore_distribution")
    expect(violin).to_be_visible()
    settled(page)
    page.get_by_text("Histogram", exact=True).click()
    page.wait_for_function(
        "document.querySelector('.st-key-explore_distribution .js-plotly-plot')?.data[0].type == 'bar'"
    )
    settled(page)
    page.get_by_role("tab", name="Projection").click()
    figure = page.get_by_role("tabpanel").locator(".js-plotly-plot").last
    expect(figure).to_be_visible()
    settled(page)
    page.get_by_role("tabpanel").get_by_role("radio", name="Box").click(force=True)
    page.wait_for_function("[...document.querySelectorAll('.js-plotly-plot')].some(p => p.layout.dragmode == 'select')")
    drag_in(figure.locator(".nsewdrag").first, (0.2, 0.3), (0.5, 0.8))
    expect(page.get_by_text(re.compile(r"^[1-9]\d* segments"))).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").last).to_be_visible()


def test_a_training_shows_its_curves_and_can_be_stopped(page: Page) -> None:
    page.goto("/train")
    expect(page.get_by_text("203,338")).to_be_visible()
    settled(page)
    page.get_by_text("No dropout", exact=True).click()
    expect(page.get_by_text("The network of the paper without its regularization")).to_be_visible()
    # The address has what the server knows: a slider that is moved before that is set back by the preset.
    page.wait_for_url(re.compile(r"[?&]dropout=0\.0(&|$)"))
    settled(page)
    slider = page.get_by_role("slider", name="Epochs")
    slider.focus()
    slider.press("End")
    page.wait_for_url(re.compile(r"[?&]epochs=800(&|$)"))
    settled(page)
    page.get_by_role("button", name="Start training").click()
    # The first training of a server waits until TensorFlow is loaded.
    expect(page.get_by_text(re.compile(r"Epoch [1-9]\d* of 800"))).to_be_visible(timeout=3 * PATIENCE_MS)
    points = "document.querySelector('.st-key-train_accuracy .js-plotly-plot')?.data[0].x.length"
    page.wait_for_function(f"{points} > 3")
    before = page.evaluate(points)
    # The page stays usable, and a visitor who leaves it and returns finds the training.
    go(page, "Explore")
    go(page, "Train")
    page.wait_for_function(f"{points} > {before}")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"Stopped after \d+ of 800 epochs"))).to_be_visible()
    expect(page.get_by_text("random split").first).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Evaluate", exact=True).click()
    expect(page.get_by_role("heading", name="Evaluate", exact=True)).to_be_visible()


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list; an answer of the server closes a list that is open, so it is opened again."""
    for _ in range(10):
        page.get_by_role("combobox", name=label).click()
        with suppress(TimeoutError):
            page.get_by_role("option", name=option).click(timeout=5_000)
            return
    raise AssertionError(f"{option} could not be chosen")


def test_a_configuration_is_an_address_and_a_sweep_leads_to_compare(fresh_server: str, page: Page) -> None:
    open_first(page, fresh_server, "train?model=knn&neighbors=7&split=track&seed=3")
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("3")
    expect(page.get_by_role("slider", name="Number of neighbors")).to_be_visible()
    settled(page)
    page.get_by_text("Hyperparameter sweep").click()
    choose(page, "Settings to vary", "Number of neighbors")
    expect(page.get_by_text("3 combinations.")).to_be_visible()
    page.keyboard.press("Escape")
    settled(page)
    page.get_by_role("button", name="Run the sweep").click()
    expect(page.get_by_text("3 of 3").first).to_be_visible(timeout=3 * PATIENCE_MS)
    expect(page.get_by_text("Trained on the whole training set, this configuration")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Compare the trials").click()
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    expect(page.get_by_text("validation set").first).to_be_visible()


def test_a_click_on_a_confusion_cell_lists_its_segments(page: Page) -> None:
    evaluation = runs.load_run("paper-random").evaluation()
    pair = evaluation.confused_pairs(1)[0]
    page.goto("/evaluate")
    expect(page.get_by_role("combobox", name="Run")).to_be_visible()
    settled(page)
    page.get_by_role("combobox", name="Run").click()
    page.get_by_role("option").filter(has_text="with data leakage").click()
    area = page.locator(".st-key-evaluate_matrix_paper-random .nsewdrag").first
    expect(area).to_be_visible()
    n_genres = len(evaluation.genres)
    column, row = evaluation.genres.index(pair.predicted_genre), evaluation.genres.index(pair.true_genre)
    click_in(area, (column + 0.5) / n_genres, (row + 0.5) / n_genres)
    count = f"{pair.segments} of {pair.n_true} true {pair.true_genre} segments predicted as {pair.predicted_genre}"
    expect(page.get_by_text(re.compile(count))).to_be_visible()
    # Another cell at once: the correct segments of the first genre.
    click_in(area, 0.5 / n_genres, 0.5 / n_genres)
    n_correct = evaluation.confusion[0, 0]
    expect(page.get_by_text(re.compile(rf"{n_correct} of \d+ true {evaluation.genres[0]} segments"))).to_be_visible()


def test_an_uploaded_song_shows_its_genre_change_and_a_bad_file_an_error(
    fresh_server: str, page: Page, tmp_path: Path
) -> None:
    joined = example_songs.song("classical-to-metal")
    assert joined.changes_at_s is not None
    song, fake = tmp_path / "my song.ogg", tmp_path / "fake.mp3"
    song.write_bytes(joined.path.read_bytes())
    fake.write_text("this is no music", encoding="utf-8")
    open_first(page, fresh_server, "predict")
    settled(page)
    page.locator("input[type=file]").first.set_input_files([song, fake])
    expect(page.get_by_text("This isn't audio in a supported format").filter(visible=True).first).to_be_visible()
    prediction = predict_file(song.read_bytes(), runs.load_run(runs.DEFAULT_RUN)).prediction
    headline = "Probably none of the 10 genres" if prediction.is_out_of_domain else prediction.genre
    expect(page.get_by_test_id("stHtml").get_by_text(headline, exact=True)).to_be_visible()
    (change,) = prediction.changes
    assert abs(change.time_s - joined.changes_at_s) <= 3
    expect(page.get_by_text(f"from {change.from_genre} to {change.to_genre}").first).to_be_visible()
    timeline = page.locator(".js-plotly-plot").filter(has_text=f"→ {change.to_genre}")
    expect(timeline).to_be_visible()
    area = timeline.locator(".nsewdrag").first
    # A click on the timeline plays from there, and the line stands where the player is.
    click_in(area, 0.75, 0.5)
    playing = "document.querySelector('[class*=genre_lab_playhead] audio').currentTime"
    reached = page.wait_for_function(f"{playing} >= {0.74 * prediction.duration_s} && {playing}").json_value()
    assert reached <= 0.75 * prediction.duration_s + 10
    line = page.locator(".genre-lab-playhead").bounding_box()
    mark = timeline.locator(".shapelayer path").first.bounding_box()
    place = area.bounding_box()
    assert line is not None and mark is not None and place is not None
    assert line["x"] >= place["x"] + 0.74 * place["width"]
    marked_s = (mark["x"] + mark["width"] / 2 - place["x"]) / place["width"] * prediction.duration_s
    assert abs(marked_s - joined.changes_at_s) <= 3


@pytest.mark.parametrize("width", [1280, 390])
def test_the_glossary_explains_a_term_on_every_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/quiz")
    expect(page.get_by_role("heading", name="Quiz", exact=True)).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Glossary").click()
    expect(page.get_by_text("One audio file of a dataset")).to_be_visible()
    settled(page)
    term = page.get_by_role("combobox", name="Term")
    term.click()
    term.press_sequentially("leak")
    page.get_by_role("option", name="Data leakage").click()
    expect(page.get_by_text("Information about the test set")).to_be_visible()
    expect(page.get_by_text("One audio file of a dataset")).to_have_count(0)


@pytest.mark.parametrize("name", ["explore", "listen", "train", "evaluate", "compare", "predict", "quiz"])
def test_no_page_is_wider_than_a_phone(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/{name}")
    expect(page.get_by_role("heading", name=name.title(), exact=True)).to_be_visible()
    assert_fits(page)


@pytest.mark.parametrize("name", ["explore", "listen", "compare", "predict"])  # other journeys open the others first
def test_a_page_opens_first_on_a_server_that_has_just_started(fresh_server: str, page: Page, name: str) -> None:
    open_first(page, fresh_server, name)
