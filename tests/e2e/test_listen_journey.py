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
from tests.browser import drag_in, plot, settled

pytestmark = pytest.mark.e2e

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
    expect(page.get_by_role("heading", name="Listen", exact=True)).to_be_visible()
    settled(page)
    page.get_by_text("Upload", exact=True).first.click()
    expect(page.locator("input[type=file]").first).to_be_attached()
    settled(page)
    page.locator("input[type=file]").first.set_input_files(song)
    expect(page.get_by_text(re.compile(r"Tempo of my song\.wav"))).to_be_visible()
    settled(page)

    clip = audio.load_audio(song)
    stems = separation.separate(clip)
    mix, vocals = sound_of(page, "Mix"), sound_of(page, "Vocals")
    np.testing.assert_allclose(mix, clip.samples, atol=1e-4)
    np.testing.assert_allclose(vocals, stems["vocals"].samples, atol=1e-4)
    assert vocals.std() > 0.02
    assert np.abs(mix - vocals).max() > 0.1
    player = ".st-key-listen_player_0_vocals audio"
    page.locator(player).evaluate("audio => audio.play()")
    page.wait_for_function(f"document.querySelector('{player}').currentTime > 0.5")

    run = runs.load_run(runs.DEFAULT_RUN)
    stem: Stem
    for stem in ("vocals", "percussive"):
        prediction = predict_song(stems[stem], run).prediction
        expect(page.get_by_test_id("stHtml").filter(has_text="Vocals")).to_contain_text(
            f"{stem.title()}{prediction.genre}"
        )

    # Waveform, spectrogram and scalogram zoom together.
    before = page.evaluate(RANGES)
    drag_in(plot(page, "listen_overview").locator(".nsewdrag").nth(1), (0.3, 0.3), (0.6, 0.3))
    page.wait_for_function(f"before => ({RANGES}).every(range => range != before)", arg=before[0])
    assert len(set(page.evaluate(RANGES))) == 1
