"""Waveform, spectrogram and scalogram of the excerpts, with their settings."""

from dataclasses import dataclass

import streamlit as st
from plotly.graph_objects import Figure

from genre_core import escaping
from genre_core.audio import Clip, analysis
from genre_core.audio.analysis import Beats, ClipAnalysis
from genre_core.audio.separation import MIX, STEMS, Stem
from genre_core.audio.spectrograms import (
    HOPS,
    LEAST_RANGE_DB,
    MOST_RANGE_DB,
    SPECTROGRAM_KINDS,
    WINDOWS,
    Picture,
    SpectrogramConfig,
)
from genre_core.audio.wavelets import WAVELETS
from genre_core.figures import listen as figures
from ui import cached, shell, text
from ui.cached import Excerpt, Stems
from ui.listen.songs import Song

_LONGEST_NAME = 18


@dataclass(frozen=True)
class _Column:
    """A column of the figure: one stem of an excerpt."""

    song: Song
    excerpt: Excerpt
    stems: Stems
    stem: Stem

    @property
    def title(self) -> str:
        """The song and the stem, in two lines that fit on a phone."""
        name = self.song.name if len(self.song.name) <= _LONGEST_NAME else f"{self.song.name[: _LONGEST_NAME - 1]}…"
        return f"{name}\n{text.STEMS[self.stem].lower()}"


@st.fragment
def show(songs: list[Song], excerpts: list[Excerpt], separated: list[Stems], compare_stems: bool) -> None:
    """The figure and its settings: a column for each song, or for each of two stems of one song."""
    with shell.messages():
        st.subheader("Waveform, spectrogram and scalogram")
        left, right = st.columns(2)
        stems = [_choose_stem(left, "Stem", "first", MIX)]
        if compare_stems:
            stems.append(_choose_stem(right, "Second stem", "second", "vocals"))
        config, wavelet = _choose_settings()
        if len(songs) > 1:
            columns = [
                _Column(song, excerpt, clips, stems[0])
                for song, excerpt, clips in zip(songs, excerpts, separated, strict=True)
            ]
        else:
            columns = [_Column(songs[0], excerpts[0], separated[0], stem) for stem in stems]
        jobs = [cached.analyze(column.excerpt, column.stem, config, wavelet, column.stems) for column in columns]
        if not cached.ready([job for of_column in jobs for job in of_column.all], "Computing the pictures"):
            return
        for song, of_column in zip(songs, jobs, strict=False):
            beats, name = of_column.beats.get(), escaping.markdown(song.name)
            if len(beats.times_s):
                st.markdown(
                    f"Tempo of {name}: **{beats.tempo_bpm:.0f} BPM** ({len(beats.times_s)} beats, the red lines in the "
                    "waveform)"
                )
            else:
                st.markdown(f"No beats were found in {name}.")
        st.plotly_chart(
            cached.figure(
                _draw,
                [f"{n}. {column.title}" if len(columns) > 1 else column.title for n, column in enumerate(columns, 1)],
                [column.excerpt.start_s for column in columns],
                [column.stems[column.stem] for column in columns],
                [[job.get() for job in of_column.all] for of_column in jobs],
            ),
            key="listen_overview",
            config=text.CHART,
            alt="Waveform with beats, spectrogram and scalogram over time.",
        )
        st.caption(
            f"Top: waveform. Middle: {config.kind} spectrogram. Bottom: scalogram, wavelet {WAVELETS[wavelet]}; it "
            "has finer time resolution at high frequencies and finer frequency resolution at low ones. Bright is loud; "
            f"black is {config.range_db} dB or more below the maximum. Drag horizontally to zoom in, double-click to "
            "zoom out."
        )


def _draw(
    titles: list[str], starts_s: list[float], clips: list[Clip], computed: list[tuple[Beats, Picture, Picture]]
) -> Figure:
    analyses = {
        title: ClipAnalysis(start_s, analysis.waveform(clip), *of_clip)
        for title, start_s, clip, of_clip in zip(titles, starts_s, clips, computed, strict=True)
    }
    return figures.overview(analyses)


def _choose_stem(place: st.delta_generator.DeltaGenerator, label: str, slot: str, default: Stem) -> Stem:
    return place.pills(
        label,
        STEMS,
        format_func=text.STEMS.__getitem__,
        default=default,
        required=True,
        key=f"listen_stem_{slot}",
        persist_state="session",
        wrap=True,
    )


def _choose_settings() -> tuple[SpectrogramConfig, str]:
    """The controls of the spectrogram and the scalogram; returns the configuration and the name of the wavelet."""
    left, middle, right = st.columns([3, 2, 1], vertical_alignment="bottom")
    kind = left.segmented_control(
        "Spectrogram", SPECTROGRAM_KINDS, default="mel", required=True, key="listen_kind", persist_state="session"
    )
    wavelet = middle.selectbox(
        "Wavelet of the scalogram",
        list(WAVELETS),
        format_func=WAVELETS.__getitem__,
        key="listen_wavelet",
        persist_state="session",
    )
    with right.popover("Settings", icon=":material/tune:", width="stretch"):
        range_db = st.slider(
            "Dynamic range (dB)", LEAST_RANGE_DB, MOST_RANGE_DB, 80, 10, key="listen_range", persist_state="session"
        )
        window = st.select_slider(
            "Window (samples)",
            WINDOWS,
            2048,
            key="listen_window",
            persist_state="session",
            disabled=kind == "constant-Q",
            help="A long window resolves frequency, a short one time. One second has 22 050 samples.",
        )
        hop = st.select_slider("Hop (samples)", HOPS, 512, key="listen_hop", persist_state="session")
    return SpectrogramConfig(kind, window, min(hop, window), range_db), wavelet
