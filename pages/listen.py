"""Listen: one song, or two side by side: what can be seen of it, its parts to hear, and a verdict on each."""

import html
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from genre_core import datasets, escaping, storage
from genre_core.audio import synthesis
from genre_core.audio.separation import MIX, STEMS, Stem
from genre_core.audio.spectrograms import (
    HOPS,
    LEAST_RANGE_DB,
    MOST_RANGE_DB,
    SPECTROGRAM_KINDS,
    WAVELETS,
    WINDOWS,
    SpectrogramConfig,
)
from genre_core.errors import GenreLabError
from genre_core.features import stem_of
from genre_core.figures import listen as figures
from genre_core.figures.formatting import clock, percent
from genre_core.figures.theme import genre_colors
from genre_core.jobs import BackgroundTask
from genre_core.prediction import SongPrediction
from genre_core.runs import RunInfo
from ui import cached, player, run_picker, shell, text
from ui.cached import StemPredictions, Stretch

LONGEST_S, USUAL_S, SHORTEST_S = 60, 30, 4
LONGEST_NAME = 18
TASKS = "listen_tasks"
"""The judging of the parts that this visitor looks at."""
POLL_S = 0.6
OWN_FAULT = "The parts could not be judged because of an error of Genre Lab's own; its log says more."
BESIDE = ("Nothing", "Another part", "Another song")
SOURCES = {
    "Example": ":material/music_note: Example",
    "Upload": ":material/upload: Upload",
    "Folder": ":material/folder_open: Folder",
}
SPLIT_DESCRIPTIONS: dict[Stem, str] = {
    "mix": "As it was recorded.",
    "vocals": "What moves like a voice.",
    "instruments": "The mix without its vocals.",
    "harmonic": "What is held: notes.",
    "percussive": "What strikes: drums, plucks, consonants.",
}


@dataclass(frozen=True)
class Song:
    """What is listened to."""

    name: str
    digest: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Heard:
    """A stretch of a song, and which part of it is seen."""

    song: Song
    stretch: Stretch
    stem: Stem

    @property
    def title(self) -> str:
        """In two short lines, fit for a phone."""
        name = self.song.name if len(self.song.name) <= LONGEST_NAME else f"{self.song.name[: LONGEST_NAME - 1]}…"
        return f"{name}<br>{text.STEMS[self.stem].lower()}"


def show() -> None:
    st.title("Listen")
    st.markdown(
        "See what a machine sees of a song, and hear what it is made of: vocals and instruments, held notes and "
        "strokes. Your songs are not stored."
    )
    left, right = st.columns(2, gap="large")
    with left:
        song = choose_song("Song", "first", synthesis.TROUBADOUR.name)
    with right:
        beside = st.segmented_control(
            "Set beside it", BESIDE, default=BESIDE[0], required=True, key="listen_beside", persist_state="session"
        )
        other = choose_song("The other song", "second", "furnace") if beside == "Another song" else None
        info = run_picker.choose("PredictedSong by")
    if song is None:
        st.info("Choose a song to listen to.", icon=":material/hearing:")
        return
    songs = [song] if other is None else [song, other]
    stretches = choose_stretch(songs)
    see(songs, stretches, beside)
    hear(songs, stretches, info)


def choose_song(label: str, slot: str, default: str) -> Song | None:
    """A song from one of the sources; None while none is chosen, or what was chosen can't be heard."""
    source = st.segmented_control(
        label,
        list(SOURCES),
        format_func=SOURCES.__getitem__,
        default="Example",
        required=True,
        key=f"listen_source_{slot}",
        persist_state="session",
    )
    with shell.messages():
        song = {"Example": example, "Upload": upload, "Folder": folder_track}[source](slot, default)
        if song is not None:
            try:
                cached.decoded(song.digest, song.content)
            except GenreLabError as error:
                st.error(f"**{escaping.markdown(song.name)}**: {error}", icon=":material/error:")
                return None
        return song
    return None


