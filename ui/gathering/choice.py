"""Which gathered dataset the page shows: one of the visitor's, one that is shared, or one whose code they know."""

from dataclasses import dataclass

import streamlit as st

from genre_core import escaping
from genre_core.datasets.gathered import store
from genre_core.datasets.gathered.facts import LONGEST_TITLE, GatheredDataset
from genre_core.errors import GenreLabError
from ui import cached, visitors
from ui.gathering import following

_CHOSEN, _CODES, _ADDRESS = "gathering_dataset", "gathering_codes", "gathering_address"
"""Name of the dataset; codes that the visitor knows, by name of the dataset; the address as last written."""
_TITLE, _GENRES, _CODE = "gathering_title", "gathering_genres", "gathering_code"
KEY = "gathering"
"""Of messages on the page as a whole."""


@dataclass(frozen=True)
class Access:
    """A dataset, and what the visitor may do with it."""

    facts: GatheredDataset
    code: str
    """By which the visitor adds songs to the dataset of another; empty if they know none."""

    @property
    def may_change(self) -> bool:
        """Whether it is the visitor's own."""
        return visitors.current().may_change(self.facts)

    @property
    def may_add(self) -> bool:
        """Whether the visitor may add songs."""
        return store.may_add(self.facts, visitors.current(), self.code)


def access(name: str) -> Access:
    """A dataset as it is now.  Raises GenreLabError if there is none that the visitor may see."""
    facts = store.dataset_facts(name)
    found = Access(facts, _codes().get(name, ""))
    if not (visitors.current().may_see(facts) or found.may_add):
        raise GenreLabError("This dataset was deleted, or is open no more.")
    return found


def choose() -> Access | None:
    """Show the choice of a dataset and the form for a new one; returns the chosen one, None without any."""
    following.show_refusal(KEY)
    _read_address()
    datasets = _datasets()
    if not datasets:
        st.subheader("New dataset")
        _show_form()
        if visitors.is_served():
            st.subheader("A dataset of the class")
            _ask_code()
        return None
    if st.session_state.get(_CHOSEN) not in datasets:
        st.session_state[_CHOSEN] = next(iter(datasets))
    labels = _labels(datasets)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Dataset", list(datasets), format_func=labels.__getitem__, key=_CHOSEN, width=420)
        with st.popover("New dataset", icon=":material/add:"):
            _show_form()
        if visitors.is_served():
            with st.popover("Enter a code", icon=":material/group_add:"):
                _ask_code()
    name = st.session_state[_CHOSEN]
    if name not in datasets:  # a browser may answer with any text
        return None
    _write_address(name)
    return Access(datasets[name], _codes().get(name, ""))


def _datasets() -> dict[str, GatheredDataset]:
    """The datasets that the visitor may see or add to, by name."""
    found = {facts.name: facts for facts in cached.visible_gathered()}
    for name, code in list(_codes().items()):
        if name in found:
            continue
        try:
            facts = store.dataset_facts(name)
        except GenreLabError:
            continue
        if store.may_add(facts, visitors.current(), code):
            found[name] = facts
    return found


def _labels(datasets: dict[str, GatheredDataset]) -> dict[str, str]:
    """What each dataset is called, no two the same."""
    mine = visitors.current().id
    texts = {}
    for name, facts in datasets.items():
        whose = "" if facts.owner == mine else " · shared with the class" if facts.shared else " · of another visitor"
        texts[name] = f"{escaping.visible(facts.title)}{whose}"
    known = list(texts.values())
    return {name: f"{text} · {name[-4:]}" if known.count(text) > 1 else text for name, text in texts.items()}


def _show_form() -> None:
    """The form for a new dataset."""
    with st.form("gathering_form", border=False):
        st.text_input("Title", key=_TITLE, max_chars=LONGEST_TITLE, placeholder="Music of our class")
        st.text_input(
            "Genres, separated by commas",
            key=_GENRES,
            placeholder="blues, classical, rock",
            help="Two to twenty. They can be changed later. Leave it empty if you have a ZIP file of genre folders.",
        )
        st.form_submit_button("Create the dataset", type="primary", on_click=_create)


def _create() -> None:
    state = st.session_state
    genres = [genre.strip() for genre in state[_GENRES].split(",") if genre.strip()]
    try:
        facts = store.create_dataset(state[_TITLE].strip() or "My dataset", genres, visitors.current().id)
    except GenreLabError as error:
        following.refused(error, KEY)
        return
    state[_CHOSEN], state[_TITLE], state[_GENRES] = facts.name, "", ""


def _ask_code() -> None:
    """The form for the code of a dataset of the class."""
    with st.form("gathering_code_form", border=False):
        st.text_input("Code of a dataset", key=_CODE, max_chars=20, help="Who gathers a dataset with others shows it.")
        st.form_submit_button("Add songs to it", on_click=_enter)


def _enter() -> None:
    _join(st.session_state[_CODE])
    st.session_state[_CODE] = ""


def _join(code: str) -> None:
    """Look at the dataset with a code, and keep the code."""
    try:
        facts = store.with_code(code)
    except GenreLabError as error:
        following.refused(error, KEY)
        return
    st.session_state[_CODES] = _codes() | {facts.name: facts.code}
    st.session_state[_CHOSEN] = facts.name


def _codes() -> dict[str, str]:
    codes: dict[str, str] = st.session_state.get(_CODES, {})
    return codes


def _read_address() -> None:
    """Look at the dataset of an address that the visitor has opened (`?dataset=NAME` or `?code=CODE`)."""
    dataset, code = st.query_params.get("dataset", ""), st.query_params.get("code", "")
    if (dataset, code) == st.session_state.get(_ADDRESS, ("", "")):
        return
    st.session_state[_ADDRESS] = (dataset, code)
    if code:
        _join(code)
        following.show_refusal(KEY)
    elif dataset in _datasets():
        st.session_state[_CHOSEN] = dataset


def _write_address(name: str) -> None:
    """Name the dataset in the address: by its code, so that a reload finds it again, or by its name."""
    code = _codes().get(name, "")
    wanted = {"code": code} if code else {"dataset": name}
    st.session_state[_ADDRESS] = (wanted.get("dataset", ""), code)
    if {key: st.query_params.get(key) for key in ("dataset", "code") if key in st.query_params} != wanted:
        st.query_params.from_dict(wanted)
