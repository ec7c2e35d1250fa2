"""The stored datasets in the dataset picker: choose one, and share, rename or delete one's own."""

from collections.abc import Callable

import streamlit as st

from genre_core import escaping
from genre_core.datasets import named, stored
from genre_core.datasets.gathered.facts import GatheredDataset
from genre_core.datasets.named import NamedDataset
from genre_core.errors import GenreLabError
from genre_core.features import FEATURE_SETS
from ui import cached, shell, visitors
from ui.text import features

_CHOSEN, _TITLE, _PROBLEM, _FEATURES = "stored_chosen", "stored_title", "stored_problem", "stored_features"


def show(use: Callable[[str, str], None]) -> None:
    """The visitor's datasets and those that are shared with the class.

    Parameters
    ----------
    use : called with the name of the dataset that is to be used, and for a gathered one its feature set.
    """
    if problem := st.session_state.pop(_PROBLEM, None):
        shell.show_problem(problem)
    datasets = {facts.name: facts for facts in cached.visible_datasets()}
    if not datasets:
        st.caption("No dataset is stored yet. Tables that you upload and songs that you gather are stored here.")
        return
    labels = _labels(list(datasets.values()))
    if st.session_state.get(_CHOSEN) not in datasets:
        st.session_state[_CHOSEN] = next(iter(datasets))
    chosen = st.selectbox("Dataset", list(datasets), format_func=labels.__getitem__, key=_CHOSEN)
    facts = datasets.get(chosen)
    if facts is None:  # a browser may answer with any text
        return
    own = visitors.current().may_change(facts)
    feature_set = ""
    if isinstance(facts, GatheredDataset):
        st.selectbox("Feature set", list(FEATURE_SETS), format_func=features, key=_FEATURES)
        feature_set = st.session_state[_FEATURES]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Use the dataset", on_click=use, args=(chosen, feature_set), key="stored_use")
        if own and st.button("Rename", icon=":material/edit:", key="stored_rename"):
            _rename(facts)
        if own and st.button("Delete", icon=":material/delete:", key="stored_delete"):
            _confirm_deletion(facts)
    if own and visitors.is_served():
        key = f"stored_share_{chosen}"
        st.session_state[key] = facts.shared
        st.toggle(
            "Share with the class",
            key=key,
            on_change=_share,
            args=(chosen, key),
            help="All visitors see the dataset and can train on it; only you can rename or delete it.",
        )


def _labels(datasets: list[NamedDataset]) -> dict[str, str]:
    """What each dataset is called, no two the same."""
    mine = visitors.current().id
    texts = {
        facts.name: " · ".join(
            [
                escaping.visible(facts.title),
                f"{max(named.size_bytes(facts) / 1e6, 0.1):.1f} MB",
                facts.created[:10],
                *([] if facts.owner == mine else ["shared with the class" if facts.shared else "of a visitor"]),
            ]
        )
        for facts in datasets
    }
    known = list(texts.values())
    return {name: f"{text} · {name[-4:]}" if known.count(text) > 1 else text for name, text in texts.items()}


@st.dialog("Rename the dataset")
def _rename(facts: NamedDataset) -> None:
    with st.form("stored_rename_form", border=False):
        st.text_input("Title", facts.title, key=_TITLE, max_chars=stored.LONGEST_TITLE)
        if st.form_submit_button("Save", type="primary", on_click=_save, args=(facts.name,)):
            st.rerun()


def _save(name: str) -> None:
    _change(name, lambda: named.rename_dataset(name, st.session_state[_TITLE]))


@st.dialog("Delete the dataset")
def _confirm_deletion(facts: NamedDataset) -> None:
    st.markdown(f"**{escaping.markdown(facts.title)}**")
    songs = "Its songs are deleted too. " if isinstance(facts, GatheredDataset) else ""
    st.caption(f"{songs}Runs that were trained on it stay. This can't be undone.")
    with st.container(horizontal=True):
        confirmed = st.button(
            "Delete the dataset", type="primary", key="stored_confirm", on_click=_delete, args=(facts.name,)
        )
        if st.button("Cancel", key="stored_cancel") or confirmed:
            st.rerun()


def _delete(name: str) -> None:
    _change(name, lambda: named.delete_dataset(name))


def _share(name: str, key: str) -> None:
    _change(name, lambda: named.share_dataset(name, st.session_state[key]))


def _change(name: str, change: Callable[[], None]) -> None:
    """Change a dataset, if the visitor may."""
    try:
        cached.own_dataset(name)
        change()
    except GenreLabError as error:
        st.session_state[_PROBLEM] = str(error)
