"""Choose a run, and say under which split its scores were measured; shared by Evaluate and Predict."""

from datetime import datetime

import streamlit as st

from genre_core import runs
from genre_core.figures.words import percent
from genre_core.runs import RunInfo
from ui.state import Keys

_WIDGET = "run_picker"
_SPLITS = {"random": "random split by segment", "track": "split by track"}


def choose(label: str = "Run") -> RunInfo:
    """A box to choose a run, which is remembered from page to page.  Ends the page with advice if there is none."""
    infos = {info.name: info for info in runs.list_runs()}
    if not infos:
        st.info("There is no run yet. Train a classifier, and it appears here.", icon=":material/info:")
        st.page_link("pages/train.py", label="Train one", icon=":material/tune:")
        st.stop()
    remembered = st.session_state.get(Keys.RUN)
    if remembered not in infos:
        remembered = runs.DEFAULT if runs.DEFAULT in infos else next(iter(infos))
    st.session_state[Keys.RUN] = st.session_state[_WIDGET] = remembered
    st.selectbox(label, list(infos), key=_WIDGET, format_func=lambda name: title(infos[name]), on_change=_remember)
    return infos[remembered]


def title(info: RunInfo) -> str:
    """What a run is called in lists: its split, its title and its date; the split first, since a phone cuts the end."""
    split = _SPLITS[info.split.kind]
    return f"{split[0].upper()}{split[1:]} · {info.title or info.name} · {_date(info)}"


def split_in_words(info: RunInfo) -> str:
    """The split with its counts, as in: random split by segment: 668 train / 329 test segments, 99 of 100 tracks
    stand on both sides."""
    counts = info.counts
    tracks = counts.train_tracks + counts.test_tracks - counts.shared_tracks
    sides = (
        f"{counts.shared_tracks} of {tracks} tracks stand on both sides"
        if counts.shared_tracks
        else f"{counts.train_tracks} train / {counts.test_tracks} test tracks, none on both sides"
    )
    return f"{_SPLITS[info.split.kind]}: {counts.train_segments} train / {counts.test_segments} test segments, {sides}"


def memory_warning(info: RunInfo) -> str | None:
    """What to think of the scores of a run whose test part holds recordings that it was trained on, else None.

    Where there is a run of the same network on the same data whose tracks stay on one side, its score is named.
    """
    if not info.counts.shared_tracks:
        return None
    said = (
        "These scores measure memory of recordings as much as hearing of genre: the test part holds other segments of "
        "the very tracks that the run was trained on."
    )
    honest = _sibling_by_track(info)
    if honest is None:
        return f"{said} On songs that it never heard it does much worse."
    return (
        f"{said} The same network, with each track kept on one side, names {percent(honest.accuracy)} of the segments "
        "right, and on artists that it never heard it does worse still."
    )


def _sibling_by_track(info: RunInfo) -> RunInfo | None:
    for other in runs.list_runs():
        if other.counts.shared_tracks == 0 and (other.data, other.config) == (info.data, info.config):
            return other
    return None


def _remember() -> None:
    st.session_state[Keys.RUN] = st.session_state[_WIDGET]


def _date(info: RunInfo) -> str:
    made = datetime.fromisoformat(info.created).astimezone()
    return f"{made.day} {made:%b %Y, %H:%M}"
