"""The section "Projection": maps on which segments with similar features are close together."""

import time
from functools import partial

import streamlit as st

from genre_core import datasets
from genre_core.datasets import Dataset
from genre_core.exploration import MAX_TSNE_SEGMENTS, PROJECTION_METHODS, Projection, ProjectionMethod
from genre_core.figures import explore as figures
from ui import cached, lessons, shell, text
from ui.explore import selection

TSNE_SECONDS_PER_SEGMENT = 0.004
_OTHER = {"paper": "embedding", "embedding": "paper"}
"""The feature set whose map can stand beside that of another one."""
_NAMES = {"paper": "58 features", "embedding": "Embedding"}


@st.fragment
@shell.messages()
def show(dataset: Dataset, genres: tuple[str, ...]) -> None:
    """One map, or those of two feature sets side by side, with the same selection."""
    methods = partial(st.segmented_control, "Method", PROJECTION_METHODS, required=True, persist_state="session")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = lessons.choose("method", PROJECTION_METHODS, methods, key="explore_method", default="PCA")
        drag = selection.choose_mode()
        other = _OTHER.get(dataset.features) if _can_be_compared(dataset) else None
        beside = other and st.toggle(
            f"Map of the {_NAMES[other].lower()} beside it", key="explore_beside", persist_state="session"
        )
    if method == "PCA":
        st.caption(
            "Principal component analysis projects all features to the two directions with the largest variance. "
            "Segments with similar features are close together."
        )
    else:
        st.caption(
            "t-SNE keeps similar segments together, but not the distances between groups: read its clusters, not how "
            "far apart they are."
        )
    if not (other and beside):
        _show_map(dataset, method, genres, drag)
    else:
        shown = (dataset, cached.with_features(dataset, other))
        for cell, one in zip(st.columns(2, gap="medium"), shown, strict=True):
            with cell, shell.messages():
                st.markdown(f"**{_NAMES[one.features]}**")
                _show_map(one, method, genres, drag)
    selection.show_list(dataset, genres)


def _can_be_compared(dataset: Dataset) -> bool:
    """Whether the other features of its segments are at hand, or can be extracted from its audio."""
    return dataset.name == datasets.BUNDLED or bool(dataset.folder or dataset.gathered)


def _show_map(dataset: Dataset, method: ProjectionMethod, genres: tuple[str, ...], drag: str) -> None:
    if method == "PCA":
        _show_projection(dataset, cached.pca_projection(dataset), genres, drag)
        return
    job = cached.tsne(dataset)
    if job.running:
        _await_tsne(dataset)
    elif job.result is not None:
        _show_projection(dataset, job.result, genres, drag)
    else:
        shell.show_problem(job.problem or f"The projection could not be computed; {text.SEE_LOG}.")
        if st.button("Try again", icon=":material/refresh:", key=f"explore_tsne_again_{dataset.features}"):
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


def _show_projection(dataset: Dataset, shown: Projection, genres: tuple[str, ...], drag: str) -> None:
    if len(shown.rows) < len(dataset.values):
        st.caption(
            f"A sample of {len(shown.rows)} of the {len(dataset.values)} segments, stratified by genre: t-SNE takes "
            f"too long with more than {MAX_TSNE_SEGMENTS}."
        )
    key = f"explore_projection_{shown.method}_{dataset.features}"
    selection.show_figure(key, figures.projection, dataset, shown, genres, drag=drag)
