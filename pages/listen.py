"""Listen: the spectrograms and the stems of one song, or of two side by side, with predictions for each stem."""

from functools import partial

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from genre_core.audio import synthesis
from ui import cached, lessons, run_picker, shell
from ui import songs as own_songs
from ui.lessons import panel
from ui.listen import excerpts, mixer, overview, songs, stems

NOTHING, STEM, SONG = "Nothing", "Another stem", "Another song"
SECOND_EXAMPLE = "furnace"


def show() -> None:
    st.title("Listen")
    lessons.begin("listen")
    st.markdown(
        "See the spectrogram and the scalogram of a song, mix its stems (vocals, accompaniment, harmonic and "
        "percussive) while it plays, and see the predicted genre of each segment. "
        f"{own_songs.how_long_kept()}"
    )
    left, right = st.columns(2, gap="medium")
    with left:
        song = songs.choose("Song", "first", synthesis.TROUBADOUR.name)
    with right:
        options = (NOTHING, STEM, SONG)
        control = partial(st.segmented_control, "Compare with", options, required=True, persist_state="session")
        compare = lessons.choose("compare", options, control, key="listen_compare")
        other = songs.choose("Second song", "second", SECOND_EXAMPLE) if compare == SONG else None
        info = run_picker.choose()
    if song is None:
        st.info("Choose a song.", icon=":material/music_note:")
        return
    chosen = [song] if other is None else [song, other]
    chosen_excerpts = excerpts.choose(chosen)
    jobs = [cached.separate(excerpt, song.read) for song, excerpt in zip(chosen, chosen_excerpts, strict=True)]
    if cached.ready(jobs, "Separating the stems"):
        separated = [job.get() for job in jobs]
        predicting = stems.predict(chosen_excerpts, separated, info)
        busy = any(job.running for job in predicting)  # asked before the player shows what is predicted
        mixer.show(chosen, chosen_excerpts, separated, predicting, info, compare_stems=compare == STEM)
        overview.show(chosen, chosen_excerpts, separated, compare_stems=compare == STEM)
        stems.show(chosen, chosen_excerpts, separated, predicting, info, busy=busy)


shell.enter()
with shell.messages():
    show()
panel.show()