def example(slot: str, default: str) -> Song | None:
    titles = {each.name: each.title for each in (synthesis.TROUBADOUR, *synthesis.SONGS)}
    name = st.pills(
        "A synthetic song",
        list(titles),
        format_func=titles.__getitem__,
        default=default,
        required=True,
        key=f"listen_example_{slot}",
        persist_state="session",
        wrap=True,
    )
    st.caption(synthesis.song(name).description)
    return song_of(f"example-{name}", titles[name], cached.demo_song(name))


def upload(slot: str, default: str) -> Song | None:
    file = st.file_uploader("Your song", player.FORMATS, key=f"listen_file_{slot}")
    return song_of(file.file_id, file.name, file.getvalue()) if file else None


def folder_track(slot: str, default: str) -> Song | None:
    folder = storage.read_settings().get("audio_folder")
    if not folder:
        st.info("No folder of music is named yet. Name one in Explore, below *Use other data*.", icon=":material/info:")
        st.page_link("pages/explore.py", label="Name a folder", icon=":material/folder_open:")
        return None
    tracks = datasets.list_tracks(Path(folder))
    track = st.selectbox(
        f"A track in {folder}", list(tracks), index=None, key=f"listen_track_{slot}", placeholder="Choose a track"
    )
    if track is None:
        return None
    modified = tracks[track].stat().st_mtime
    return song_of(f"{tracks[track]}-{modified}", track, cached.folder_track(tracks[track], modified))


def song_of(key: str, name: str, content: bytes) -> Song:
    return Song(name, cached.content_digest(key, content), content)


def choose_stretch(songs: list[Song]) -> list[Stretch]:
    """The seconds that are listened to, the same of each song."""
    durations_s = [cached.decoded(song.digest, song.content).duration_s for song in songs]
    end_s = int(min(durations_s))
    start, end = 0, end_s
    if end_s > SHORTEST_S:
        start, end = st.slider(
            "Seconds" if len(songs) == 1 else "Seconds of both songs",
            0,
            end_s,
            (0, min(end_s, USUAL_S)),
            key=f"listen_stretch_{'_'.join(song.digest[:8] for song in songs)}",
            help=f"Seen, heard and judged is this stretch: {SHORTEST_S} to {LONGEST_S} seconds.",
        )
    start, end = fitted(start, end, end_s)
    st.caption(f"Listening to {clock(start)} to {clock(end)} of {clock(max(durations_s))}.")
    return [Stretch(song.digest, start, end) for song in songs]


def fitted(start: int, end: int, end_s: int) -> tuple[int, int]:
    """The stretch nearest to the chosen one that is neither too short nor too long."""
    start = max(0, min(start, end_s - SHORTEST_S))
    return start, min(max(end, start + min(SHORTEST_S, end_s)), start + LONGEST_S)


@st.fragment
def see(songs: list[Song], stretches: list[Stretch], beside: str) -> None:
    """The figure and its settings."""
    with shell.messages():
        st.subheader("To see")
        columns = st.columns(2)
        stems = [choose_stem(columns[0], "Part", "first", MIX)]
        if beside == "Another part":
            stems.append(choose_stem(columns[1], "Beside it", "second", "vocals"))
        config, wavelet = choose_pictures()
        if len(songs) > 1:
            shown = [Heard(song, stretch, stems[0]) for song, stretch in zip(songs, stretches, strict=True)]
        else:
            shown = [Heard(songs[0], stretches[0], stem) for stem in stems]
        seen = {
            f"{place}. {heard.title}" if len(shown) > 1 else heard.title: cached.seen(
                heard.stretch, heard.stem, config, wavelet, heard.song.content
            )
            for place, heard in enumerate(shown, start=1)
        }
        for song, stretch in zip(songs, stretches, strict=True):
            pulse = cached.beats(stretch, song.content)
            name = escaping.markdown(song.name)
            if len(pulse.times_s):
                st.markdown(
                    f"**{pulse.tempo_bpm:.0f} beats a minute** in {name}: {len(pulse.times_s)} beats, the red lines "
                    "over the wave."
                )
            else:
                st.markdown(f"No pulse is heard in {name}.")
        st.plotly_chart(
            figures.overview(seen),
            key="listen_overview",
            config={"displaylogo": False, "modeBarButtonsToRemove": ["autoScale2d", "select2d", "lasso2d"]},
            alt="Waveform with beats, spectrogram and scalogram over time.",
        )
        st.caption(
            f"Top: waveform. Middle: {config.kind} spectrogram. Bottom: scalogram ({WAVELETS[wavelet]} wavelet), fine "
            "in time for high notes and fine in pitch for low ones. Bright is loud; black is "
            f"{config.range_db} dB or more below the loudest. Drag sideways to zoom in, double-click to zoom out: all "
            "go together."
        )


