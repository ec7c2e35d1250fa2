"""A visitor mixes the stems of a song while it plays."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from genre_core import audio, runs
from genre_core.audio import separation, synthesis
from genre_core.audio.separation import Stem
from genre_core.prediction import predict_song
from tests.browser import click_in, drag_in, plot, settled

pytestmark = pytest.mark.e2e

RANGES = """[...Array(3).keys()].map(i => document.querySelector(".st-key-listen_overview .js-plotly-plot")
    .layout[`xaxis${i ? i + 1 : ""}`].range.join())"""


OUTPUT = """
() => {
    // What Web Audio plays: the samples of each stem, and its volume.
    window.genreLabOutput = { buffers: [], gains: [] };
    const { buffers, gains } = window.genreLabOutput;
    const { createBufferSource, createGain } = AudioContext.prototype;
    AudioContext.prototype.createBufferSource = function () {
        const source = createBufferSource.call(this);
        buffers.push(source);
        return source;
    };
    AudioContext.prototype.createGain = function () {
        const gain = createGain.call(this);
        gains.push(gain);
        return gain;
    };
}
"""
PLAYED_S = "window.genreLabOutput.buffers.map(({ buffer }) => buffer.duration)"
GAINS = "window.genreLabOutput.gains.slice(-4).map(({ gain }) => Math.round(gain.value))"
LINES = """() => {
    const plot = document.querySelector(".st-key-listen_overview .js-plotly-plot");
    const lines = [...plot.querySelectorAll(".genre-lab-playhead")].map((line) => line.getBoundingClientRect().left);
    return [...plot.querySelectorAll(".nsewdrag")].map((area, index) => {
        const { left, width } = area.getBoundingClientRect();
        return (lines[index] - left) / width;
    });
}"""


def elapsed_s(page: Page) -> float:
    """Where the player is, in seconds."""
    return float(page.get_by_role("slider", name="Position").input_value())


def test_the_stems_of_a_song_are_mixed_and_predicted(page: Page, tmp_path: Path) -> None:
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
    page.evaluate(OUTPUT)
    player = page.get_by_role("region", name="Player of my song.wav")
    player.get_by_role("button", name="Play", exact=True).click()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function(f"String({GAINS}) == '1,1,0,0'")  # vocals and accompaniment: the mix
    assert page.evaluate(PLAYED_S) == pytest.approx([clip.duration_s] * 4, abs=0.01)
    # Stems are mixed while they play, by keyboard too.
    player.get_by_role("button", name="Mute vocals").press("Enter")
    page.wait_for_function(f"String({GAINS}) == '0,1,0,0'")
    player.get_by_role("button", name="Play percussive alone").click()
    page.wait_for_function(f"String({GAINS}) == '0,0,0,1'")
    expect(player.get_by_text(re.compile(r"percussive: ")).first).to_be_visible()
    player.get_by_role("button", name="Play percussive alone").click()
    # A click in any of the three pictures plays from there, and each has its line.
    areas = plot(page, "listen_overview").locator(".nsewdrag")
    expect(areas).to_have_count(3)
    player.get_by_role("button", name="Pause").click()
    click_in(areas.nth(2), 0.75, 0.5)
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    assert 8.9 <= elapsed_s(page) <= 12
    player.get_by_role("button", name="Pause").click()
    for share in page.evaluate(LINES):
        assert share == pytest.approx(elapsed_s(page) / 12, abs=0.02)

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
