"""Train: set up a network with sliders, and watch it learn."""

import streamlit as st

from genre_core.datasets import Dataset
from genre_core.figures import train as figures
from genre_core.figures.words import duration, score
from genre_core.models.config import ACTIVATIONS, LARGEST_SEED, MOST_LAYERS, PRESETS, ModelConfig
from genre_core.splits import KINDS, SplitConfig
from genre_core.training import TrainingJob, expected_seconds
from ui import cached, shell, words
from ui.dataset_picker import choose_dataset
from ui.shell import messages
from ui.state import Keys

UNITS = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
BATCH_SIZES = (16, 32, 64, 128, 256, 512)
LEARNING_RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)
SPLITS = {
    "random": "By segment, as in the paper: pieces of one track fall on both sides.",
    "track": "By track: all pieces of a track stay on one side.",
}


def show() -> None:
    st.title("Train")
    st.caption(
        "Choose a preset or turn the sliders, start, and watch: when the test curve stops following the training "
        "curve, the network learns its examples by heart."
    )
    dataset = choose_dataset()
    if dataset is None:
        st.info("Choose a data set above to train on.", icon=":material/database:")
    else:
        _laboratory(dataset)


@st.fragment
def _laboratory(dataset: Dataset) -> None:
    """The sliders on one side; on the other what they make, and how it learns."""
    with messages():
        sliders, outcome = st.columns([5, 6], gap="large")
        with sliders:
            _sliders()
        with outcome:
            _start(dataset)
            _training()


# --- setting up -----------------------------------------------------------------------------------------------------


def _sliders() -> None:
    if "train_preset" not in st.session_state:
        st.session_state.train_preset = PRESETS[0].name
        _apply_preset()
    st.pills(
        "Preset",
        [preset.name for preset in PRESETS],
        key="train_preset",
        persist_state="session",
        on_change=_apply_preset,
        wrap=True,
    )
    comments = {preset.name: preset.comment for preset in PRESETS}
    st.caption(comments.get(st.session_state.train_preset, "Settings of your own."))
    st.slider("Hidden layers", 1, MOST_LAYERS, key="train_depth", persist_state="session", on_change=_own)
    for i in range(st.session_state.train_depth):
        if i % 2 == 0:
            columns = st.columns(2)  # pairs, so that a phone, which stacks columns, keeps them in order
        columns[i % 2].select_slider(
            f"Units in layer {i + 1}", UNITS, key=f"train_units_{i}", persist_state="session", on_change=_own
        )
    left, right = st.columns(2)
    left.slider(
        "Dropout",
        0.0,
        0.8,
        step=0.05,
        key="train_dropout",
        persist_state="session",
        on_change=_own,
        help="Share of units silenced at random in each step: it keeps the network from leaning on any one of them.",
    )
    right.selectbox("Activation", ACTIVATIONS, key="train_activation", persist_state="session", on_change=_own)
    left, right = st.columns(2)
    left.slider(
        "Epochs",
        10,
        800,
        step=10,
        key="train_epochs",
        persist_state="session",
        on_change=_own,
        help="Passes over the training part.",
    )
    right.select_slider(
        "Batch size",
        BATCH_SIZES,
        key="train_batch_size",
        persist_state="session",
        on_change=_own,
        help="Segments that one step learns from.",
    )
    left, right = st.columns(2)
    left.select_slider(
        "Learning rate",
        LEARNING_RATES,
        key="train_learning_rate",
        persist_state="session",
        on_change=_own,
        help="How far a step goes.",
    )
    right.number_input(
        "Seed",
        0,
        LARGEST_SEED,
        key="train_seed",
        persist_state="session",
        help="The same seed gives the same split and the same first weights.",
    )
    st.radio(
        "Split",
        KINDS,
        captions=[SPLITS[kind] for kind in KINDS],
        key="train_split",
        persist_state="session",
        help="Which segments are kept aside to test on. An accuracy means nothing without it.",
    )
    st.slider(
        "Test share",
        0.1,
        0.5,
        step=0.01,
        key="train_test_size",
        persist_state="session",
        help="Share of each genre to test on.",
    )


def _start(dataset: Dataset) -> None:
    config, split = _configured()
    inputs, genres = len(dataset.columns), len(dataset.genres)
    segments = round(len(dataset.values) * (1 - split.test_size))
    seconds = cached.trainer().pace * expected_seconds(config, segments, inputs, genres)
    parameters, time = st.columns(2)
    parameters.metric("Parameters", f"{config.parameters(inputs, genres):,}", border=True)
    time.metric("Expected time", duration(seconds), border=True)
    st.caption(" → ".join(map(str, (inputs, *config.layers, genres))) + " units, from the features to the genres")
    job: TrainingJob | None = st.session_state[Keys.TRAINING]
    busy = job is not None and not job.ended
    if st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=busy, width="stretch"):
        st.session_state[Keys.TRAINING] = cached.trainer().start(dataset, config, split)
        st.rerun()


