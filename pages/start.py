"""Start: what can be done here, something to play with, and why an accuracy needs its split."""

import streamlit as st

from genre_core.errors import GenreLabError
from genre_core.figures import explore as figures
from genre_core.figures.formatting import score
from genre_core.runs import PAPER, RunInfo
from ui import cached, shell, text

_SPLITS = {
    PAPER: ("Split at random", "Pieces of one song fall on both sides, as in the paper."),
    "paper-track": ("Split by track", "A song is either learnt from or tested on, never both."),
}
_LINKS = {
    "pages/explore.py": ("Explore", "scatter_plot", "See how features differ between genres."),
    "pages/listen.py": ("Listen", "hearing", "Take one song apart: see it, and hear its voice alone."),
    "pages/train.py": ("Train", "tune", "Turn the sliders of a network and watch it learn."),
    "pages/evaluate.py": ("Evaluate", "grid_on", "Find the clips that were taken for another genre."),
    "pages/compare.py": ("Compare", "compare_arrows", "Set runs side by side: which is better, and is it luck?"),
    "pages/predict.py": ("Predict", "music_note", "Drop in a song and see its genre as it plays."),
    "pages/quiz.py": ("Quiz", "quiz", "Guess the genre of clips, alone or as a class, against a run."),
}

_LINKS_IN_ROW = 4


def _show_songs() -> None:
    try:
        dataset = cached.bundled_dataset()
        paths = cached.track_paths(dataset)
    except GenreLabError as error:
        st.info(f"The map is missing: {error}", icon=":material/info:")
        return
    st.subheader(f"{len(paths.track)} songs on a map")
    st.caption(
        "Near dots sound alike, as far as 58 features can hear. Press Play: every song moves as its 30 seconds go by, "
        "and most stay close to themselves."
    )
    segment_s = dataset.segment_samples / dataset.feature_set.rate
    st.plotly_chart(figures.moving_tracks(paths, segment_s), key="start_map", config=text.NO_BAR)


def _show_accuracies() -> None:
    st.subheader("One network, two answers")
    st.caption("How often is the genre of a 3-second piece right? It depends on what the network was tested on.")
    infos: dict[str, RunInfo] = {}
    for name in _SPLITS:
        try:
            infos[name] = cached.run(name).info
        except GenreLabError as error:
            st.info(str(error), icon=":material/info:")
    for cell, (name, info) in zip(st.columns(2), infos.items(), strict=False):
        title, meaning = _SPLITS[name]
        counts = info.counts
        with cell.container(border=True, height="stretch"):
            st.metric(title, score(info.scores.accuracy))
            st.caption(
                f"{meaning} {counts.test_segments} test segments of {counts.test_tracks} songs, "
                f"{counts.shared_tracks or 'none'} of which it had learnt from."
            )
    if len(infos) == len(_SPLITS):
        st.caption(
            "A song resembles itself more than its genre. That is why no accuracy here stands without its split."
        )
        st.page_link("pages/evaluate.py", label="See what the split does", icon=":material/call_split:")


shell.enter()
st.title("Genre Lab")
st.markdown(
    "See and hear how a machine tells music genres apart. Compare what it measures in songs, train a network of your "
    "own and look into its mistakes. Then drop in a song and see what it makes of it, and how far to trust the answer."
)
links = list(_LINKS.items())
for first in range(0, len(links), _LINKS_IN_ROW):
    for cell, (path, (label, icon, promise)) in zip(st.columns(_LINKS_IN_ROW), links[first:], strict=False):
        with cell.container(border=True, height="stretch"):
            st.page_link(path, label=f"**{label}**", icon=f":material/{icon}:")
            st.caption(promise)
map_side, accuracy_side = st.columns([3, 2], gap="large")
with map_side:
    _show_songs()
with accuracy_side:
    _show_accuracies()
