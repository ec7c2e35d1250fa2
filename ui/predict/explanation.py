"""Explanations of a prediction, and predictions with shifted features."""

import itertools

import streamlit as st

from genre_core import escaping
from genre_core.features import feature_set
from genre_core.figures import decision_tree as tree_figure
from genre_core.figures import predict as figures
from genre_core.models.config import TreeConfig
from genre_core.prediction import SongPrediction, explanation
from genre_core.prediction.explanation import Contribution
from genre_core.runs import RunInfo
from genre_core.wording import clock, counted, percent
from ui import cached
from ui.cached import SongResult
from ui.text import CHART

_TREE_LEVELS = 5
"""Questions in a row that are drawn of a decision tree."""
_FIRST_SHIFTS = 3
"""Number of sliders before other features are chosen."""


def show(song: str, result: SongResult, info: RunInfo) -> None:
    """The explanation of one genre; `song` is the key of the song and its settings."""
    if isinstance(info.config, TreeConfig):
        _show_tree(song, result, info)
    shares = result.prediction.probabilities
    genre = st.selectbox("Genre to explain", sorted(shares, key=lambda one: -shares[one]), key="predict_explained")
    if feature_set(info.features).is_picture:
        _show_blocks(song, genre, result, info)
    else:
        _show_contributions(song, genre, result, info)


def _show_tree(song: str, result: SongResult, info: RunInfo) -> None:
    """The tree of the run with the path of a segment, which is also listed."""
    tree = cached.decision_tree(info.name)
    place = _choose_segment(result.prediction, 0, f"predict_path_{song}")
    values = result.values[place]
    path = tree.path(values)
    st.plotly_chart(
        cached.figure(tree_figure.decision_tree, tree, info.genres, tuple(path), _TREE_LEVELS),
        config=CHART,
        key="predict_tree",
        alt="The decision tree with the path of the segment, whose questions are listed below.",
    )
    deeper = f" Only the first {_TREE_LEVELS} questions are drawn." if tree.depth > _TREE_LEVELS else ""
    st.caption(
        "The decision tree of the run with the path of the segment. Each node has the color and symbol of the most "
        f"common genre of the training segments that come there; “yes” goes to the left.{deeper}"
    )
    given = dict(zip(tree.columns, values.tolist(), strict=True))
    lines = [
        f"{number}. {escaping.markdown(tree_figure.question(node))}? {'Yes' if after == node.low else 'No'}: "
        f"{given[node.column]:.4g}"
        for number, (node, after) in enumerate(
            ((tree.nodes[i], after) for i, after in itertools.pairwise(path)), start=1
        )
    ]
    leaf = tree.nodes[path[-1]]
    st.markdown("\n".join(lines))
    st.markdown(
        f"**{escaping.markdown(leaf.genre)}**: {percent(leaf.share)} of the "
        f"{counted(leaf.segments, 'training segment')} that come here."
    )


def _choose_segment(prediction: SongPrediction, first: int, key: str) -> int:
    """A slider for a segment of the song; returns its place."""
    segments = prediction.segments
    return st.select_slider(
        "Segment",
        range(len(segments)),
        first,
        format_func=lambda i: f"{clock(segments[i].start_s)} to {clock(segments[i].end_s)}",
        key=key,
    )


def _show_contributions(song: str, genre: str, result: SongResult, info: RunInfo) -> None:
    explained = cached.explain(info.name, song, genre, result)
    st.caption(
        "Occlusion: each feature was replaced by its mean over the training set, and the song was predicted again. An "
        f"effect of +1 means that the feature doubles the odds of {escaping.markdown(genre)}; -1 halves them. "
        "Correlated features hide each other, so effects do not add up."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Feature groups**")
        st.plotly_chart(
            cached.figure(figures.contributions, explained.groups, genre), config=CHART, key="predict_groups"
        )
    with right:
        st.markdown("**Single features**")
        st.plotly_chart(
            cached.figure(figures.contributions, explained.features, genre), config=CHART, key="predict_features"
        )
    columns = feature_set(info.features).columns
    if any(column.startswith("embedding_") for column in columns):
        st.caption(
            "The embedding's features have no names. In quotes is the tag with which each is most associated; “high” "
            "or “low” compares the song with the training set."
        )
    if any(column.startswith("lab_") for column in columns):
        st.caption("“lab_jazz” is the probability of jazz that Genre Lab's CNN (run lab-cnn) predicts, and so on.")


def _show_blocks(song: str, genre: str, result: SongResult, info: RunInfo) -> None:
    segments = result.prediction.segments
    place = _choose_segment(
        result.prediction, result.prediction.most_probable_segment(genre), f"predict_segment_{song}_{genre}"
    )
    explained = cached.explain_picture(info.name, song, genre, place, result)
    span_s = feature_set(info.features).time_span(
        segments[place].start_s, segments[place].end_s, result.prediction.duration_s
    )
    st.plotly_chart(
        figures.occlusion(result.values[place], explained, *span_s),
        config=CHART,
        key="predict_picture",
    )
    st.caption(
        "Occlusion: each block was replaced by its mean over the training set, and the segment was predicted again. "
        f"Green blocks count for {escaping.markdown(genre)}, red ones against it; an effect of +1 doubles the odds. "
        "Low frequencies are at the bottom."
    )


def show_what_if(song: str, result: SongResult, info: RunInfo) -> None:
    """Sliders that shift features of the song, and the prediction for the shifted features."""
    if feature_set(info.features).is_picture:
        st.info("This run uses pictures, which have no features to shift; choose another run.", icon=":material/info:")
        return
    explained = cached.explain(info.name, song, result.prediction.genre, result)
    # All outputs of Genre Lab's CNN, shifted together, cancel out.
    parts = {
        part.name: part
        for part in sorted((*explained.groups, *explained.features), key=lambda one: -abs(one.effect))
        if len(part.columns) == 1 or not part.columns[0].startswith("lab_")
    }
    chosen = st.multiselect(
        "Features to shift",
        list(parts),
        list(parts)[:_FIRST_SHIFTS],
        format_func=lambda name: _title(parts[name]),
        key=f"predict_shifted_{info.name}",
    )
    st.caption(
        "Shift features by standard deviations of the training set and see how the prediction changes. The lines on "
        "the bars show the unchanged song."
    )
    left, right = st.columns(2, gap="medium")
    shifts: dict[str, float] = {}
    with left:
        for name in chosen:
            shift = st.slider(
                _title(parts[name]),
                -explanation.MOST_SHIFT,
                explanation.MOST_SHIFT,
                0.0,
                0.25,
                key=f"predict_shift_{info.name}_{name}",
            )
            for column in parts[name].columns:
                shifts[column] = shifts.get(column, 0.0) + shift
    shifted = explanation.what_if(
        cached.run(info.name), result.values[result.prediction.is_counted], result.n_effective, shifts
    )
    shares = dict(zip(info.genres, map(float, shifted), strict=True))
    with right:
        genre = max(shares, key=lambda name: shares[name])
        which = "shifted features" if any(shifts.values()) else "unchanged song"
        st.markdown(f"Predicted genre ({which}): **{escaping.markdown(genre)}**")
        st.plotly_chart(
            figures.probabilities(shares, result.prediction.probabilities),
            config=CHART,
            key="predict_what_if",
        )


def _title(part: Contribution) -> str:
    return (
        f"{part.name} ({len(part.columns)} features)" if len(part.columns) > 1 else explanation.column_title(part.name)
    )
