"""The excerpt that the page Listen shows, plays and predicts: the same seconds of each song."""

import streamlit as st

from genre_core.wording import clock
from ui.cached import Excerpt
from ui.listen.songs import Song

SHORTEST_S, USUAL_S, LONGEST_S = 4, 30, 60


def choose(songs: list[Song]) -> list[Excerpt]:
    """The slider for the excerpt; returns one of each song."""
    durations_s = [song.duration_s for song in songs]
    end_s = int(min(durations_s))
    start, end = 0, end_s
    at_s = songs[0].at_s
    first = max(0, min(int(at_s) - USUAL_S // 2, end_s - USUAL_S))
    if end_s > SHORTEST_S:
        start, end = st.slider(
            "Excerpt (s)" if len(songs) == 1 else "Excerpt of both songs (s)",
            0,
            end_s,
            (first, min(end_s, first + USUAL_S)),
            key=f"listen_excerpt_{'_'.join(song.digest[:8] for song in songs)}{f'_{at_s:.0f}' if at_s else ''}",
            help=f"The part of the song that is shown, played and predicted: {SHORTEST_S} to {LONGEST_S} seconds.",
        )
    start, end = within_limits(start, end, end_s)
    of_shorter = "" if len(songs) == 1 else ", the duration of the shorter song"
    st.caption(f"Excerpt: {clock(start)} to {clock(end)} of {clock(min(durations_s))}{of_shorter}.")
    return [Excerpt(song.digest, start, end) for song in songs]


def within_limits(start: int, end: int, end_s: int) -> tuple[int, int]:
    """The excerpt closest to the chosen one that is neither too short nor too long, in seconds."""
    start = max(0, min(start, end_s - SHORTEST_S))
    return start, min(max(end, start + min(SHORTEST_S, end_s)), start + LONGEST_S)
