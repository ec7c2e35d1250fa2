"""Join a quiz by its number, or choose the settings of a new one."""

from functools import partial

import streamlit as st

from genre_core.classroom import CLIP_COUNTS, HIGHEST_NUMBER, SEGMENT_COUNTS, synthetic_songs
from genre_core.runs import RunInfo
from ui import audio_folder, cached, downloads, lessons, run_picker, shell
from ui.quiz import common, session
from ui.state import Keys

_TEST_SET, _SYNTHETIC = "Test set of the run", "Synthetic songs"
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
    sources = (_TEST_SET, _SYNTHETIC)
    source = lessons.choose(
        "songs",
        sources,
        partial(st.segmented_control, "Clips from", sources, required=True),
        key=f"quiz_songs_{has_audio}",
        default=_TEST_SET if has_audio else _SYNTHETIC,
    )
    synthetic = source == _SYNTHETIC
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
    possible = _show_synthetic(info) if synthetic else has_audio
    with st.container(horizontal=True):
        ways = [("Play alone", "play_arrow", False), ("Play as a class", "groups", True)]
        for label, icon, screen in ways if lessons.shows("class") else ways[:1]:
            st.button(
                label,
                type="secondary" if screen else "primary",
                icon=f":material/{icon}:",
                on_click=session.start,
                args=(info.name, int(n_clips), int(n_segments), synthetic, screen),
                disabled=not possible,
            )
    if not audio_folder.can_be_named():
        if not has_audio:
            st.info("The audio of this run's test set is not on this server.", icon=":material/folder_off:")
    elif has_audio:
        with st.popover("Audio folder", icon=":material/folder:", type="tertiary"):
            audio_folder.ask(info.genres, _FOLDER)
    else:
        st.info(
            "The audio of this run's test set was not found; Genre Lab ships without audio. If it is on the computer "
            "that runs Genre Lab, enter a folder with one subfolder per genre.",
            icon=":material/folder_open:",
        )
        audio_folder.ask(info.genres, _FOLDER)
    if not has_audio:
        downloads.offer(cached.evaluation(info.name).track.tolist(), _FOLDER)
    common.show_run(info, synthetic)


def _show_synthetic(info: RunInfo) -> bool:
    """Say what the synthetic songs are; whether there are any with a genre of the run."""
    genres = [song.style for song in synthetic_songs(info.genres)]
    st.caption(
        f"Synthetic songs imitate {_enumeration(genres)} with simple rules; predictions may be worse than for real "
        "music."
        if genres
        else "This run has none of the genres of the synthetic songs; choose another run."
    )
    return bool(genres)


def _enumeration(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