def _apply_preset() -> None:
    """Set the sliders to the chosen preset."""
    state = st.session_state
    preset = next((preset for preset in PRESETS if preset.name == state.train_preset), None)
    if preset is None:
        return
    config = preset.config
    state.train_depth = len(config.layers)
    for i in range(MOST_LAYERS):
        state[f"train_units_{i}"] = config.layers[min(i, len(config.layers) - 1)]
    state.train_dropout, state.train_activation = config.dropout, config.activation
    state.train_epochs, state.train_batch_size = config.epochs, config.batch_size
    state.train_learning_rate = config.learning_rate
    state.train_split = preset.split
    state.setdefault("train_test_size", 0.33)
    state.setdefault("train_seed", 0)


def _own() -> None:
    """A slider was moved: no preset describes the settings any more."""
    st.session_state.train_preset = None


def _configured() -> tuple[ModelConfig, SplitConfig]:
    state = st.session_state
    seed = int(state.train_seed)
    config = ModelConfig(
        layers=tuple(state[f"train_units_{i}"] for i in range(state.train_depth)),
        activation=state.train_activation,
        dropout=state.train_dropout,
        learning_rate=state.train_learning_rate,
        batch_size=state.train_batch_size,
        epochs=state.train_epochs,
        seed=seed,
    )
    return config, SplitConfig(state.train_split, state.train_test_size, seed)


# --- the training ---------------------------------------------------------------------------------------------------


def _training() -> None:
    """The visitor's training: live while it goes on, its result when it has ended."""
    job: TrainingJob | None = st.session_state[Keys.TRAINING]
    if job is None:
        _offer_running()
        st.info("The curves of accuracy and loss will grow here.", icon=":material/show_chart:")
    elif job.ended:
        _result(job)
    else:
        _live()


def _offer_running() -> None:
    # After a reload of the page the visitor's session is a new one, and the training goes on.
    for i, job in enumerate(cached.trainer().jobs):
        if st.button(
            f"Watch the training that is going on ({job.dataset.name}, {job.split.kind} split)", key=f"watch{i}"
        ):
            st.session_state[Keys.TRAINING] = job
            st.rerun()


@st.fragment(run_every=0.7)
def _live() -> None:
    job: TrainingJob = st.session_state[Keys.TRAINING]
    if job.ended:
        if job.run:
            st.session_state[Keys.RUN] = job.run.info.name  # what the other pages open now
        st.rerun()
    with messages(), st.container(border=True):
        done = job.epochs[-1].epoch if job.epochs else 0
        message, stop = st.columns([4, 1], vertical_alignment="center")
        message.progress(done / job.config.epochs, text=_progress(job, done))
        if stop.button("Stop", icon=":material/stop:", key="train_stop", width="stretch"):
            job.stop()
        _curves(job)
        st.caption(f"The test part is that of a {job.split.kind} split. {SPLITS[job.split.kind]}")


def _progress(job: TrainingJob, done: int) -> str:
    if job.state == "waiting":
        jobs = cached.trainer().jobs
        ahead = jobs.index(job) if job in jobs else 0
        return f"Waiting for {ahead} other training{'s' if ahead > 1 else ''}…" if ahead else "Getting ready…"
    if job.state == "saving":
        return "Saving the run…"
    if not job.epochs:
        return "Getting ready…"
    left = f", {duration(job.seconds_left)} left" if job.seconds_left is not None else ""
    return f"Epoch {done} of {job.config.epochs}{left}"


def _curves(job: TrainingJob) -> None:
    epochs, total = list(job.epochs), job.config.epochs
    st.plotly_chart(figures.curve(epochs, "accuracy", total=total), key="train_accuracy")
    st.plotly_chart(figures.curve(epochs, "loss", total=total), key="train_loss")


def _result(job: TrainingJob) -> None:
    with st.container(border=True):
        if job.run is None:
            st.warning(job.problem or "The training was stopped before it had learned anything.")
        else:
            info = job.run.info
            st.subheader(f"Done: {info.name}")
            accuracy, by_track, f1 = st.columns(3)
            accuracy.metric("Accuracy per segment", score(info.accuracy))
            by_track.metric("Accuracy per track", score(info.track_accuracy))
            f1.metric("Macro F1", f"{info.macro_f1:.2f}")
            st.markdown(f"Measured on the test part of a **{words.split_in_words(info)}**.")
            if warning := words.memory_warning(info):
                st.caption(warning)
            stopped = f" It was stopped after {info.epochs} of {info.config.epochs} epochs." if info.stopped else ""
            st.caption(f"Trained on {info.data} in {duration(info.seconds)}: {info.description}.{stopped}")
            _curves(job)
            look, ask = st.columns(2)
            if look.button("Look into its mistakes", icon=":material/grid_on:", width="stretch"):
                st.session_state[Keys.RUN] = info.name
                st.switch_page("pages/evaluate.py")
            if ask.button("Let it judge a song", icon=":material/music_note:", width="stretch"):
                st.session_state[Keys.RUN] = info.name
                st.switch_page("pages/predict.py")


shell.enter()
show()
