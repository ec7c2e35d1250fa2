"""Three things to try, each a click that shows something surprising within seconds."""

from collections.abc import Callable

import streamlit as st

from genre_core.errors import GenreLabError
from genre_core.runs import PAPER_RUN
from genre_core.wording import percent
from ui import cached
from ui.start import pictures
from ui.state import Keys

_LEARNING = {
    "model": "mlp",
    "features": "paper",
    "layers": "256,128",
    "dropout": "0.0",
    "epochs": "80",
    "batch_size": "32",
    "split": "track",
}
"""A network that fits its training set within seconds, as the address of Train."""


def show() -> None:
    """Show them side by side."""
    split, change, learning = st.columns(3)
    with split.container(border=True, height="stretch"):
        _show_split()
    with change.container(border=True, height="stretch"):
        _show_card(
            "change",
            "A song that changes its genre",
            "Real music that goes from classical to metal: play it, and see the prediction change with it.",
            "Predict the song",
            ":material/music_note:",
            _open_song,
        )
    with learning.container(border=True, height="stretch"):
        _show_card(
            "learning",
            "A network that learns",
            "Train a small network and watch: it soon predicts its training set without errors, but not the test set.",
            "Train a network",
            ":material/play_arrow:",
            _train,
        )


def _show_split() -> None:
    try:
        share = percent(cached.run(PAPER_RUN).info.scores.track_accuracy)
    except GenreLabError:
        return  # the section on accuracies says what is missing
    _show_card(
        "split",
        f"The {share} that is not",
        f"With a random split, a network predicts {share} of the tracks correctly. See what a track split leaves.",
        "See the effect of the split",
        ":material/call_split:",
        _open_split,
    )


def _show_card(picture: str, title: str, text: str, label: str, icon: str, open_page: Callable[[], None]) -> None:
    pictures.show(picture)
    st.markdown(f"**{title}**")
    st.caption(text)
    if st.button(label, icon=icon, type="primary", key=f"start_{picture}", width="stretch"):
        open_page()


def _open_split() -> None:
    st.switch_page("pages/evaluate.py", query_params={"run": PAPER_RUN})


def _open_song() -> None:
    st.switch_page("pages/predict.py", query_params={"example": "classical-to-metal"})


def _train() -> None:
    st.session_state[Keys.DATASET] = cached.bundled_dataset()
    # Not in the address: a link that someone else made must not start work.
    st.session_state[Keys.START_TRAINING] = True
    st.switch_page("pages/train.py", query_params=_LEARNING)
