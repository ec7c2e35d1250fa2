"""Figures as PNG and SVG: the bar of every figure downloads its picture, with the page's background.

The size is in `ui.text.CHART`.  Plotly's button knows one format and no background. This module puts a button for SVG
beside it and, while Plotly copies the figure for either, gives it the color of the page, since figures themselves
are transparent and the light text of the dark theme would be lost on white paper.
"""

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_SCRIPT = """
export default function () {
    if (window.genreLabFigureDownloads) return;
    window.genreLabFigureDownloads = true;
    // Plotly shows the bar to a pointer alone.
    const style = document.createElement("style");
    style.textContent = ".js-plotly-plot .modebar--hover:focus-within { opacity: 1 !important; }";
    document.head.appendChild(style);
    let format = "png";
    const FONTS = "Arial, Helvetica, sans-serif";  // a picture cannot load those of the page
    const PNG = ".modebar-btn[data-title*=PNG]";
    const plotOf = (element) => element.closest && element.closest(".js-plotly-plot");
    const nameOf = (plot) => {
        const keyed = plot.closest("[class*=st-key-]");
        const key = keyed && [...keyed.classList].find((name) => name.startsWith("st-key-"));
        return key ? `genre-lab-${key.slice(7).replace(/[^A-Za-z0-9]+/g, "-").slice(0, 60)}` : "genre-lab";
    };
    const addSvg = ({ target }) => {
        const plot = plotOf(target), png = plot && plot.querySelector(PNG);
        if (!png || plot.querySelector(".genre-lab-svg")) return;
        const button = png.cloneNode(false);
        button.classList.add("genre-lab-svg");
        button.textContent = "SVG";
        button.style.cssText += ";font:600 11px sans-serif;vertical-align:top;color:inherit";
        for (const name of ["data-title", "aria-label"]) button.setAttribute(name, "Download as SVG");
        for (const name of ["data-title", "aria-label"]) png.setAttribute(name, "Download as PNG");
        button.addEventListener("click", () => {
            format = "svg";
            png.click();
            format = "png";
        });
        png.after(button);
    };
    for (const kind of ["pointerover", "pointerdown", "focusin"]) document.addEventListener(kind, addSvg, true);
    document.addEventListener("click", ({ target }) => {
        const png = target.closest && target.closest(PNG), plot = png && plotOf(png);
        if (!plot) return;
        const page = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
        const { paper_bgcolor, font } = plot.layout, options = plot._context.toImageButtonOptions;
        Object.assign(plot.layout, { paper_bgcolor: page, font: { ...font, family: FONTS } });
        plot._context.toImageButtonOptions = { ...options, format, filename: nameOf(plot) };
        setTimeout(() => {  // Plotly has copied the figure by then
            Object.assign(plot.layout, { paper_bgcolor, font });
            plot._context.toImageButtonOptions = options;
        });
    }, true);
}
"""


def enable() -> None:
    """Install the buttons; called once for every page."""
    _component()(key="figure_downloads", height=1)


@st.cache_resource(show_spinner=False)
def _component() -> ComponentRenderer:
    return st.components.v2.component("genre_lab_figure_downloads", js=_SCRIPT)
