"""The player of an excerpt: its stems, mixed while they play, and the prediction of the segment that is heard.

It runs in the browser. The figure of the page shows a line where it is, and a click there plays from that time.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from genre_core import escaping
from genre_core.audio.separation import MIX, STEMS, Stem
from genre_core.figures.theme import NEUTRAL_COLOR, genre_colors
from genre_core.jobs import Job
from genre_core.prediction import SongPrediction
from genre_core.prediction.result import SegmentPrediction
from genre_core.runs import RunInfo, run_title
from genre_core.wording import percent
from ui import cached, playhead, text
from ui.cached import Excerpt, StemPredictions, Stems
from ui.listen.songs import Song

_SCRIPT = Path(__file__).with_suffix(".js")
_MUTED: tuple[Stem, ...] = ("harmonic", "percussive")
"""Stems that are silent at first: the other two add up to the mix."""
DESCRIPTIONS: dict[Stem, str] = {
    "mix": "The original audio",
    "vocals": "The singing voice",
    "accompaniment": "Mix without vocals",
    "harmonic": "Notes and chords",
    "percussive": "Drums, consonants",
}


def show(
    songs: Sequence[Song],
    excerpts: Sequence[Excerpt],
    separated: Sequence[Stems],
    jobs: Sequence[Job[StemPredictions]],
    info: RunInfo,
    *,
    compare_stems: bool,
) -> None:
    """A player for each excerpt; `jobs` predict their stems, and may be running."""
    for place, (cell, song, excerpt, stems, job) in enumerate(
        zip(st.columns(len(songs), gap="medium"), songs, excerpts, separated, jobs, strict=True)
    ):
        with cell:
            if len(songs) > 1:
                st.markdown(f"**{place + 1}. {escaping.markdown(song.name)}**")
            columns = [0, 1] if compare_stems else [place]
            _show_player(song, excerpt, stems, job.result, info, place, columns, max(len(songs), len(columns)))
            if song.credit:
                st.caption(song.credit)
    st.caption(
        "Vocals and accompaniment add up to the mix; so do harmonic and percussive. The prediction is that of the "
        f"segment that is heard, by **{escaping.markdown(run_title(info))}**: of the stem that plays alone, or of the "
        "mix. Its probability is smoothed over neighboring segments and not calibrated. Click a picture to play from "
        "there."
    )


def _show_player(
    song: Song,
    excerpt: Excerpt,
    stems: Stems,
    predictions: StemPredictions | None,
    info: RunInfo,
    place: int,
    columns: list[int],
    all_columns: int,
) -> None:
    sounds = {
        stem: playhead.address(cached.stem_audio(excerpt, stem, stems[stem]), "audio/wav", f"listen_{place}_{stem}")
        for stem in STEMS
        if stem != MIX
    }
    playhead.component(_SCRIPT)(
        key=f"listen_mixer_{place}",
        data={
            "label": f"Player of {song.name}",
            "list": hashlib.sha256(repr((excerpt, sounds)).encode()).hexdigest(),
            "start_s": excerpt.start_s,
            "duration_s": stems[MIX].duration_s,
            "at_s": song.at_s,
            "stems": [
                {
                    "name": stem,
                    "title": text.STEMS[stem],
                    "description": DESCRIPTIONS[stem],
                    "url": url,
                    "muted": stem in _MUTED,
                }
                for stem, url in sounds.items()
            ],
            "predictions": _segments(predictions or {}, excerpt, info),
            "waiting": "" if predictions else "The prediction of the segments is not ready yet.",
            "columns": columns,
            "all_columns": all_columns,
        },
    )


def _segments(predictions: StemPredictions, excerpt: Excerpt, info: RunInfo) -> dict[Stem, list[dict[str, Any]]]:
    """The segments of each stem that could be predicted, as the script takes them."""
    colors = genre_colors(info.genres)
    return {
        stem: [
            {
                "start_s": excerpt.start_s + segment.start_s,
                "end_s": excerpt.start_s + segment.end_s,
                **_named(segment, colors),
            }
            for segment in prediction.segments
        ]
        for stem, prediction in predictions.items()
        if isinstance(prediction, SongPrediction)
    }


def _named(segment: SegmentPrediction, colors: dict[str, str]) -> dict[str, str]:
    """What is said of a segment."""
    if segment.silent:
        return {"name": "silent", "text": "", "color": NEUTRAL_COLOR}
    first, second = sorted(segment.probabilities, key=segment.probabilities.__getitem__, reverse=True)[:2]
    shares = (
        f" (probability {percent(segment.probabilities[first])}), runner-up {second} "
        f"({percent(segment.probabilities[second])})"
    )
    if segment.is_out_of_domain:
        return {"name": "none of the genres", "text": f", nearest {first}{shares}", "color": NEUTRAL_COLOR}
    return {"name": first, "text": shares, "color": colors[first]}
