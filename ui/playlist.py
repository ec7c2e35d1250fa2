"""A playlist of segments: they play one after another with their mel spectrograms, a line follows the sound, and the
arrow keys go through them.

It runs in the browser: the server cuts the sounds, and is not asked again while they play. The tables and select boxes
beside it have the same content as text.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from genre_core.errors import GenreLabError
from genre_core.figures import segments as figures
from genre_core.figures.segments import GenreShare
from genre_core.wording import clock, counted, percent
from ui import cached, playhead, shell
from ui.opened_track import OpenedTrack, open_on_listen

_MOST_ENTRIES, _MOST_SECONDS = 40, 120
"""So much is sent to the browser at once; the rest when it gets there."""
_SCRIPT = Path(__file__).with_suffix(".js")


@dataclass(frozen=True)
class Entry:
    """A segment of a playlist."""

    track: str
    start_s: float
    lines: tuple[str, ...] = ()
    """What is to be said of it, literally."""
    shares: tuple[GenreShare, ...] = field(default=(), repr=False)

    def title(self, length_s: float) -> str:
        """As in "rock/rock.00012, 0:03 to 0:06"."""
        return f"{self.track}, {clock(self.start_s)} to {clock(self.start_s + length_s)}"


def begin(key: str) -> None:
    """Let a playlist play from its chosen entry on when it is shown next: the visitor has clicked."""
    st.session_state[f"{key}_begin"] = st.session_state.get(f"{key}_begin", 0) + 1


def show(
    label: str,
    entries: Sequence[Entry],
    length_s: float,
    key: str,
    *,
    find: Callable[[str], Path | None],
    chosen: int | None = 0,
    bundled: bool = False,
) -> None:
    """Show a playlist, and where files can't be decoded why.  A button opens the track of a segment on Listen.

    Parameters
    ----------
    label : what is played, for screen readers.
    length_s : length of each segment in seconds.
    key : of the component; what `begin` takes.
    find : returns the file of a track, or None; without a file an entry has no sound.
    chosen : index of the entry that is shown: when it changes, the playlist plays from there; None for no other than
        before.
    bundled : whether the tracks are those of the bundled dataset, whose pictures are known without their audio.
    """
    index = _index(key, entries, chosen)
    most = max(1, min(_MOST_ENTRIES, int(_MOST_SECONDS / length_s)))
    first = index - index % most
    sent = entries[first : first + most]
    playable = _playable(sent, length_s, find)
    if playable is None:
        return
    shown = [
        _entry(entry, length_s, playable.get(entry, _NOTHING), f"{key}_{number}", bundled)
        for number, entry in enumerate(sent)
    ]
    identity = hashlib.sha256(repr([(entry["title"], entry["url"]) for entry in shown]).encode()).hexdigest()
    result = playhead.component(_SCRIPT)(
        key=key,
        data={
            "key": key,
            "label": label,
            "list": identity,
            "entries": shown,
            "index": index - first,
            "before": first,
            "total": len(entries),
            "begin": st.session_state.get(f"{key}_begin", 0),
            "ticks": figures.frequency_ticks(),
            "colors": figures.magma_colors(),
        },
        on_turned_change=lambda: _turn(key),
        on_opened_change=lambda: None,
    )
    for problem in dict.fromkeys(found.problem for found in playable.values() if found.problem):
        shell.show_problem(problem)
    opened = result.get("opened")
    if isinstance(opened, int) and 0 <= opened < len(sent):
        entry = sent[opened]
        if path := find(entry.track):
            open_on_listen(OpenedTrack(entry.track, path, entry.start_s))


@dataclass(frozen=True)
class _Playable:
    wav: bytes | None = None
    picture: Any = None
    problem: str = ""


_NOTHING = _Playable()


def _index(key: str, entries: Sequence[Entry], chosen: int | None) -> int:
    """The entry to show: the chosen one when that has changed, otherwise where the browser has gone."""
    state, asked = f"{key}_at", (hash(tuple(entries)), chosen)
    known = st.session_state.get(f"{key}_asked", (None, None))
    is_moved = chosen not in (None, known[1])
    if known[0] == asked[0] and is_moved:
        begin(key)
    if known[0] != asked[0] or is_moved:
        st.session_state[f"{key}_asked"], st.session_state[state] = asked, chosen or 0
    return max(0, min(st.session_state[state], len(entries) - 1))


def _turn(key: str) -> None:
    """Go to an entry beyond those that were sent."""
    turned = st.session_state[key].get("turned")
    if isinstance(turned, dict) and isinstance(turned.get("index"), int):
        st.session_state[f"{key}_at"] = turned["index"]
        if turned.get("plays"):
            begin(key)


def _playable(
    entries: Sequence[Entry], length_s: float, find: Callable[[str], Path | None]
) -> dict[Entry, _Playable] | None:
    """The sound of each entry whose track has a file; None while they are being cut."""
    of_track: dict[str, list[Entry]] = {}
    for entry in entries:
        of_track.setdefault(entry.track, []).append(entry)
    files = {track: path for track in of_track if (path := find(track))}
    jobs = {
        track: cached.cut_segments(path, path.stat().st_mtime, tuple(e.start_s for e in of_track[track]), length_s)
        for track, path in files.items()
    }
    if not cached.ready(list(jobs.values()), f"Cutting {counted(len(entries), 'segment')}"):
        return None
    playable: dict[Entry, _Playable] = {}
    for track, job in jobs.items():
        try:
            found = [_Playable(part.wav, part.picture) if part else _NOTHING for part in job.get()]
        except GenreLabError as error:
            found = [_Playable(problem=f"{track}: {error}")] * len(of_track[track])
        playable.update(zip(of_track[track], found, strict=True))
    return playable


def _entry(entry: Entry, length_s: float, playable: _Playable, place: str, bundled: bool) -> dict[str, Any]:
    """An entry as the script takes it."""
    picture = cached.bundled_picture(entry.track, entry.start_s) if bundled else None
    if picture is None:
        picture = playable.picture
    return {
        "title": entry.title(length_s),
        "lines": list(entry.lines),
        "start_s": entry.start_s,
        "length_s": length_s,
        "url": playhead.address(playable.wav, "audio/wav", place) if playable.wav else None,
        "problem": "The sound can't be played: see below." if playable.problem else "",
        "shares": [
            {
                "name": f"{share.genre} (true)" if share.is_true else share.genre,
                "share": share.probability,
                "text": percent(share.probability),
                "color": share.color,
                "bold": share.is_true,
            }
            for share in entry.shares
        ],
        "picture": None
        if picture is None
        else {
            "levels": base64.b64encode(picture.tobytes()).decode(),
            "rows": picture.shape[0],
            "columns": picture.shape[1],
        },
    }