def choose_stem(place: st.delta_generator.DeltaGenerator, label: str, slot: str, default: Stem) -> Stem:
    return place.pills(
        label,
        STEMS,
        format_func=text.STEMS.__getitem__,
        default=default,
        required=True,
        key=f"listen_stem_{slot}",
        persist_state="session",
        wrap=True,
    )


def choose_pictures() -> tuple[SpectrogramConfig, str]:
    left, middle, right = st.columns([3, 2, 1], vertical_alignment="bottom")
    kind = left.segmented_control(
        "Spectrogram", SPECTROGRAM_KINDS, default="mel", required=True, key="listen_kind", persist_state="session"
    )
    wavelet = middle.selectbox(
        "Wavelet of the scalogram",
        list(WAVELETS),
        format_func=WAVELETS.__getitem__,
        key="listen_wavelet",
        persist_state="session",
    )
    with right.popover("Finer", icon=":material/tune:", width="stretch"):
        range_db = st.slider(
            "Range (dB)", LEAST_RANGE_DB, MOST_RANGE_DB, 80, 10, key="listen_range", persist_state="session"
        )
        window = st.select_slider(
            "Window (samples)",
            WINDOWS,
            2048,
            key="listen_window",
            persist_state="session",
            disabled=kind == "constant-Q",
            help="Long windows tell notes apart, short ones strokes. 22 050 samples are a second.",
        )
        hop = st.select_slider("Hop (samples)", HOPS, 512, key="listen_hop", persist_state="session")
    return SpectrogramConfig(kind, window, min(hop, window), range_db), wavelet


def hear(songs: list[Song], stretches: list[Stretch], info: RunInfo) -> None:
    """A player for each part with the verdict on it."""
    st.subheader("To hear")
    tasks = [
        cached.predict_stems(stretch, info.name, song.content) for song, stretch in zip(songs, stretches, strict=True)
    ]
    for task in st.session_state.get(TASKS, []):
        if task not in tasks:
            task.stop()  # of a stretch that nobody here looks at any more
    st.session_state[TASKS] = tasks
    busy = any(task.running for task in tasks)
    st.fragment(show_predictions, run_every=POLL_S if busy else None)(songs, stretches, tasks, info, busy)
    for place, (cell, song, stretch) in enumerate(
        zip(st.columns(len(songs), gap="large"), songs, stretches, strict=True)
    ):
        with cell:
            if len(songs) > 1:
                st.markdown(f"**{escaping.markdown(song.name)}**")
            for row in ((MIX,), ("vocals", "instruments"), ("harmonic", "percussive")):
                for part, stem in zip(st.columns(len(row) if len(songs) == 1 else 1) * 2, row, strict=False):
                    with part.container(border=True):
                        show_player(song, stretch, stem, place)
    with st.expander("Train on one part alone", icon=":material/tune:"):
        st.markdown(
            "In Explore, below *Use other data*, a folder of music can be read part by part: the features are then "
            "those of its instruments alone, say, and a run that is trained on them takes the instruments out of "
            "whatever it judges. On the command line: `python -m genre_core extract FOLDER --part instruments`."
        )


