"""Play the songs that are chosen in the table of a gathered dataset, and change them."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from genre_core import escaping
from genre_core.datasets.gathered import songs
from genre_core.datasets.gathered.facts import LONGEST_ARTIST, LONGEST_FILE_NAME, Song
from genre_core.errors import GenreLabError
from genre_core.wording import counted
from ui import cached, player, tickets, visitors
from ui.gathering import choice, following, uploader
from ui.gathering.choice import Access

KEY = "song_changes"
"""Of messages on changes of songs."""
_GENRE, _ARTIST, _NAME = "songs_genre", "songs_artist", "songs_name"


def show(access: Access, chosen: list[Song], findings: dict[str, list[str]]) -> None:
    """A player for one of the songs, and what can be done with all of them.

    Parameters
    ----------
    findings : on each song, by its id.
    """
    song = chosen[0]
    if len(chosen) > 1:
        names = {one.id: one.name for one in chosen}
        played = st.selectbox("Play", list(names), format_func=names.__getitem__, key="songs_played")
        song = next((one for one in chosen if one.id == played), song)
    st.markdown(f"**{escaping.markdown(song.name)}** · {escaping.markdown(song.genre)}")
    for finding in findings[song.id]:
        st.caption(escaping.markdown(finding))
    _play(access, song)
    if all(may_change(access, one) for one in chosen):
        _show_changes(access, chosen)
    else:
        st.caption("Only who has added a song, or has made the dataset, can change it.")


def may_change(access: Access, song: Song) -> bool:
    """Whether the visitor may change a song: it is in their dataset, or they have added it."""
    return access.may_change or (access.may_add and song.by == visitors.current().id)


def _play(access: Access, song: Song) -> None:
    """A player, whose sound does not go through Streamlit's memory where the browser can play the file as it is."""
    name = access.facts.name
    path = songs.song_path(name, song.id)
    with path.open("rb") as stream:
        kind = player.browser_format(stream.read(64))
    if kind:
        ticket = uploader.ticket(access.facts, access.code).signed(tickets.PLAY)
        st.audio(visitors.own_url(f"{tickets.PLAY}/{name}/{song.id}?ticket={ticket}"), kind)
    else:
        st.audio(cached.track_audio(path, path.stat().st_mtime), "audio/wav")


def _show_changes(access: Access, chosen: list[Song]) -> None:
    ids, what = tuple(song.id for song in chosen), counted(len(chosen), "song")
    name = access.facts.name
    version = cached.songs_version(chosen)
    moving, naming = st.columns(2)
    with moving.form(f"songs_move_{version}", border=False):
        st.selectbox("Move to the genre", access.facts.genres, key=_GENRE)
        st.form_submit_button(f"Move {what}", on_click=change, args=(name, ids, _move))
    artists = {song.artist for song in chosen}
    with naming.form(f"songs_artist_{version}", border=False):
        st.text_input(
            "Artist",
            artists.pop() if len(artists) == 1 else "",
            key=f"{_ARTIST}_{version}",
            max_chars=LONGEST_ARTIST,
            help="An artist split keeps all songs of an artist on one side.",
        )
        set_artist = partial(_set_artist, key=f"{_ARTIST}_{version}")
        st.form_submit_button(f"Set the artist of {what}", on_click=change, args=(name, ids, set_artist))
    if len(chosen) == 1:
        with naming.form(f"songs_name_{version}", border=False):
            st.text_input("Name", chosen[0].name, key=f"{_NAME}_{version}", max_chars=LONGEST_FILE_NAME)
            rename = partial(_rename, key=f"{_NAME}_{version}")
            st.form_submit_button("Rename the song", on_click=change, args=(name, ids, rename))
    moving.button(
        f"Remove {what}",
        icon=":material/delete:",
        key="songs_remove",
        on_click=change,
        args=(name, ids, songs.remove_songs),
    )


def _move(name: str, ids: tuple[str, ...]) -> None:
    songs.move_songs(name, ids, st.session_state[_GENRE])


def _set_artist(name: str, ids: tuple[str, ...], key: str) -> None:
    songs.set_artist(name, ids, st.session_state[key])


def _rename(name: str, ids: tuple[str, ...], key: str) -> None:
    for id_ in ids:
        songs.rename_song(name, id_, st.session_state[key])


def change(name: str, ids: tuple[str, ...], apply: Callable[[str, tuple[str, ...]], None]) -> None:
    """Change songs, if the visitor may."""
    try:
        access = choice.access(name)
        if not all(may_change(access, songs.song(name, id_)) for id_ in ids):
            raise GenreLabError("Only who has added a song, or has made the dataset, can change it.")
        apply(name, ids)
    except GenreLabError as error:
        following.refused(error, KEY)
