"""Train: set up a model with sliders, and watch it learn."""

import streamlit as st

from genre_core import escaping
from genre_core.datasets import BUNDLED, BUNDLED_FEATURES, Dataset
from genre_core.datasets.splits import DRAWN, KINDS, MEANINGS, SplitConfig, SplitKind
from genre_core.errors import GenreLabError
from genre_core.features import feature_set
from genre_core.figures import train as figures
from genre_core.figures.formatting import duration, score
from genre_core.models.config import LARGEST_SEED, MODELS, PRESETS, MlpConfig, model_kind
from genre_core.training import TrainingJob, expected_seconds
from ui import cached, doctor, shell, text
from ui.dataset_picker import choose_dataset
from ui.shell import messages
from ui.state import Keys
from ui.train import address, settings, sweep
from ui.train.address import Configuration

_ONE_PART = 0
FOLDS = (3, 5, 10)
TEST_SHARES = tuple(percent / 100 for percent in range(10, 51))
_ADDRESS = "train_address"
"""The query that was last written to the address bar: another one was opened by the visitor."""
_WANTED = "train_wanted"
"""The configuration that was opened by its address, until a slider is moved."""


def show() -> None:
    st.title("Train")
    st.caption(
        "Choose a preset or turn the sliders, start, and watch: when the test curve stops following the training "
        "curve, the model learns its examples by heart."
    )
    dataset = choose_dataset()
    if dataset is None:
        st.info("Choose a data set above to train on.", icon=":material/database:")
        return
    _open_address()
    if left_out := doctor.left_out_words(dataset):
        st.caption(left_out)
    _laboratory(dataset)


@st.fragment
def _laboratory(chosen: Dataset) -> None:
    """The sliders on one side; on the other what they make, and how it learns."""
    with messages():
        sliders, outcome = st.columns([5, 6], gap="large")
        with sliders:
            _sliders(chosen)
        with outcome:
            dataset = _with_features(chosen)
            _start(dataset)
            _training()
            sweep.show_sweep(dataset, _configured())


# --- setting up -----------------------------------------------------------------------------------------------------


def _open_address() -> None:
    """Set the sliders to the configuration that the address names, if the visitor opened one."""
    opened = st.query_params.to_dict()
    if opened and opened != st.session_state.get(_ADDRESS):
        try:
            st.session_state[_WANTED] = wanted = address.read(opened)
            _apply(wanted)
            st.session_state.train_preset = None
        except GenreLabError as error:
            st.error(
                f"The configuration in this address can't be used; the sliders are as they were. {error}",
                icon=":material/link_off:",
            )
        st.session_state[_ADDRESS] = opened
    if "train_model" not in st.session_state:
        st.session_state.train_preset = PRESETS[0].name
        _apply_preset()


def _write_address(configured: Configuration) -> None:
    written = address.query(configured.config, configured.split, configured.features)
    if written != st.query_params.to_dict():
        st.session_state[_ADDRESS] = written
        st.query_params.from_dict(written)


def _sliders(dataset: Dataset) -> None:
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
    left, right = st.columns(2)
    left.selectbox(
        "Model",
        list(MODELS),
        format_func=lambda model: MODELS[model].title,
        key="train_model",
        persist_state="session",
        on_change=_own,
    )
    kind = model_kind(st.session_state.train_model)
    at_hand = BUNDLED_FEATURES if dataset.name == BUNDLED else (dataset.features,)
    fitting = [name for name in at_hand if feature_set(name).is_picture == (kind.takes == "pictures")]
    if st.session_state.train_features not in fitting:
        st.session_state.train_features = fitting[0] if fitting else dataset.features
    right.selectbox(
        "Features",
        fitting or [dataset.features],
        key="train_features",
        persist_state="session",
        on_change=_own,
    )
    st.caption(f"{kind.comment} {text.features(st.session_state.train_features)}.")
    settings.show(kind, _own)
    _split_sliders(dataset)


