"""The predictions for each stem of the excerpts, and the stems as files."""

import html
from pathlib import Path

import streamlit as st

from genre_core import escaping
from genre_core.audio import Clip
from genre_core.audio.separation import MIX, STEMS, Stem
from genre_core.features import stem_of
from genre_core.figures import listen as figures
from genre_core.figures.theme import genre_colors
from genre_core.jobs import Job
from genre_core.prediction import SongPrediction
from genre_core.runs import RunInfo, run_title
from genre_core.wording import percent
from ui import cached, shell, state, text
from ui.cached import Excerpt, StemPredictions, Stems
from ui.listen.songs import Song

_JOBS = "listen_jobs"
"""The predictions of the stems that this visitor looks at."""

PredictionJob = Job[StemPredictions]


def predict(excerpts: list[Excerpt], separated: list[Stems], info: RunInfo) -> list[PredictionJob]:
    """The jobs that predict the stems of each excerpt; those of excerpts that were chosen before are stopped."""
    jobs = [cached.predict_stems(excerpt, info.name, clips) for excerpt, clips in zip(excerpts, separated, strict=True)]
    for job in st.session_state.get(_JOBS, []):
        if job not in jobs:
            job.stop(state.visitor())
    st.session_state[_JOBS] = jobs
    return jobs


def show(
    songs: list[Song],
    excerpts: list[Excerpt],
    separated: list[Stems],
    jobs: list[PredictionJob],
    info: RunInfo,
    *,
    busy: bool,
) -> None:
    """The predictions for each stem, and the stems as files; `busy` is whether the page waits for jobs."""
    st.subheader("Stems")
    st.fragment(_show_predictions, run_every=cached.POLL_S if busy else None)(excerpts, separated, jobs, info, busy)
    with st.expander("Download the stems", icon=":material/download:"):
        for place, (song, excerpt, clips) in enumerate(zip(songs, excerpts, separated, strict=True)):
            if len(songs) > 1:
                st.markdown(f"**{place + 1}. {escaping.markdown(song.name)}**")
            with st.container(horizontal=True):
                for stem in STEMS:
                    _show_download(song, excerpt, stem, clips[stem], place)
    with st.expander("Train on one stem", icon=":material/tune:"):
        st.markdown(
            "In Explore, under *Change dataset*, extract the features of one stem from a folder. A run that is trained "
            "on them separates this stem from every song that it predicts. On the command line: "
            "`genre-lab extract FOLDER --stem accompaniment`."
        )


def _show_download(song: Song, excerpt: Excerpt, stem: Stem, clip: Clip, place: int) -> None:
    st.download_button(
        f"{text.STEMS[stem]} (WAV)",
        cached.stem_audio(excerpt, stem, clip),
        f"{escaping.file_name(Path(song.name).stem)}.{stem}.wav",
        "audio/wav",
        key=f"listen_download_{place}_{stem}",
        on_click="ignore",
    )


def _show_predictions(
    excerpts: list[Excerpt], separated: list[Stems], jobs: list[PredictionJob], info: RunInfo, busy: bool
) -> None:
    """The predictions of each stem, side by side, as soon as they are done."""
    with shell.messages():
        if busy and not any(job.running for job in jobs):
            st.rerun()  # to draw the page without refreshing
        for place, (cell, excerpt, clips, job) in enumerate(
            zip(st.columns(len(jobs), gap="medium"), excerpts, separated, jobs, strict=True)
        ):
            with cell:
                if job.running:
                    _show_progress(job, place)
                elif job.result is not None:
                    _show_genres(job.result, info, place)
                else:
                    shell.show_problem(job.problem or text.PREDICTION_FAILED, kind="info" if job.stopped else "error")
                    if st.button("Predict", icon=":material/play_arrow:", key=f"listen_predict_{place}"):
                        cached.predict_stems(excerpt, info.name, clips, restart=True)
                        st.rerun()
        st.caption(
            f"Predictions for each stem by **{escaping.markdown(run_title(info))}**. {_stem_note(info)} "
            f"{text.accuracy_summary(info)}"
        )


def _stem_note(info: RunInfo) -> str:
    stem = stem_of(info.features)
    if stem == MIX:
        return (
            "The run was trained on mixes. Single stems are outside of what it was trained on: their predictions are "
            "less reliable."
        )
    return f"The run was trained on the stem {stem}, which it separates from all audio first."


def _show_progress(job: PredictionJob, place: int) -> None:
    bar, button = st.columns([4, 1], vertical_alignment="bottom")
    label = f"Predicting the stems: {job.done} of {len(STEMS)} done"
    bar.progress(job.done / (job.total or 1), cached.waiting_text(job, "Predicting the stems") if job.place else label)
    if button.button("Stop", icon=":material/stop:", key=f"listen_stop_{place}", disabled=job.stopped, width="stretch"):
        job.stop(state.visitor())


def _show_genres(predictions: StemPredictions, info: RunInfo, place: int) -> None:
    """The genre of each stem, what could not be predicted, and a table of all probabilities."""
    colors = genre_colors(info.genres)
    predicted = {stem: result for stem, result in predictions.items() if isinstance(result, SongPrediction)}
    cells = "".join(
        f'<div style="flex:1 1 5rem;border-left:0.35rem solid {colors[prediction.genre]};padding-left:0.6rem">'
        f'<div style="opacity:0.7">{text.STEMS[stem]}</div>'
        f'<div style="font-size:1.25rem;font-weight:600">{html.escape(prediction.genre)}</div>'
        f"<div>{percent(prediction.confidence)}</div></div>"
        for stem, prediction in predicted.items()
    )
    st.markdown("**Predicted genre and confidence**")
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:0.8rem">{cells}</div>')
    for stem, result in predictions.items():
        if isinstance(result, str):
            shell.show_problem(f"{text.STEMS[stem]}: {result}", kind="warning")
    if predicted:
        with st.expander("Probabilities for each stem", icon=":material/grid_on:"):
            st.plotly_chart(
                cached.figure(
                    figures.predictions, {text.STEMS[stem]: prediction for stem, prediction in predicted.items()}
                ),
                key=f"listen_predictions_{place}",
                config=text.CHART,
            )
