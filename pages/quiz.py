"""Quiz: guess the genre of clips against a run, alone or as a class."""

import html
from collections import Counter
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import streamlit as st

from genre_core import escaping
from genre_core.classroom import quiz
from genre_core.classroom.quiz import Quiz, QuizClip, QuizConfig, Result
from genre_core.classroom.rooms import QuizRoom
from genre_core.errors import ConfigError, GenreLabError
from genre_core.figures import quiz as figures
from genre_core.figures.formatting import clock, percent
from genre_core.figures.theme import genre_colors
from genre_core.runs import RunInfo
from ui import audio_folder, cached, run_picker, shell, text
from ui.quiz import address
from ui.state import Keys

MAKING_POLL_S, CLASS_POLL_S = 0.4, 2.0
FAR_REACHING = {"wide-mel", "lab"}
"""Features that hear more than their segment."""
LOCAL = ("localhost", "127.0.0.1", "::1")
OWN_FAULT = "The quiz could not be made because of an error of Genre Lab's own; its log says more."
ALONE, EVERYONE = "Yours", "Everyone's"
TESTED, SYNTHETIC = "Songs it was tested on", "Synthetic songs"
NOTICE, PLACE, SCREEN, SHOWN = "quiz_notice", "quiz_place", "quiz_screen", "quiz_shown"
"""What the address or a number led to; clips that were left behind; whether this is the screen of a class, and whether
that shows the result."""
ADDRESS = "quiz_address"
"""The parameters that were last written to the address: others were opened by the visitor."""
JOINING, FOLDER = "quiz_joining", "quiz_folder"
KEYS = "1234567890"
"""The keys that answer, in the order of the genres."""


def show() -> None:
    st.title("Quiz")
    config = asked()
    if config is None:
        show_start()
        return
    try:
        room = cached.quiz_room(config)
    except GenreLabError as error:
        leave(str(error))
        st.rerun()
    task = room.task
    if task.running:
        st.fragment(wait, run_every=MAKING_POLL_S)(room)
    elif task.result is None:
        cached.quiz_rooms().close(config)
        leave(task.problem or OWN_FAULT)
        st.rerun()
    elif st.session_state.get(SCREEN):
        show_screen(room, task.result)
    else:
        play(room, task.result)


def asked() -> QuizConfig | None:
    """The quiz that the address names, or else the one that the visitor is in; the address names it from then on."""
    parameters = st.query_params.to_dict()
    if "quiz" in parameters and parameters != st.session_state.get(ADDRESS):
        try:
            enter(address.read(parameters, cached.quiz_rooms()))
        except ConfigError as error:
            leave(str(error))
    config = st.session_state[Keys.QUIZ]
    if config is not None:
        st.session_state[ADDRESS] = address.query(config)
        if parameters != st.session_state[ADDRESS]:
            st.query_params.from_dict(st.session_state[ADDRESS])
    return config


def enter(config: QuizConfig, *, screen: bool = False) -> None:
    st.session_state[Keys.QUIZ] = config
    st.session_state[NOTICE] = None
    st.session_state[PLACE], st.session_state[SCREEN], st.session_state[SHOWN] = 0, screen, False


def leave(notice: str | None = None) -> None:
    st.session_state[Keys.QUIZ] = st.session_state[ADDRESS] = None
    st.session_state[NOTICE] = notice
    for name in ("quiz", "clips", "segments", "songs"):
        st.query_params.pop(name, None)


def show_start() -> None:
    """What to play, and against which run."""
    st.markdown("Guess the genre of short clips, alone or as a class, and see what a run made of the same places.")
    if notice := st.session_state.pop(NOTICE, None):
        st.error(notice, icon=":material/error:")
    with st.form("quiz_join"), st.container(horizontal=True, vertical_alignment="bottom"):
        # At the top, for the phones of a class.
        st.number_input(
            "Join quiz number",
            1,
            quiz.HIGHEST_NUMBER,
            value=None,
            key=JOINING,
            placeholder="4 digits",
            format="%d",
            width=200,
        )
        st.form_submit_button("Join", icon=":material/login:", on_click=join)
    st.subheader("Or start one")
    show_choices()