def show_player(song: Song, stretch: Stretch, stem: Stem, place: int) -> None:
    sound = cached.stem_audio(stretch, stem, song.content)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{text.STEMS[stem]}**  \n:gray[{SPLIT_DESCRIPTIONS[stem]}]", width="content")
        st.download_button(
            "WAV",
            sound,
            f"{Path(song.name).stem}.{stem}.wav",
            "audio/wav",
            key=f"listen_download_{place}_{stem}",
            help=f"{text.STEMS[stem]} as a WAV file",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )
    with st.container(key=f"listen_player_{place}_{stem}"):
        st.audio(sound, "audio/wav")


def show_predictions(
    songs: list[Song],
    stretches: list[Stretch],
    tasks: list[BackgroundTask[StemPredictions]],
    info: RunInfo,
    busy: bool,
) -> None:
    """What the run says of each part, side by side, as soon as it is known."""
    with shell.messages():
        if busy and not any(task.running for task in tasks):
            st.rerun()  # so that the page stops looking again
        for place, (cell, song, stretch, task) in enumerate(
            zip(st.columns(len(songs), gap="large"), songs, stretches, tasks, strict=True)
        ):
            with cell:
                if task.running:
                    show_progress(task, place)
                elif task.result is not None:
                    show_answers(task.result, info, place)
                else:
                    st.info(task.problem or OWN_FAULT, icon=":material/info:")
                    if st.button("Judge the parts", icon=":material/play_arrow:", key=f"listen_judge_{place}"):
                        cached.predict_stems(stretch, info.name, song.content, anew=True)
                        st.rerun()
        st.caption(
            f"PredictedSong by **{escaping.markdown(info.title or info.name)}**, which named {percent(info.scores.accuracy)} "
            f"of the segments right {text.where(info)}. {what_it_hears(info)}"
        )


def what_it_hears(info: RunInfo) -> str:
    stem = stem_of(info.features)
    if stem == MIX:
        return "It has learnt from whole mixes, so what it says of a part alone shows what it listens to, no more."
    return f"It has learnt from the {stem} alone, and takes them out of whatever it is given."


def show_progress(task: BackgroundTask[StemPredictions], place: int) -> None:
    bar, button = st.columns([4, 1], vertical_alignment="bottom")
    bar.progress(task.done / (task.total or 1), f"BatchConfig the parts: {task.done} of {len(STEMS)} done")
    if button.button("Stop", icon=":material/stop:", key=f"listen_stop_{place}", disabled=task.stopped):
        task.stop()


def show_answers(answers: StemPredictions, info: RunInfo, place: int) -> None:
    colors = genre_colors(info.genres)
    known = {stem: answer for stem, answer in answers.items() if isinstance(answer, SongPrediction)}
    cells = "".join(
        f'<div style="flex:1 1 5rem;border-left:0.35rem solid {colors[prediction.genre]};padding-left:0.6rem">'
        f'<div style="opacity:0.7">{text.STEMS[stem]}</div>'
        f'<div style="font-size:1.25rem;font-weight:600">{html.escape(prediction.genre)}</div>'
        f"<div>{percent(prediction.probabilities[prediction.genre])}</div></div>"
        for stem, prediction in known.items()
    )
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:0.8rem">{cells}</div>')
    for stem, answer in answers.items():
        if isinstance(answer, str):
            st.warning(f"{text.STEMS[stem]}: {answer}", icon=":material/warning:")
    if known:
        with st.expander("Every genre in every part", icon=":material/grid_on:"):
            st.plotly_chart(
                figures.predictions({text.STEMS[stem]: prediction for stem, prediction in known.items()}),
                key=f"listen_verdicts_{place}",
                config=text.NO_BAR,
            )


shell.enter()
with shell.messages():
    show()
