"""The figures of Listen: one time axis for all, labeled rows, small enough for a browser."""

import json
from typing import Any

import numpy as np
import pytest

from genre_core.audio import Clip, analysis, spectrograms, synthesis
from genre_core.audio.analysis import ClipAnalysis
from genre_core.audio.spectrograms import SPECTROGRAM_KINDS, SpectrogramConfig, SpectrogramKind
from genre_core.figures import listen as figures
from genre_core.prediction import SongPrediction
from genre_core.prediction.reliability import Reliability


def analysis_of(clip: Clip, start_s: float = 0.0, kind: SpectrogramKind = "mel") -> ClipAnalysis:
    return ClipAnalysis(
        start_s,
        analysis.waveform(clip),
        analysis.beats(clip),
        spectrograms.spectrogram(clip, SpectrogramConfig(kind)),
        spectrograms.scalogram(clip, "shan0.5-0.75"),
    )


@pytest.fixture(scope="module")
def song() -> Clip:
    return synthesis.song("floorfiller").clip(seconds=12)


def seconds(moments: Any) -> np.ndarray:
    return np.asarray(moments, dtype="datetime64[ms]").astype(np.int64) / 1000


def test_all_axes_of_two_songs_zoom_together(song: Clip) -> None:
    figure = figures.overview({"one": analysis_of(song), "two": analysis_of(song)})
    axes = [getattr(figure.layout, name) for name in figure.to_dict()["layout"] if name.startswith("xaxis")]
    assert len(axes) == 6
    reference = {axis.matches for axis in axes}
    assert len(reference - {None}) == 1
    assert sum(axis.matches is None for axis in axes) <= 1  # the one that the others match
    assert {axis.type for axis in axes} == {"date"}
    assert [note.text for note in figure.layout.annotations] == ["one", "two"]


def test_time_is_that_of_the_song(song: Clip) -> None:
    figure = figures.overview({"song": analysis_of(song, start_s=75.0)})
    wave, beats, spectrogram, scalogram = figure.data
    assert seconds(wave.x).min() == pytest.approx(75, abs=0.05)
    assert seconds(wave.x).max() == pytest.approx(87, abs=0.05)
    marks = np.unique(seconds(beats.x))
    np.testing.assert_allclose(marks, 75 + analysis.beats(song).times_s, atol=0.001)
    for heatmap in (spectrogram, scalogram):
        first = float(seconds(heatmap.x0))
        last = first + heatmap.dx / 1000 * (heatmap.z.shape[1] - 1)
        assert 75 < first < 75.1
        assert 86.9 < last < 87
        assert len(heatmap.y) == heatmap.z.shape[0]


@pytest.mark.parametrize("kind", SPECTROGRAM_KINDS)
def test_ticks_are_at_the_rows_of_their_labels(song: Clip, kind: SpectrogramKind) -> None:
    analyzed = analysis_of(song, kind=kind)
    axis = figures.overview({"song": analyzed}).layout.yaxis2
    assert len(axis.tickvals) == len(axis.ticktext) >= 3
    for place, word in zip(axis.tickvals, axis.ticktext, strict=True):
        if kind == "chroma":
            assert analyzed.spectrogram.row_names[place] == word
        else:
            number, unit = word.split()
            hz = float(number) * (1000 if unit == "kHz" else 1)
            assert analyzed.spectrogram.row_hz[place] == pytest.approx(hz, rel=0.25)
    gaps = np.diff(axis.tickvals)
    assert (gaps >= 0.05 * len(analyzed.spectrogram.row_names)).all()


def test_a_figure_of_a_minute_stays_small() -> None:
    clip = synthesis.song("furnace").clip(seconds=60)
    figure = figures.overview({"song": analysis_of(clip, kind="linear")})
    assert len(figure.to_json()) < 1_000_000


def test_names_are_escaped(song: Clip) -> None:
    figure = figures.overview({"<b>loud</b>": analysis_of(song)})
    assert figure.layout.annotations[0].text == "&lt;b>loud&lt;/b>"


def test_no_color_is_one_that_streamlit_replaces(song: Clip) -> None:
    """Its theme replaces #000001 to #000020 by its own colors."""
    content = json.dumps(figures.overview({"song": analysis_of(song)}).to_plotly_json()["data"], default=str)
    assert not any(f"#0000{number:02d}" in content for number in range(1, 33))


def test_predictions_for_stems_stand_side_by_side() -> None:
    shares = {"vocals": {"blues": 0.9, "jazz": 0.1}, "harmonic": {"blues": 0.02, "jazz": 0.98}}
    predictions = {
        stem: SongPrediction(
            9.0,
            "",
            "",
            share,
            changes=[],
            tags=[],
            reliability=Reliability(1, []),
            similar=[],
            segments=[],
            warnings=[],
        )
        for stem, share in shares.items()
    }
    (heatmap,) = figures.predictions(predictions).data
    assert list(heatmap.x) == ["vocals", "harmonic"]
    rows = dict(zip(heatmap.y, np.array(heatmap.z), strict=True))
    np.testing.assert_allclose(rows["blues"], [0.9, 0.02])
    assert [text.replace("\u00a0", " ") for text in np.array(heatmap.text)[list(heatmap.y).index("blues")]] == [
        "90 %",
        "",
    ]
