"""Start: things to try, links to its pages, a projection of the dataset, the effect of a split."""

from pathlib import Path

import streamlit as st

import ui.loading  # first: see there
from genre_core.errors import GenreLabError
from genre_core.evaluation import interval_text
from genre_core.figures import explore as figures
from genre_core.runs import PAPER_RUN, RunInfo
from genre_core.wording import score
from ui import cached, shell, text
from ui.start import pictures, trying

_PAGES = {
    "pages/explore.py": ("Explore", "scatter_plot", "Compare features across genres and check the dataset for faults."),
    "pages/dataset.py": ("Your dataset", "library_music", "Gather songs in genres of your own and train on them."),
    "pages/listen.py": ("Listen", "hearing", "View the spectrogram and scalogram of a song and play its stems."),
    "pages/train.py": ("Train", "tune", "Choose a model and its settings, train it and watch the learning curves."),
    "pages/evaluate.py": ("Evaluate", "grid_on", "Inspect the scores and the confusion matrix of a run."),
    "pages/compare.py": ("Compare", "compare_arrows", "Compare the accuracy of runs, with confidence intervals."),
    "pages/predict.py": ("Predict", "music_note", "Predict the genre of your own songs, segment by segment."),
    "pages/quiz.py": ("Quiz", "quiz", "Guess the genre of clips, alone or as a class, against a run."),
}
"""Label, icon and description of each page."""
_LINKS_IN_ROW = 4
_SPLITS = {
    PAPER_RUN: ("Random split", "Segments of one track are in both the training set and the test set"),
    "paper-track": ("Track split", "All segments of a track are either in the training set or in the test set"),
}
"""Name and meaning of the split of each run that is shown."""


def _show_projection() -> None:
    try:
        dataset = cached.bundled_dataset()
        paths = cached.track_paths(dataset)
    except GenreLabError as error:
        shell.show_problem(f"The projection cannot be shown: {error}", kind="info")
        return
    segment_s = dataset.segment_samples / dataset.feature_set.rate
    st.subheader(f"Projection of {len(paths.track)} tracks")
    st.caption(
        "Each dot is a track of GTZAN-mini; tracks with similar features are close to each other (58 features, "
        "projected by principal component analysis). Press Play to move the dots from segment to segment."
    )
    with ui.loading.importing_pandas:
        figure = cached.figure(figures.moving_tracks, paths, segment_s)
        st.plotly_chart(figure, key="start_projection", config=text.CHART)


def _show_accuracies() -> None:
    st.subheader("One network, two accuracies")
    st.caption(
        "The network of a student paper that reports 90 % on GTZAN was trained twice on GTZAN-mini. Only the split "
        "into training set and test set differs."
    )
    infos: dict[str, RunInfo] = {}
    for name in _SPLITS:
        try:
            infos[name] = cached.run(name).info
        except GenreLabError as error:
            shell.show_problem(str(error), kind="info")
    for column, (name, info) in zip(st.columns(2), infos.items(), strict=False):
        split, meaning = _SPLITS[name]
        counts = info.counts
        with column.container(border=True, height="stretch"):
            st.metric(
                split,
                score(info.scores.accuracy),
                f"95 % CI {interval_text('accuracy', info.ci95['accuracy'])}",
                delta_color="off",
                delta_arrow="off",
                help="Accuracy (segments): the share of test segments whose genre is predicted correctly, with its "
                "95 % confidence interval (CI).",
            )
            st.caption(
                f"{meaning}: {counts.shared_tracks} of {counts.test_tracks} test tracks were also used for training "
                f"({counts.test_segments} test segments)."
            )
    if len(infos) == len(_SPLITS):
        st.caption(
            "The difference is data leakage: with the random split, the network recognizes tracks from the training "
            "set. Every accuracy in Genre Lab is therefore shown with its split."
        )
        st.page_link(
            "pages/evaluate.py",
            label="Evaluate the effect of the split",
            icon=":material/call_split:",
            query_params={"run": PAPER_RUN},
        )


shell.enter()
st.title("Genre Lab")
st.markdown(
    "Explore how machines classify music by genre: compare features, train a model, inspect its errors, and predict "
    "the genre of your own songs."
)
st.subheader("Try it")
trying.show()
st.subheader("Pages")
pages = list(_PAGES.items())
for first in range(0, len(pages), _LINKS_IN_ROW):
    for column, (path, (label, icon, description)) in zip(st.columns(_LINKS_IN_ROW), pages[first:], strict=False):
        with column.container(border=True, height="stretch"):
            pictures.show(Path(path).stem)
            st.page_link(path, label=f"**{label}**", icon=f":material/{icon}:")
            st.caption(description)
projection_column, accuracy_column = st.columns([3, 2], gap="large")
with accuracy_column:
    _show_accuracies()
with projection_column:  # last: a browser shows nothing else while it loads Plotly
    _show_projection()
