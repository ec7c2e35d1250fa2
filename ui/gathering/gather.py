"""The first step: name genres, and add songs to each, as files, folders, recordings or a ZIP file."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial

import streamlit as st

from genre_core import escaping
from genre_core.classroom import uploads
from genre_core.classroom.uploads import Upload
from genre_core.datasets.gathered import songs, store
from genre_core.datasets.gathered.facts import LONGEST_GENRE, GatheredDataset, Song
from genre_core.datasets.gathered.importing import ArchiveReport
from genre_core.errors import GenreLabError
from genre_core.visitors import most_dataset_bytes, most_song_bytes
from genre_core.wording import counted, listed, size_text
from ui import cached, recorder, shell, visitors
from ui.gathering import choice, following, uploader
from ui.gathering.choice import Access
from ui.state import visitor

_KEY = "gather"
_LIVE_S = 4.0
"""How often a dataset that is open to the class is looked at for songs of others."""
_NEWEST = 3


@st.fragment
@shell.messages()
def show(name: str) -> None:
    """The genres of a dataset with their songs; songs that arrive are shown without the rest of the page."""
    access = choice.access(name)
    facts, known = access.facts, songs.list_songs(name)
    following.show_refusal(_KEY)
    st.markdown(_summary(facts, known))
    if not access.may_add:
        st.caption("You see this dataset because it is shared with the class; only who has made it adds songs.")
    if access.may_change:
        _show_whole(access)
    by_genre = defaultdict(list)
    for song in known:
        by_genre[song.genre].append(song)
    columns = st.columns(2) if len(facts.genres) > 1 else [st.container()]
    for place, genre in enumerate(facts.genres):
        with columns[place % len(columns)].container(border=True):
            _show_genre(access, genre, by_genre[genre])
    if access.may_change:
        _show_new_genre(name)
    if access.may_add and facts.genres:
        _show_recorder(access)
    st.caption(_limits(facts))
    if facts.code or not access.may_change:
        st.fragment(_watch, run_every=_LIVE_S)(name, cached.songs_version(known), facts.genres)


def _summary(facts: GatheredDataset, known: list[Song]) -> str:
    size, most = sum(song.n_bytes for song in known), most_dataset_bytes(facts.owner)
    if not known:
        return "Add songs to at least two genres, then go on with *Check*."
    return (
        f"**{counted(len(known), 'song')}** in {counted(len({song.genre for song in known}), 'genre')} · "
        f"{size_text(size)} of {size_text(most)}"
    )


def _limits(facts: GatheredDataset) -> str:
    seen_by = "all who can see the dataset" if facts.shared or facts.code else "you"
    where = f"on this server, visible to {seen_by} and the operator," if visitors.is_served() else "on this computer"
    return (
        f"WAV, FLAC, OGG, MP3, M4A, AAC or AIFF; at most {size_text(most_song_bytes())} a song and "
        f"{size_text(most_dataset_bytes(facts.owner))} in all. Songs are kept {where} until you delete them. An upload "
        "goes on while you look at other pages, and after a break only the rest is sent."
    )


def _show_whole(access: Access) -> None:
    """The uploader for a ZIP file or a folder of genre folders, and how far an archive is."""
    facts = access.facts
    with st.expander("ZIP file or folder of genre folders", icon=":material/folder_zip:", expanded=not facts.genres):
        st.caption(
            "One subfolder for each genre, at any depth, as in Kaggle's archive of GTZAN; images and tables beside the "
            "songs are ignored. Folders inside a genre name the artist."
        )
        uploader.show(facts, "", access.code, _arrived)
    job = cached.archive_job(facts.name)
    if job and following.show(job, "Unpacking the archive", "gather_archive") and job.result:
        _show_report(facts.name, job.result)


def _arrived() -> None:
    """Nothing: this part of the page is shown again, with the new songs."""


def _show_report(name: str, report: ArchiveReport) -> None:
    """What was read of the last archive."""
    ignored = f"; {counted(report.ignored, 'other file')} ignored" if report.ignored else ""
    genres = escaping.markdown(listed(report.genres))
    st.success(f"Added {counted(report.added, 'song')}: {genres}{ignored}.", icon=":material/check:")
    if report.skipped:
        with st.expander(f"{counted(len(report.skipped), 'file')} skipped", icon=":material/warning:"):
            rows = [{"File": file, "Reason": reason} for file, reason in report.skipped.items()]
            st.dataframe(rows, hide_index=True)
    st.button("Close", key="gather_report_close", on_click=cached.forget_archive, args=(name,))


def _show_genre(access: Access, genre: str, known: list[Song]) -> None:
    """A genre with its songs, and what adds some."""
    with st.container(horizontal=True, vertical_alignment="center"):
        artists = {song.artist for song in known if song.artist}
        of = f" by {counted(len(artists), 'artist')}" if artists else ""
        st.markdown(f"**{escaping.markdown(genre)}** · {counted(len(known), 'song')}{of}", width="stretch")
        if access.may_change:
            with st.popover("Change", icon=":material/edit:", key=f"gather_change_{genre}"):
                _show_changes(access.facts.name, genre, len(known))
    if access.may_add:
        uploader.show(access.facts, genre, access.code, _arrived)
    if known:
        newest = [escaping.markdown(song.name) for song in known[: -_NEWEST - 1 : -1]]
        more = f" and {len(known) - _NEWEST} more" if len(known) > _NEWEST else ""
        st.caption(f"{', '.join(newest)}{more}")


def _show_changes(name: str, genre: str, n_songs: int) -> None:
    """Rename or remove a genre."""
    key = f"gather_name_{genre}"
    with st.form(f"gather_form_{genre}", border=False):
        st.text_input("Genre", genre, key=key, max_chars=LONGEST_GENRE)
        rename = partial(store.rename_genre, name, genre)
        st.form_submit_button("Rename", on_click=lambda: _change(name, lambda: rename(st.session_state[key])))
    with_songs = f" with {counted(n_songs, 'song')}" if n_songs else ""
    st.button(
        f"Remove the genre{with_songs}",
        icon=":material/delete:",
        key=f"gather_remove_{genre}",
        on_click=_change,
        args=(name, partial(store.remove_genre, name, genre)),
    )


def _show_new_genre(name: str) -> None:
    with st.form("gather_genre_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("New genre", key="gather_genre", max_chars=LONGEST_GENRE, width=260)
        st.form_submit_button("Add the genre", icon=":material/add:", on_click=_add_genre, args=(name,))


def _add_genre(name: str) -> None:
    genre, st.session_state["gather_genre"] = st.session_state["gather_genre"], ""
    _change(name, lambda: store.add_genre(name, genre))


def _show_recorder(access: Access) -> None:
    with st.expander("Record", icon=":material/mic:"):
        genre = st.selectbox("Genre of the recording", access.facts.genres, key="gather_record_genre")
        recorder.record("Recording", "gather_record", partial(_add_recordings, access, genre))


def _add_recordings(access: Access, genre: str, recordings: list[Upload]) -> None:
    """Move recordings from the visitor's songs to a genre; one that can't be added stays there."""
    who, name = visitors.current().id, access.facts.name
    for recording in recordings:
        try:
            if not choice.access(name).may_add:
                raise GenreLabError("The dataset is closed: nobody adds songs any more.")
            content = uploads.read(who, recording.id)
            cached.workers().submit(
                partial(songs.add_song, by=who),
                name,
                genre,
                recording.name,
                content,
                visitor=visitor(),
                urgent=True,
            ).get()
            uploads.remove(who, recording.id)
        except GenreLabError as error:
            following.refused(error, _KEY)


def _change(name: str, change: Callable[[], None]) -> None:
    """Change a dataset, if the visitor may."""
    try:
        cached.own_gathered(name)
        change()
    except GenreLabError as error:
        following.refused(error, _KEY)


def _watch(name: str, version: str, genres: tuple[str, ...]) -> None:
    """Show the page again when others have added songs."""
    with shell.messages():
        facts = choice.access(name).facts
        if cached.songs_version(songs.list_songs(name)) != version or facts.genres != genres:
            st.rerun()