def show_choices() -> None:
    info = run_picker.choose("Play against")
    at_hand = cached.has_audio(info.name)
    songs = st.segmented_control(
        "With",
        [TESTED, SYNTHETIC],
        default=TESTED if at_hand else SYNTHETIC,
        required=True,
        key=f"quiz_songs_{at_hand}",
    )
    synthetic = songs == SYNTHETIC
    with st.container(horizontal=True, gap="medium"):
        clips = st.segmented_control(
            "Clips", quiz.LENGTHS, default=quiz.LENGTHS[0], required=True, key="quiz_clips", persist_state="session"
        )
        segment_s = cached.segment_seconds(info.name)
        lengths = quiz.SEGMENTS if segment_s < 10 else quiz.SEGMENTS[:1]
        segments = st.segmented_control(
            "Length of a clip",
            lengths,
            format_func=lambda count: f"{count * segment_s:.0f} s",
            default=lengths[min(1, len(lengths) - 1)],
            required=True,
            key=f"quiz_segments_{len(lengths)}",
            persist_state="session",
        )
    if synthetic:
        styles = [song.style for song in quiz.synthetic_songs(info.genres)]
        st.caption(
            f"Synthetic: played by simple rules of {', '.join(styles)}. No bundled run was trained on them, and a run "
            "may hear them quite differently from real songs."
            if styles
            else "This run knows none of the genres of the synthetic songs; choose another run."
        )
    possible = bool(styles) if synthetic else at_hand
    with st.container(horizontal=True):
        for label, icon, screen in (("Play", "play_arrow", False), ("Play as a class", "groups", True)):
            st.button(
                label,
                type="secondary" if screen else "primary",
                icon=f":material/{icon}:",
                on_click=start,
                args=(info.name, int(clips), int(segments), synthetic, screen),
                disabled=not possible,
            )
    if at_hand:
        with st.popover("Audio folder", icon=":material/folder:", type="tertiary"):
            audio_folder.ask(info.genres, FOLDER)
    else:
        st.info(
            "The songs that this run was tested on are not at hand: no audio comes with Genre Lab. If they are on the "
            "computer where it runs, name the folder that holds a folder for each genre.",
            icon=":material/folder_open:",
        )
        audio_folder.ask(info.genres, FOLDER)
    show_opponent(info, synthetic)


def show_opponent(info: RunInfo, synthetic: bool) -> None:
    """Who plays, how good it is and on what that was measured."""
    st.caption(f"{opponent(info)}: {text.record(info)}")
    if warning := text.memory_warning(info):
        fair = "" if synthetic else " For a fair match, play against a run that was split by track or artist."
        st.caption(f":material/warning: {warning}{fair}")
    if FAR_REACHING & set(info.features.partition("@")[0].split("+")) and not synthetic:
        st.caption("It hears the ten seconds around each segment, so a little more than you do.")


def start(run: str, clips: int, segments: int, synthetic: bool, screen: bool) -> None:
    enter(QuizConfig(run, cached.quiz_rooms().new_number(), clips, segments, synthetic), screen=screen)


def start_another(config: QuizConfig) -> None:
    start(config.run, config.clips, config.segments, config.synthetic, bool(st.session_state[SCREEN]))


def join() -> None:
    number = st.session_state[JOINING]
    try:
        if number is None:
            raise ConfigError("Type the number of the quiz first; the screen of the class shows it.")
        enter(cached.quiz_rooms().numbered(number))
    except ConfigError as error:
        leave(str(error))


def wait(room: QuizRoom) -> None:
    """How far the making of the clips is, until it has ended."""
    task = room.task
    if not task.running:
        st.rerun()
    said = f"Making the clips: {task.done} of {task.total}" if task.total else "Looking for songs…"
    st.progress(task.done / task.total if task.total else 0.0, said)


def play(room: QuizRoom, game: Quiz) -> None:
    """A clip at a time, and then the result."""
    me = st.session_state[Keys.PLAYER]
    said = {answer.clip: answer.genre for answer in room.answers(me)}
    place = st.session_state[PLACE] = min(st.session_state[PLACE], len(said))
    total = len(game.clips)
    if place == total:
        show_result_of_player(room, game)
        return
    show_heading(room, game)
    # A phone has no keys to hint at.
    st.html("<style>@media (hover: none) { .stButton kbd { display: none; } }</style>")
    st.progress((place + (place in said)) / total, f"Clip {place + 1} of {total}")
    clip = game.clips[place]
    st.audio(clip.wav, autoplay=place > 0, alt=f"Clip {place + 1}")
    if place in said:
        show_feedback(game, clip, said[place])
        st.button(
            "Next clip" if place + 1 < total else "See the result",
            type="primary",
            icon=":material/arrow_forward:",
            shortcut="Enter",
            on_click=go_on,
        )
    else:
        show_answers(room, game, place)


