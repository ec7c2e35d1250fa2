"""Open a gathered dataset to the class, share it, rename it, download it and delete it."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from genre_core import escaping
from genre_core.datasets.gathered import songs, store
from genre_core.datasets.gathered.facts import LONGEST_TITLE, GatheredDataset
from genre_core.errors import GenreLabError
from genre_core.wording import counted, size_text
from ui import cached, qr, tickets, visitors
from ui.gathering import choice, following, uploader
from ui.gathering.choice import Access

_TITLE, _EXPORT = "management_title", "management_export"
"""The new title; what was asked for as a ZIP file: dataset and state of its songs."""


def show(access: Access) -> None:
    """What can be done with the dataset as a whole."""
    facts = access.facts
    with st.container(horizontal=True):
        if access.may_change and visitors.is_served():
            with st.popover("Open to the class", icon=":material/group_add:"):
                _show_code(facts)
        if access.may_change and st.button("Rename", icon=":material/edit:", key="management_rename"):
            _rename(facts)
        version = cached.songs_version(songs.list_songs(facts.name))
        st.button(
            "Download (ZIP)",
            icon=":material/folder_zip:",
            key="management_export_button",
            on_click=_ask_for_file,
            args=(facts.name, version),
        )
        if access.may_change and st.button("Delete", icon=":material/delete:", key="management_delete"):
            _confirm_deletion(facts, len(songs.list_songs(facts.name)))
    if access.may_change and visitors.is_served():
        _show_sharing(facts)
    if st.session_state.get(_EXPORT) == (facts.name, version):
        _show_file(access)


def _show_code(facts: GatheredDataset) -> None:
    """The code by which others add songs, or the button that makes one."""
    if not facts.code:
        st.markdown("Everyone who has the code or the link sees the dataset and adds songs to it, live.")
        st.button(
            "Show a code",
            type="primary",
            key="management_open",
            on_click=_change,
            args=(facts.name, partial(store.open_to_class, facts.name)),
        )
        return
    st.markdown(f"Code of the dataset: **{facts.code}**")
    qr.show(visitors.public_url(f"dataset?code={facts.code}"), "Link for the class")
    st.button(
        "Close the dataset",
        icon=":material/lock:",
        key="management_close",
        on_click=_change,
        args=(facts.name, partial(store.close, facts.name)),
        help="Nobody else adds songs any more. What was added stays.",
    )


def _show_sharing(facts: GatheredDataset) -> None:
    key = f"management_share_{facts.name}"
    st.session_state[key] = facts.shared
    st.toggle(
        "Share with the class",
        key=key,
        on_change=lambda: _change(facts.name, lambda: store.share_dataset(facts.name, st.session_state[key])),
        help="All visitors see the dataset, hear its songs and can train on it; only you can change it.",
    )


@st.dialog("Rename the dataset")
def _rename(facts: GatheredDataset) -> None:
    with st.form("management_form", border=False):
        st.text_input("Title", facts.title, key=_TITLE, max_chars=LONGEST_TITLE)
        save = partial(_change, facts.name, lambda: store.rename_dataset(facts.name, st.session_state[_TITLE]))
        if st.form_submit_button("Save", type="primary", on_click=save):
            st.rerun()


@st.dialog("Delete the dataset")
def _confirm_deletion(facts: GatheredDataset, n_songs: int) -> None:
    st.markdown(f"**{escaping.markdown(facts.title)}** with {counted(n_songs, 'song')}")
    st.caption("Its songs are deleted. Runs that were trained on it stay. This can't be undone.")
    delete = partial(store.delete_dataset, facts.name)
    with st.container(horizontal=True):
        confirmed = st.button(
            "Delete the dataset", type="primary", key="management_confirm", on_click=_change, args=(facts.name, delete)
        )
        if st.button("Cancel", key="management_cancel") or confirmed:
            st.rerun()


def _ask_for_file(name: str, version: str) -> None:
    st.session_state[_EXPORT] = (name, version)


def _show_file(access: Access) -> None:
    """How far the ZIP file is, and then its link: it is too large for a button of Streamlit, which holds it in
    memory."""
    name = access.facts.name
    job = cached.export_songs(name, songs.list_songs(name))
    if following.show(job, "Writing the ZIP file", "management_export"):
        file = cached.songs_file(name)
        if file.is_file():
            ticket = uploader.ticket(access.facts, access.code).signed(tickets.DOWNLOAD)
            url = visitors.own_url(f"{tickets.DOWNLOAD}/{name}?ticket={ticket}")
            label = f"Save the ZIP file ({size_text(file.stat().st_size)})"
            st.link_button(label, url, icon=":material/download:")


def _change(name: str, change: Callable[[], object]) -> None:
    """Change a dataset, if the visitor may."""
    try:
        cached.own_gathered(name)
        change()
    except GenreLabError as error:
        following.refused(error, choice.KEY)
