"""Tie a player to the timeline above it: a line shows the position, and a click on the timeline plays from there.

Both happen in the browser, without a request to the server.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_SCOPE = "genre_lab_playhead"
_MOST_MOVE_PX = 8  # between press and release of a click; a longer way is a swipe

_SCRIPT = """
export default function () {
    if (window.genreLabPlayhead) return;
    window.genreLabPlayhead = true;
    const scopeOf = (element) => element.closest && element.closest("[class*=st-key-SCOPE]");
    const seconds = (scope) => {
        const plot = scope.querySelector(".js-plotly-plot");
        return plot && plot.layout && plot.layout.xaxis.range.map(Number);
    };
    const show = (audio) => {
        const scope = scopeOf(audio), range = scope && seconds(scope);
        const plot = scope && scope.querySelector(".js-plotly-plot"), area = scope && scope.querySelector(".nsewdrag");
        if (!range || !area) return;
        let line = plot.querySelector(".genre-lab-playhead");
        if (!line) {
            line = document.createElement("div");
            line.className = "genre-lab-playhead";
            line.style.cssText = "position:absolute;width:2px;background:#e03131;pointer-events:none;z-index:5";
            plot.style.position = "relative";
            plot.appendChild(line);
        }
        const outer = plot.getBoundingClientRect(), inner = area.getBoundingClientRect();
        const share = (audio.currentTime - range[0]) / (range[1] - range[0]);
        line.style.left = `${inner.left - outer.left + share * inner.width}px`;
        line.style.top = `${inner.top - outer.top}px`;
        line.style.height = `${inner.height}px`;
    };
    const follow = (audio) => {
        show(audio);
        if (!audio.paused && audio.isConnected) requestAnimationFrame(() => follow(audio));
    };
    for (const kind of ["play", "seeked", "timeupdate"]) {
        document.addEventListener(kind, ({ target }) => {
            if (!(target instanceof HTMLAudioElement)) return;
            if (kind !== "play") return show(target);
            for (const other of document.querySelectorAll("audio")) if (other !== target) other.pause();
            follow(target);
        }, true);
    }
    let pressed = null;
    document.addEventListener("pointerdown", (event) => {
        const area = event.target.closest && event.target.closest(".nsewdrag");
        const scope = area && scopeOf(area);
        pressed = scope ? { scope, area, x: event.clientX, y: event.clientY } : null;
    }, true);
    document.addEventListener("pointerup", (event) => {
        const begun = pressed;
        pressed = null;
        if (!begun || Math.hypot(event.clientX - begun.x, event.clientY - begun.y) > MOST_MOVE) return;
        const audio = begun.scope.querySelector("audio"), range = seconds(begun.scope);
        if (!audio || !range) return;
        const area = begun.area.getBoundingClientRect();
        audio.currentTime = range[0] + (event.clientX - area.left) / area.width * (range[1] - range[0]);
        audio.play();
    }, true);
}
""".replace("SCOPE", _SCOPE).replace("MOST_MOVE", str(_MOST_MOVE_PX))


@contextmanager
def tied(key: str) -> Iterator[None]:
    """A container for one figure whose x axis is in seconds, and one player."""
    with st.container(key=f"{_SCOPE}_{key}"):
        _component()(key=f"playhead_{key}", height=1)
        yield


@st.cache_resource(show_spinner=False)
def _component() -> ComponentRenderer:
    return st.components.v2.component("genre_lab_playhead", js=_SCRIPT)