def show_answers(room: QuizRoom, game: Quiz, place: int) -> None:
    st.markdown("**Which genre is it?**")
    colors = genre_colors(game.genres).values()
    rules = [
        f".st-key-quiz_answer_{genre} button {{ border-left: 0.5rem solid {color}; min-width: 8.5rem; }}"
        for genre, color in enumerate(colors)
    ]
    st.html(f"<style>{' '.join(rules)}</style>")
    with st.container(horizontal=True, key="quiz_answers"):
        for genre, name in enumerate(game.genres):
            st.button(
                escaping.markdown(name),
                key=f"quiz_answer_{genre}",
                shortcut=KEYS[genre] if genre < len(KEYS) else None,
                on_click=take_answer,
                args=(room, place, genre),
            )


def take_answer(room: QuizRoom, place: int, genre: int) -> None:
    try:
        room.answer(st.session_state[Keys.PLAYER], place, genre)
    except ConfigError as error:
        leave(str(error))


def go_on() -> None:
    st.session_state[PLACE] += 1


def show_feedback(game: Quiz, clip: QuizClip, said: int) -> None:
    """What it is, and what the two made of it."""
    true, heard = game.genres[clip.genre], int(clip.probabilities.argmax())
    written, color = html.escape(true), genre_colors(game.genres)[true]
    st.html(
        f'<div style="font-size:clamp(1.6rem,5vw,2.6rem);line-height:1.2;font-weight:700;'
        f'border-left:0.2em solid {color};padding-left:0.3em">It is {written}</div>'
    )
    mine = f"You: **{escaping.markdown(game.genres[said])}** {mark(said == clip.genre)}"
    its = f"The model: **{escaping.markdown(game.genres[heard])}** {mark(heard == clip.genre)}"
    st.markdown(f"{mine}  \n{its} ({percent(float(clip.probabilities[heard]))} sure)")
    st.caption(f"{escaping.markdown(clip.track)}, from {clock(clip.start_s)} on")


def mark(right: bool) -> str:
    return "✓" if right else "✗"


def show_heading(room: QuizRoom, game: Quiz) -> None:
    """Which quiz this is, and the ways out of it."""
    config, info = room.config, cached.run(room.config.run).info
    length_s = config.segments * cached.segment_seconds(config.run)
    of = " of synthetic songs" if config.synthetic else ""
    screen = st.session_state[SCREEN]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Quiz **{config.number}**: clips of {length_s:.0f} s{of}, against {opponent(info)}")
        st.button(
            "Play on this device" if screen else "Screen for a class",
            icon=":material/play_arrow:" if screen else ":material/groups:",
            type="tertiary",
            on_click=set_screen,
            args=(not screen,),
        )
        st.button("Leave", icon=":material/logout:", type="tertiary", on_click=leave)
    if len(game.clips) < config.clips:
        st.caption(
            f"It has {len(game.clips)} clips and not {config.clips}: of the other tracks that the run was tested on, "
            "nothing that is long enough can be played here."
        )


def opponent(info: RunInfo) -> str:
    return f"**{escaping.markdown(info.title or info.name)}**"


def set_screen(screen: bool) -> None:
    st.session_state[SCREEN] = screen


def set_shown(shown: bool) -> None:
    st.session_state[SHOWN] = shown


def show_screen(room: QuizRoom, game: Quiz) -> None:
    """What a teacher projects: how to join, how many have answered, and the result when the time has come."""
    show_heading(room, game)
    answers = room.answers()
    shown = bool(answers) and st.session_state[SHOWN]
    if not shown:
        show_how_to_join(room.config.number)
    counts = Counter(answer.player for answer in answers)
    with st.container(horizontal=True, gap="large"):
        st.metric("Players", len(counts), width="content")
        st.metric("Answers", f"{len(answers)} of {len(counts) * len(game.clips)}", width="content")
        st.metric("Have finished", sum(count == len(game.clips) for count in counts.values()), width="content")
    st.button(
        "Hide the result" if shown else "Show the result",
        type="secondary" if shown else "primary",
        icon=":material/bar_chart:",
        on_click=set_shown,
        args=(not shown,),
        disabled=not answers,
    )
    if shown:
        show_result(room, Result(game, answers), "The class")
    watch(room, len(answers))


