"""Join a quiz by its number, or choose the settings of a new one."""

from functools import partial

import streamlit as st

from genre_core.audio.example_songs import ExampleSong
from genre_core.classroom import (
    CLIP_COUNTS,
    HIGHEST_NUMBER,
    SEGMENT_COUNTS,
    ClipSource,
    QuizConfig,
    example_songs,
    synthetic_songs,
)
from genre_core.runs import RunInfo
from ui import audio_folder, cached, downloads, lessons, run_picker, shell
from ui.quiz import common, session
from ui.state import Keys

_SOURCES: dict[str, ClipSource] = {
    "Test set of the run": "test",
    "Example songs": "examples",
    "Synthetic songs": "synthetic",
}
"""What clips can be cut from, by label: stored lessons hold the label."""
_NUMBER, _FOLDER = "quiz_number", "quiz_folder"
_LONG_SEGMENT_S = 10
"""From this length on, a clip is one segment."""


def show() -> None:
    """Show both, with the message of the quiz that could not be entered."""
    st.markdown(
        "Guess the genre of short clips, alone or as a class, and compare your answers with the predictions of a run."
    )
    if message := st.session_state[Keys.QUIZ_MESSAGE]:
        st.session_state[Keys.QUIZ_MESSAGE] = None
        shell.show_problem(message)
    # "Press Enter to submit form" would cover the number that was typed; steps of one make no sense for it.
    hidden = ("InputInstructions", "stNumberInputStepDown", "stNumberInputStepUp")
    selector = ", ".join(f".st-key-{_NUMBER} [data-testid={part}]" for part in hidden)
    st.html(f"<style>{selector} {{ display: none; }}</style>")
    if lessons.shows("join"):
        with st.form("quiz_join"), st.container(horizontal=True, vertical_alignment="bottom"):
            # At the top, for the phones of a class.
            st.number_input(
                "Quiz number",
                1,
                HIGHEST_NUMBER,
                value=None,
                key=_NUMBER,
                placeholder="4 digits",
                format="%d",
                width=200,
            )
            st.form_submit_button("Join", icon=":material/login:", on_click=_join)
    st.subheader("Start a new quiz")
    _show_settings()


def _join() -> None:
    session.join(st.session_state[_NUMBER])


def _show_settings() -> None:
    info = run_picker.choose()
    has_audio = cached.has_audio(info.name)
    labels = list(_SOURCES)
    label = lessons.choose(
        "songs",
        labels,
        partial(st.segmented_control, "Clips from", labels, required=True),
        key=f"quiz_songs_{has_audio}",
        default=labels[0] if has_audio else labels[1] if example_songs(info.genres) else labels[2],
    )
    source = _SOURCES[label]
    with st.container(horizontal=True, gap="medium"):
        numbers = partial(st.segmented_control, "Number of clips", CLIP_COUNTS, required=True, persist_state="session")
        n_clips = lessons.choose("clips", CLIP_COUNTS, numbers, key="quiz_clips")
        segment_s = cached.segment_seconds(info.name)
        counts = SEGMENT_COUNTS if segment_s < _LONG_SEGMENT_S else SEGMENT_COUNTS[:1]
        lengths = partial(
            st.segmented_control,
            "Clip length",
            counts,
            format_func=lambda count: f"{count * segment_s:.0f} s",
            required=True,
            persist_state="session",
        )
        n_segments = lessons.choose(
            "segments",
            counts,
            lengths,
            key=f"quiz_segments_{len(counts)}",
            default=counts[min(1, len(counts) - 1)],
        )
    possible = _show_source(source, info, has_audio)
    settings = QuizConfig(info.name, 1, int(n_clips), int(n_segments), source)
    if possible:
        cached.prepare_next_quiz(settings)
    with st.container(horizontal=True):
        ways = [("Play alone", "play_arrow", False), ("Play as a class", "groups", True)]
        for way, icon, screen in ways if lessons.shows("class") else ways[:1]:
            st.button(
                way,
                type="secondary" if screen else "primary",
                icon=f":material/{icon}:",
                on_click=session.start,
                args=(settings, screen),
                disabled=not possible,
            )
    if source == "test":
        _show_audio_folder(info, has_audio)
    common.show_run(info, source)


def _show_audio_folder(info: RunInfo, has_audio: bool) -> None:
    """Say where the audio of the test set is looked for, and how to get it."""
    if not audio_folder.can_be_named():
        if not has_audio:
            st.info("The audio of this run's test set is not on this server.", icon=":material/folder_off:")
    elif has_audio:
        with st.popover("Audio folder", icon=":material/folder:", type="tertiary"):
            audio_folder.ask(info.genres, _FOLDER)
    else:
        st.info(
            "The audio of this run's test set was not found; Genre Lab ships without it. If it is on the computer "
            "that runs Genre Lab, enter a folder with one subfolder per genre.",
            icon=":material/folder_open:",
        )
        audio_folder.ask(info.genres, _FOLDER)
    if not has_audio:
        downloads.offer(cached.evaluation(info.name).track.tolist(), _FOLDER)


def _show_source(source: ClipSource, info: RunInfo, has_audio: bool) -> bool:
    """Say what the clips are cut from; whether there are any."""
    if source == "test":
        return has_audio
    songs = example_songs(info.genres) if source == "examples" else synthetic_songs(info.genres)
    genres = dict.fromkeys(str(song.genre) if isinstance(song, ExampleSong) else song.style for song in songs)
    if not songs:
        st.caption(f"This run has none of the genres of the {source.removesuffix('s')} songs; choose another run.")
    elif source == "examples":
        st.caption(f"Real music that comes with Genre Lab: {len(songs)} songs, {_enumeration(list(genres))}.")
    else:
        st.caption(
            f"Synthetic songs are no real music: a program imitates {_enumeration(list(genres))} with simple rules. "
            "Predictions may be worse than for real music."
        )
    return bool(songs)


def _enumeration(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
