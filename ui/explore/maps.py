"""The section "Projection": maps on which segments with similar features are close together."""

import time
from functools import partial

import streamlit as st

from genre_core.datasets import Dataset
from genre_core.exploration import MAX_TSNE_SEGMENTS, PROJECTION_METHODS, Projection
from genre_core.figures import explore as figures
from ui import cached, lessons, shell, text
from ui.explore import selection

TSNE_SECONDS_PER_SEGMENT = 0.004


@st.fragment
@shell.messages()
def show(dataset: Dataset, genres: tuple[str, ...]) -> None:
    methods = partial(st.segmented_control, "Method", PROJECTION_METHODS, required=True, persist_state="session")
    method = lessons.choose("method", PROJECTION_METHODS, methods, key="explore_method", default="PCA")
    if method == "PCA":
        st.caption(
            "Principal component analysis projects all features to the two directions with the largest variance. "
            "Segments with similar features are close together."
        )
        _show_projection(dataset, cached.pca_projection(dataset), genres)
        return
    st.caption(
        "t-SNE keeps similar segments together, but not the distances between groups: read its clusters, not how far "
        "apart they are."
    )
    job = cached.tsne(dataset)
    if job.running:
        _await_tsne(dataset)
    elif job.result is not None:
        _show_projection(dataset, job.result, genres)
    else:
        shell.show_problem(job.problem or f"The projection could not be computed; {text.SEE_LOG}.")
        if st.button("Try again", icon=":material/refresh:", key="explore_tsne_again"):
            cached.tsne.restart(dataset)
            st.rerun()


@st.fragment(run_every=0.5)
def _await_tsne(dataset: Dataset) -> None:
    job = cached.tsne(dataset)
    if not job.running:
        st.rerun()
    if job.place:
        st.progress(0.0, cached.waiting_text(job, "Computing the projection"))
        return
    seconds = time.monotonic() - job.began
    expected = TSNE_SECONDS_PER_SEGMENT * min(len(dataset.values), MAX_TSNE_SEGMENTS)
    st.progress(min(seconds / expected, 0.95), f"Computing the projection: {seconds:.0f} of about {expected:.0f} s")


def _show_projection(dataset: Dataset, shown: Projection, genres: tuple[str, ...]) -> None:
    if len(shown.rows) < len(dataset.values):
        st.caption(
            f"A sample of {len(shown.rows)} of the {len(dataset.values)} segments, stratified by genre: t-SNE takes "
            f"too long with more than {MAX_TSNE_SEGMENTS}."
        )
    rows = selection.show_figure(f"explore_projection_{shown.method}", figures.projection, dataset, shown, genres)
    selection.show_list(dataset, rows)