def show_how_to_join(number: int) -> None:
    here = urlsplit(st.context.url or "")
    place = f"{here.netloc}/quiz" if here.netloc else "the page Quiz"
    st.html(
        '<div style="font-size:clamp(1.1rem,3vw,1.8rem)">Open <b>'
        f"{html.escape(place)}</b> and join quiz</div>"
        f'<div style="font-size:clamp(3.5rem,14vw,9rem);line-height:1.05;font-weight:700">{number}</div>'
    )
    if here.hostname in LOCAL:
        st.caption(
            "Only this computer can open that address. To let others in, start the dashboard with "
            "`--server.address 0.0.0.0`, and open it here by this computer's address in the network."
        )


def watch(room: QuizRoom, seen: int) -> None:
    """Show the page anew when answers have come since."""

    def look() -> None:
        if len(room.answers()) != seen:
            st.rerun()

    st.fragment(look, run_every=CLASS_POLL_S)()


def show_result_of_player(room: QuizRoom, game: Quiz) -> None:
    show_heading(room, game)
    everyone, mine = room.answers(), room.answers(st.session_state[Keys.PLAYER])
    whose = ALONE
    if len(everyone) > len(mine):
        whose = st.segmented_control(
            "Answers", [ALONE, EVERYONE], default=ALONE, required=True, key="quiz_whose", label_visibility="collapsed"
        )
    if whose == ALONE:
        show_result(room, Result(game, mine), "You")
    else:
        show_result(room, Result(game, everyone), "The class")
    watch(room, len(everyone))


def show_result(room: QuizRoom, result: Result, people: str) -> None:
    """The two scores, what the difference is worth, both matrices, and clip by clip."""
    info = cached.run(room.config.run).info
    with st.container(horizontal=True, gap="medium"):
        show_score(people, result.people_right)
        show_score("The model", result.model_right)
        st.metric("Said the same", percent(result.agreement), width="content")
    st.markdown(f"**{result.in_words(people)}** Guessing would name {percent(1 / len(info.genres))} right.")
    show_opponent(info, room.config.synthetic)
    sides = zip(st.columns(2, gap="medium"), (people, "The model"), figures.confusions(result), strict=True)
    for side, title, figure in sides:
        with side:
            st.subheader(title)
            st.plotly_chart(figure, config=text.NO_BAR, key=f"quiz_matrix_{title}", alt=f"Confusion matrix: {title}")
    what = "how many clips" if result.players == 1 else "per cent of the answers to a genre"
    st.caption(f"Rows are what it is, columns what was said: blue is right, orange mistaken. Numbers are {what}.")
    show_clips(result, people)
    with st.container(horizontal=True):
        for label, icon, click, args in (
            ("New clips", "refresh", start_another, (room.config,)),
            ("Other settings", "tune", leave, ()),
        ):
            st.button(label, icon=f":material/{icon}:", on_click=click, args=args)
        st.download_button(
            "Answers (CSV)",
            escaping.csv(result.frame()),
            f"quiz-{room.config.number}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def show_score(who: str, right: np.ndarray) -> None:
    """How many clips were right, with the reach of chance."""
    reach = quiz.interval(right)
    st.metric(
        who,
        f"{right.sum():.3g} of {len(right)}",
        f"{100 * reach.low:.0f} to {percent(reach.high)}",
        delta_color="off",
        delta_arrow="off",
        help="Clips named right, and the accuracy that this may stand for, with so few clips (95 % interval).",
        width="content",
    )


def show_clips(result: Result, people: str) -> None:
    """A row a clip; the one that is selected can be heard again."""
    table = result.by_clip()
    chosen = st.dataframe(
        pd.DataFrame(
            {
                "clip": table["clip"],
                "it is": table["genre"],
                people: table["answer"],
                "the model": table["model"],
                "right": 100 * table["right"],
                "sure": 100 * table["probability"],
                "track": table["track"],
            }
        ),
        hide_index=True,
        column_config={
            people: st.column_config.TextColumn(help="The most frequent answer"),
            "right": st.column_config.NumberColumn(format="%.0f %%", width="small", help="Of the answers to the clip"),
            "sure": st.column_config.NumberColumn(format="%.0f %%", width="small", help="The model, of its answer"),
        },
        height=38 + 35 * len(table),
        key="quiz_clips_table",
        on_select="rerun",
        selection_mode="single-row",
    )
    if rows := chosen.selection.rows:
        clip = result.clips[rows[0]]
        st.audio(result.quiz.clips[clip].wav, autoplay=True, alt=f"Clip {clip + 1}")
    else:
        st.caption("Select a row to hear its clip again.")


shell.enter()
with shell.messages():
    show()