def _split_sliders(dataset: Dataset) -> None:
    kinds = [kind for kind in KINDS if kind in DRAWN or cached.split_problem(dataset, kind) is None]
    if st.session_state.train_split not in kinds:
        st.session_state.train_split = "random"
    st.radio(
        "Split",
        kinds,
        captions=[MEANINGS[kind] for kind in kinds],
        key="train_split",
        persist_state="session",
        on_change=_own,
        help="Which segments are kept aside to test on. An accuracy means nothing without it.",
    )
    left, right = st.columns(2)
    drawn = st.session_state.train_split in DRAWN
    folds = left.selectbox(
        "Tested on",
        settings.stops((_ONE_PART, *FOLDS), st.session_state.train_folds),
        format_func=lambda folds: f"{folds} folds" if folds else "One test part",
        key="train_folds",
        persist_state="session",
        disabled=not drawn,
        help="With folds every segment is tested once, by a model that learned from the other folds.",
    )
    right.number_input(
        "Seed",
        0,
        LARGEST_SEED,
        key="train_seed",
        persist_state="session",
        help="The same seed gives the same split and the same first weights.",
    )
    st.select_slider(
        "Test share",
        settings.stops(TEST_SHARES, st.session_state.train_test_size),
        key="train_test_size",
        persist_state="session",
        disabled=not drawn or folds != _ONE_PART,
        help="Share of each genre to test on.",
    )


def _apply_preset() -> None:
    """Set the sliders to the chosen preset, but for the test share, the folds and the seed."""
    state = st.session_state
    state[_WANTED] = None
    preset = next((preset for preset in PRESETS if preset.name == state.train_preset), None)
    if preset is not None:
        split = SplitConfig(
            preset.split,
            state.get("train_test_size", 0.33),
            int(state.get("train_seed", 0)),
            state.get("train_folds") or None,
        )
        _apply(Configuration(preset.config, split, preset.features))


def _apply(configured: Configuration) -> None:
    """Set the sliders to a configuration; those of other models to their defaults, unless they were turned before."""
    state, split = st.session_state, configured.split
    for kind in MODELS.values():
        if settings.key(kind.model, next(iter(kind.settings()))) not in state:
            settings.put(kind())
    settings.put(configured.config)
    state.train_model, state.train_features = configured.config.model, configured.features
    state.train_split, state.train_seed = split.kind, split.seed
    state.train_test_size, state.train_folds = split.test_size, split.folds or _ONE_PART


def _own() -> None:
    """A slider was moved: no preset and no address describes the settings any more."""
    st.session_state.train_preset = st.session_state[_WANTED] = None


def _configured() -> Configuration:
    state = st.session_state
    seed = int(state.train_seed)
    kind: SplitKind = state.train_split
    split = SplitConfig(kind, state.train_test_size, seed, (state.train_folds or None) if kind in DRAWN else None)
    return Configuration(settings.chosen(model_kind(state.train_model), seed), split, state.train_features)


def _tell_difference(configured: Configuration) -> None:
    """Say what of an address could not be set with this data."""
    if wanted := st.session_state.get(_WANTED):
        asked, got = ((c.split.kind, c.features) for c in (wanted, configured))
        names = [
            f"{name} {escaping.markdown(a)}"
            for name, a, b in zip(("the split", "the features"), asked, got, strict=True)
            if a != b
        ]
        if names:
            st.warning(
                f"The address asks for {' and '.join(names)}, which this data does not have; the sliders say what is "
                "used instead.",
                icon=":material/link:",
            )


def _with_features(dataset: Dataset) -> Dataset:
    """The data set with the chosen features, without the tracks that the doctor was told to leave out."""
    features = st.session_state.train_features
    if dataset.features != features:
        dataset = cached.bundled_dataset(features)
    return doctor.training_dataset(dataset)


def _start(dataset: Dataset) -> None:
    configured = _configured()
    config, split = configured.config, configured.split
    _tell_difference(configured)
    _write_address(configured)
    shape, genres = dataset.feature_set.shape, len(dataset.genres)
    seconds = cached.trainer().pace * expected_seconds(config, split, len(dataset.values), shape, genres)
    if isinstance(config, MlpConfig):
        parameters, time = st.columns(2)
        parameters.metric("Parameters", f"{config.parameters(shape[0], genres):,}", border=True)
        time.metric("Expected time", duration(seconds), border=True)
        st.caption(" → ".join(map(str, (shape[0], *config.layers, genres))) + " units, from the features to the genres")
    else:
        st.metric("Expected time", duration(seconds), border=True)
    problem = cached.split_problem(dataset, split.kind, split.folds)
    if problem:
        st.warning(problem, icon=":material/call_split:")
    for note in cached.split_notes(dataset, split):
        st.caption(note)
    job: TrainingJob | None = st.session_state[Keys.TRAINING]
    busy = job is not None and not job.ended
    off = busy or problem is not None
    if st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=off, width="stretch"):
        st.session_state[Keys.TRAINING] = cached.trainer().start(dataset, config, split)
        st.rerun()


