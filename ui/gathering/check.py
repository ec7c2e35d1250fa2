"""The second step: what is wrong with the songs, and which splits are possible."""

from collections import defaultdict

import streamlit as st

from genre_core import escaping
from genre_core.datasets.gathered import songs
from genre_core.datasets.gathered.checking import Check, SongCheck
from genre_core.datasets.gathered.facts import Song
from genre_core.wording import clock
from ui import cached, shell
from ui.gathering import choice, following, song_changes
from ui.gathering.choice import Access

_ALL, _FINDINGS, _DUPLICATES = "All songs", "With findings", "Duplicates"
_VIEW = "check_view"
_MOST_HEIGHT = 430
_SPLIT_NAMES = {"random": "Random split", "track": "Track split", "artist": "Artist split"}


def show(access: Access) -> None:
    """The findings on a dataset and its songs."""
    name, known = access.facts.name, songs.list_songs(access.facts.name)
    if not known:
        st.info("Add songs under *Gather* first.", icon=":material/info:")
        return
    job = cached.check_songs(name, known)
    if following.show(job, "Checking the songs", "check") and job.result:
        _show_splits(job.result)
        _show_songs(name, job.result, cached.songs_version(known))
    elif job.stopped:
        st.button("Check again", icon=":material/refresh:", on_click=cached.check_songs_again, args=(name, known))


def _show_splits(check: Check) -> None:
    """Which splits are possible, and what is missing."""
    for note in check.notes:
        shell.show_problem(note, kind="warning")
    lines = []
    for split in check.splits:
        icon = ":material/check_circle:" if split.is_possible else ":material/cancel:"
        kind = _SPLIT_NAMES.get(split.kind, split.kind)
        lines.append(f"{icon} **{kind}** · {escaping.markdown(split.sentence)}")
    st.markdown("  \n".join(lines))


@st.fragment
@shell.messages()
def _show_songs(name: str, check: Check, version: str) -> None:
    """The songs as a table in which some can be chosen, and what can be done with those.

    version : of the songs that were checked; after a change the whole page is shown again.
    """
    access = choice.access(name)
    known = songs.list_songs(name)
    if cached.songs_version(known) != version:
        st.rerun()
    following.show_refusal(song_changes.KEY)
    checked = {found.id: found for found in check.songs}
    known = [song for song in known if song.id in checked]
    findings = _findings(check, {song.id: song for song in known})
    shown = _filtered(known, check, findings)
    key = f"check_songs_{cached.songs_version(shown)}"
    chosen = st.dataframe(
        [_row(song, checked[song.id], findings[song.id]) for song in shown],
        key=key,
        on_select="rerun",
        selection_mode="multi-row",
        hide_index=True,
        height=min(38 + 35 * max(len(shown), 1), _MOST_HEIGHT),
        column_config={
            "Song": st.column_config.TextColumn(width="medium"),
            "Findings": st.column_config.TextColumn(width="large"),
        },
        alt="The songs of the dataset with their genre, artist, length and findings.",
    ).selection.rows
    rows = [shown[row] for row in chosen if row < len(shown)]
    if not rows:
        st.caption("Tick a song to play it, or several to move, name or remove them together.")
        return
    song_changes.show(access, rows, {song.id: findings[song.id] for song in rows})


def _filtered(known: list[Song], check: Check, findings: dict[str, list[str]]) -> list[Song]:
    """The songs that are to be shown, those of a genre together and duplicates one below the other."""
    place = {id_: number for number, group in enumerate(check.duplicates) for id_ in group}
    genres = sorted({song.genre for song in known})
    views = [_ALL, *([_FINDINGS] if any(findings.values()) else []), *([_DUPLICATES] if place else []), *genres]
    if st.session_state.get(_VIEW) not in views:
        st.session_state[_VIEW] = _ALL
    view = st.pills("Show", views, format_func=escaping.markdown, required=True, key=_VIEW)
    if view == _FINDINGS:
        known = [song for song in known if findings[song.id]]
    elif view == _DUPLICATES:
        return sorted((song for song in known if song.id in place), key=lambda song: place[song.id])
    elif view != _ALL:
        known = [song for song in known if song.genre == view]
    return sorted(known, key=lambda song: (song.genre, song.name))


def _findings(check: Check, known: dict[str, Song]) -> dict[str, list[str]]:
    """What was found of each song, in sentences."""
    findings: dict[str, list[str]] = defaultdict(list)
    for found in check.songs:
        findings[found.id] = [*([found.problem] if found.problem else []), *found.warnings]
    for group in check.duplicates:
        for id_ in group:
            others = [f"{known[other].genre}/{known[other].name}" for other in group if other != id_ and other in known]
            if others:
                findings[id_].append(f"Sounds the same as {', '.join(others)}.")
    return findings


def _row(song: Song, found: SongCheck, findings: list[str]) -> dict[str, str]:
    return {
        "Song": song.name,
        "Genre": song.genre,
        "Artist": song.artist,
        "Length": "" if found.duration_s is None else clock(found.duration_s),
        "Findings": " ".join(findings),
    }
