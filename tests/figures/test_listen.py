"""The figures of Listen: one axis of time for all, rows by their names, small enough for a browser."""

import json

import numpy as np
import pytest

from genre_core.audio import Clip, spectrograms, synthesis
from genre_core.audio.spectrograms import SPECTROGRAM_KINDS, Seen, SpectrogramConfig
from genre_core.figures import listen as figures
from genre_core.prediction import SongPrediction
from genre_core.prediction.reliability import Reliability


def seen_of(clip: Clip, start_s: float = 0.0, kind="mel") -> Seen:
    return Seen(
        start_s,
        spectrograms.wave(clip),
        spectrograms.beats(clip),
        spectrograms.spectrogram(clip, SpectrogramConfig(kind)),
        spectrograms.scalogram_picture(clip, "shan0.5-0.75"),
    )


@pytest.fixture(scope="module")
def song() -> Clip:
    return synthesis.song("floorfiller").clip(seconds=12)


def seconds(moments) -> np.ndarray:
    return np.asarray(moments, dtype="datetime64[ms]").astype(np.int64) / 1000


def test_all_of_two_songs_zooms_together(song):
    figure = figures.overview({"one": seen_of(song), "two": seen_of(song)})
    axes = [getattr(figure.layout, name) for name in figure.to_dict()["layout"] if name.startswith("xaxis")]
    assert len(axes) == 6
    reference = {axis.matches for axis in axes}
    assert len(reference - {None}) == 1
    assert sum(axis.matches is None for axis in axes) <= 1  # the one that the others match
    assert {axis.type for axis in axes} == {"date"}
    assert [note.text for note in figure.layout.annotations] == ["one", "two"]


def test_time_is_that_of_the_song(song):
    figure = figures.overview({"song": seen_of(song, start_s=75.0)})
    wave, beats, spectrogram, scalogram = figure.data
    assert seconds(wave.x).min() == pytest.approx(75, abs=0.05)
    assert seconds(wave.x).max() == pytest.approx(87, abs=0.05)
    marks = np.unique(seconds(beats.x))
    np.testing.assert_allclose(marks, 75 + spectrograms.beats(song).times_s, atol=0.001)
    for heatmap in (spectrogram, scalogram):
        first = float(seconds(heatmap.x0))
        last = first + heatmap.dx / 1000 * (heatmap.z.shape[1] - 1)
        assert 75 < first < 75.1
        assert 86.9 < last < 87
        assert len(heatmap.y) == heatmap.z.shape[0]


@pytest.mark.parametrize("kind", SPECTROGRAM_KINDS)
def test_ticks_name_the_rows_that_they_stand_at(song, kind):
    seen = seen_of(song, kind=kind)
    axis = figures.overview({"song": seen}).layout.yaxis2
    assert len(axis.tickvals) == len(axis.ticktext) >= 3
    for place, word in zip(axis.tickvals, axis.ticktext, strict=True):
        if kind == "chroma":
            assert seen.spectrogram.row_names[place] == word
        else:
            number, unit = word.split()
            hz = float(number) * (1000 if unit == "kHz" else 1)
            assert seen.spectrogram.row_hz[place] == pytest.approx(hz, rel=0.25)
    gaps = np.diff(axis.tickvals)
    assert (gaps >= 0.05 * len(seen.spectrogram.row_names)).all()


def test_a_figure_of_a_minute_stays_small():
    clip = synthesis.song("furnace").clip(seconds=60)
    figure = figures.overview({"song": seen_of(clip, kind="linear")})
    assert len(figure.to_json()) < 1_000_000


def test_a_name_is_shown_as_it_is(song):
    figure = figures.overview({"<b>loud</b>": seen_of(song)})
    assert figure.layout.annotations[0].text == "&lt;b>loud&lt;/b>"


def test_no_color_is_one_that_streamlit_replaces(song):
    """Its theme takes #000001 to #000020 for places to put colors of its own."""
    said = json.dumps(figures.overview({"song": seen_of(song)}).to_plotly_json()["data"], default=str)
    assert not any(f"#0000{number:02d}" in said for number in range(1, 33))


def test_verdicts_stand_side_by_side():
    shares = {"vocals": {"blues": 0.9, "jazz": 0.1}, "harmonic": {"blues": 0.02, "jazz": 0.98}}
    answers = {
        part: SongPrediction(
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
        for part, share in shares.items()
    }
    (heatmap,) = figures.predictions(answers).data
    assert list(heatmap.x) == ["vocals", "harmonic"]
    rows = dict(zip(heatmap.y, np.array(heatmap.z), strict=True))
    np.testing.assert_allclose(rows["blues"], [0.9, 0.02])
    assert [text.replace("\u00a0", " ") for text in np.array(heatmap.text)[list(heatmap.y).index("blues")]] == [
        "90 %",
        "",
    ]
