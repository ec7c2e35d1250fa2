"""A visitor listens to the vocals of a song."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from genre_core import audio, runs
from genre_core.audio import separation, synthesis
from genre_core.audio.separation import Stem
from genre_core.prediction import predict_song

pytestmark = pytest.mark.e2e

PLAYED = "audio => audio.play().then(() => new Promise(done => setTimeout(() => done(audio.currentTime), 1500)))"
RANGES = """[...Array(3).keys()].map(i => document.querySelector(".st-key-listen_overview .js-plotly-plot")
    .layout[`xaxis${i ? i + 1 : ""}`].range.join())"""


def sound_of(page: Page, stem: str) -> np.ndarray:
    """The samples in the player of a stem."""
    card = page.locator("[data-testid=stVerticalBlock]").filter(has_text=re.compile(rf"^{stem}")).last
    player = card.locator("audio")
    expect(player).to_be_visible()
    return audio.load_audio(page.request.get(player.evaluate("audio => audio.src")).body()).samples


def test_the_vocals_of_a_song_are_played_and_predicted(page: Page, tmp_path: Path) -> None:
    song = tmp_path / "my song.wav"
    song.write_bytes(audio.wav_bytes(synthesis.TROUBADOUR.clip(seconds=12, seed=5)))
    page.goto("/listen")
    page.get_by_text("Upload", exact=True).first.click()
    page.locator("input[type=file]").first.set_input_files(song)
    expect(page.get_by_text(re.compile(r"Tempo of my song\.wav"))).to_be_visible(timeout=60_000)

    clip = audio.load_audio(song)
    stems = separation.separate(clip)
    mix, vocals = sound_of(page, "Mix"), sound_of(page, "Vocals")
    np.testing.assert_allclose(mix, clip.samples, atol=1e-4)
    np.testing.assert_allclose(vocals, stems["vocals"].samples, atol=1e-4)
    assert vocals.std() > 0.02
    assert np.abs(mix - vocals).max() > 0.1
    played_s = page.locator(".st-key-listen_player_0_vocals audio").evaluate(PLAYED)
    assert played_s > 0.5

    run = runs.load_run(runs.DEFAULT_RUN)
    stem: Stem
    for stem in ("vocals", "percussive"):
        prediction = predict_song(stems[stem], run).prediction
        expect(page.get_by_test_id("stHtml").filter(has_text="Vocals")).to_contain_text(
            f"{stem.title()}{prediction.genre}", timeout=60_000
        )

    # Waveform, spectrogram and scalogram zoom together.
    figure = page.locator(".st-key-listen_overview .js-plotly-plot")
    page.wait_for_timeout(1000)  # a figure is drawn once more when its page has settled
    figure.scroll_into_view_if_needed()
    before = page.evaluate(RANGES)
    area = figure.locator(".nsewdrag").nth(1).bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + 0.3 * area["width"], area["y"] + 40)
    page.mouse.down()
    page.mouse.move(area["x"] + 0.6 * area["width"], area["y"] + 40, steps=8)
    page.mouse.up()
    page.wait_for_function(f"before => ({RANGES})[0] != before", arg=before[0])
    zoomed = page.evaluate(RANGES)
    assert zoomed != before
    assert len(set(zoomed)) == 1
