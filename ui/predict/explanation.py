"""Why a run says what it says of a song: what each part speaks for, and what it would say if a part were otherwise."""

import streamlit as st

from genre_core import escaping
from genre_core.features import feature_set
from genre_core.figures import predict as figures
from genre_core.figures.formatting import clock
from genre_core.prediction import explanation
from genre_core.prediction.explanation import Contribution
from genre_core.runs import RunInfo
from ui import cached
from ui.cached import Heard
from ui.text import NO_BAR

_FIRST_MOVES = 3
"""Sliders that are there before another part is chosen."""


def show(song: str, heard: Heard, info: RunInfo) -> None:
    """The reasons; `song` tells the song, as it was judged, from all others."""
    if feature_set(info.features).is_picture:
        _show_picture(song, heard, info)
        return
    genre = st.selectbox("Why", _ranked(heard), key="predict_why", format_func="Why {}?".format)
    told = cached.explanation(info.name, song, genre, heard)
    st.caption(
        "Each part was put where it is on average in what the run learned from, and the run was asked again. With +1 "
        f"the part, as it is here, doubles the odds for {escaping.markdown(genre)}, with -1 it halves them. TrainingData that "
        "say the same hide each other, so the bars don't add up."
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Groups of features**")
        st.plotly_chart(figures.contributions(told.groups, genre), config=NO_BAR, key="predict_groups")
    with right:
        st.markdown("**Single features**")
        st.plotly_chart(figures.contributions(told.features, genre), config=NO_BAR, key="predict_features")
    columns = feature_set(info.features).columns
    if any(column.startswith("embedding_") for column in columns):
        st.caption(
            "A number of the embedding has no name; in quotes stands the tag that it counts most for, and before it "
            "whether the song has much of that or little."
        )
    if any(column.startswith("lab_") for column in columns):
        st.caption(
            "“lab_jazz” is what the lab's network, which looks at pictures of the sound, gives to jazz; and so on."
        )


def show_what_if(song: str, heard: Heard, info: RunInfo) -> None:
    """Sliders that move parts of the song, and the verdict that moves with them."""
    if feature_set(info.features).is_picture:
        st.info("A picture has no features to move; choose a run on numbers.", icon=":material/info:")
        return
    told = cached.explanation(info.name, song, heard.prediction.genre, heard)
    # All answers of a network, moved together, cancel out.
    every = sorted((*told.groups, *told.features), key=lambda part: -abs(part.effect))
    parts = {part.name: part for part in every if len(part.columns) == 1 or not part.columns[0].startswith("lab_")}
    chosen = st.multiselect(
        "What to move",
        list(parts),
        list(parts)[:_FIRST_MOVES],
        format_func=lambda name: _title(parts[name]),
        key=f"predict_moved_{info.name}",
    )
    st.caption(
        "Each part is moved by so many standard deviations of what the run learned from; the marks on the bars are "
        "the song as it is."
    )
    left, right = st.columns(2, gap="large")
    moves: dict[str, float] = {}
    with left:
        for name in chosen:
            by = st.slider(
                _title(parts[name]),
                -explanation.FARTHEST,
                explanation.FARTHEST,
                0.0,
                0.25,
                key=f"predict_move_{info.name}_{name}",
            )
            for column in parts[name].columns:
                moves[column] = moves.get(column, 0.0) + by
    moved = explanation.what_if(
        cached.run(info.name), heard.values[heard.prediction.is_counted], heard.n_separate, moves
    )
    shares = dict(zip(info.genres, map(float, moved), strict=True))
    with right:
        genre = max(shares, key=lambda name: shares[name])
        said = "It would be" if any(moves.values()) else "As it is:"
        st.markdown(f"{said} **{escaping.markdown(genre)}**.")
        st.plotly_chart(
            figures.probabilities(shares, heard.prediction.probabilities),
            config=NO_BAR,
            key="predict_what_if",
        )


def _show_picture(song: str, heard: Heard, info: RunInfo) -> None:
    genre = st.selectbox("Why", _ranked(heard), key="predict_why", format_func="Why {}?".format)
    segments = heard.prediction.segments
    surest = max(range(len(segments)), key=lambda i: segments[i].probabilities[genre])
    place = st.select_slider(
        "Segment",
        range(len(segments)),
        surest,
        format_func=lambda i: f"{clock(segments[i].start_s)} to {clock(segments[i].end_s)}",
        key=f"predict_segment_{song}_{genre}",
    )
    told = cached.picture_explanation(info.name, song, genre, place, heard)
    shown = feature_set(info.features).shown(
        segments[place].start_s, segments[place].end_s, heard.prediction.duration_s
    )
    st.plotly_chart(
        figures.picture_reasons(heard.values[place], told, *shown),
        config=NO_BAR,
        key="predict_picture",
    )
    st.caption(
        f"Each block was replaced by its average over the songs that the run learned from: green speaks for "
        f"{escaping.markdown(genre)}, red against, in doublings of the odds. Low notes lie below, high ones above."
    )


def _title(part: Contribution) -> str:
    return f"{part.name} ({len(part.columns)} numbers)" if len(part.columns) > 1 else explanation.described(part.name)


def _ranked(heard: Heard) -> list[str]:
    shares = heard.prediction.probabilities
    return sorted(shares, key=lambda genre: -shares[genre])
