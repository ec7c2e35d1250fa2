"""Make the first tap on a figure count.

On a click, Plotly selects the point that the pointer was over before it.  A finger is over nothing before it taps, so
that a tap would select the point of the previous tap.  This module lets every touch begin with a move of the pointer.
"""

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_SCRIPT = """
export default function () {
    if (window.genreLabTaps) return;
    window.genreLabTaps = true;
    document.addEventListener("touchstart", (event) => {
        const figure = event.target.closest && event.target.closest(".nsewdrag");
        if (!figure || event.touches.length !== 1) return;
        const { clientX, clientY } = event.touches[0];
        figure.dispatchEvent(new MouseEvent("mousemove", { clientX, clientY, bubbles: true, view: window }));
    }, { capture: true, passive: true });
}
"""


def enable_taps() -> None:
    """Install the listener; called once on a page whose figures are clicked."""
    _component()(key="touch_taps", height=1)


@st.cache_resource(show_spinner=False)
def _component() -> ComponentRenderer:
    return st.components.v2.component("genre_lab_taps", js=_SCRIPT)