# --- the training ---------------------------------------------------------------------------------------------------


def _training() -> None:
    """The visitor's training: live while it goes on, its result when it has ended."""
    job: TrainingJob | None = st.session_state[Keys.TRAINING]
    if job is None:
        _offer_running()
        if model_kind(st.session_state.train_model).is_network:
            st.info("The curves of accuracy and loss will grow here.", icon=":material/show_chart:")
    elif job.ended:
        _result(job)
    else:
        _live()


def _offer_running() -> None:
    # After a reload of the page the visitor's session is a new one, and the training goes on.
    for i, job in enumerate(cached.trainer().jobs):
        if st.button(
            f"Watch the training that is going on ({job.config.model} on {job.dataset.name}, "
            f"{job.split.config.description})",
            key=f"watch{i}",
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
        message, stop = st.columns([4, 1], vertical_alignment="center")
        message.progress(job.progress, text=_progress(job))
        if stop.button("Stop", icon=":material/stop:", key="train_stop", width="stretch"):
            job.stop()
        if job.config.is_network:
            _curves(job)
        else:
            st.caption("This model learns in one go: there are no curves to watch.")
        split = job.split.config
        st.caption(f"The test part is that of a {split.description}. {MEANINGS[split.kind]}")


def _progress(job: TrainingJob) -> str:
    if job.state == "waiting":
        jobs = cached.trainer().jobs
        ahead = jobs.index(job) if job in jobs else 0
        return f"Waiting for {ahead} other training{'s' if ahead > 1 else ''}…" if ahead else "Getting ready…"
    if job.state == "saving":
        return "Saving the run…"
    stage = f"{job.stage[0].upper()}{job.stage[1:]}" if job.stage else ""
    left = f", {duration(job.seconds_left)} left" if job.seconds_left is not None else ""
    if job.epochs:
        epoch = f"epoch {job.epochs[-1].epoch} of {job.config.total_epochs}"
        return f"{stage}, {epoch}{left}" if stage else f"E{epoch[1:]}{left}"
    return f"{stage or 'Getting ready'}…"


def _curves(job: TrainingJob) -> None:
    # The history of a run with folds is the mean of theirs; while it is in the making, that of the fit going on.
    epochs = job.run.history() if job.run else list(job.epochs)
    total = job.config.total_epochs
    st.plotly_chart(figures.curve(epochs, "accuracy", total=total), key="train_accuracy")
    st.plotly_chart(figures.curve(epochs, "loss", total=total), key="train_loss")


def _result(job: TrainingJob) -> None:
    with st.container(border=True):
        if job.run is None:
            st.warning(job.problem or "The training was stopped before there was anything to keep.")
            return
        info = job.run.info
        st.subheader(f"Done: {info.name}")
        shown = (("Accuracy per segment", "accuracy"), ("Accuracy per track", "track_accuracy"))
        for cell, (label, name) in zip(st.columns(2), shown, strict=True):
            cell.metric(label, score(getattr(info.scores, name)), help="Over all tracks that were tested.")
            interval = info.ci95[name]
            cell.caption(f"95 % interval: {score(interval.low)} to {score(interval.high)}")
        st.caption(f"Macro F1 {info.scores.macro_f1:.2f}, log loss {info.scores.log_loss:.2f}.")
        st.markdown(f"Measured {text.where(info)}.")
        for note in job.split.notes:
            st.caption(note)
        if warning := text.memory_warning(info):
            st.caption(warning)
        stopped = f" It was stopped after {info.epochs} of {job.config.total_epochs} epochs." if info.stopped else ""
        st.caption(f"Trained on {info.data} in {duration(info.seconds)}: {info.description}.{stopped}")
        if info.config.is_network:
            _curves(job)
        look, ask, compare = st.columns(3)
        for cell, label, icon, page in (
            (look, "Its mistakes", "grid_on", "evaluate"),
            (ask, "Judge a song", "music_note", "predict"),
            (compare, "Compare", "compare_arrows", "compare"),
        ):
            if cell.button(label, icon=f":material/{icon}:", width="stretch"):
                st.session_state[Keys.RUN] = info.name
                st.session_state[Keys.COMPARED] = [info.name]
                st.switch_page(f"pages/{page}.py")


shell.enter()
show()
