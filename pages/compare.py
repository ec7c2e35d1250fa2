"""Compare: all runs in a table, the chosen ones side by side, and what the settings do."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from genre_core import escaping, report, runs, storage
from genre_core.errors import GenreLabError
from genre_core.figures import compare as figures
from genre_core.figures.formatting import duration, score
from genre_core.models.config import format_value
from genre_core.runs import RunInfo, comparison
from genre_core.training.sweep import goodness
from ui import cached, shell, text
from ui.evaluate import downloads
from ui.state import Keys
from ui.text import NO_BAR
from ui.train import address

ALL = "all (not ranked)"
MOST_DRAWN = 12
TESTED, SEARCH, TRIALS = "compare_tested", "compare_search", "compare_trials"
FILTERS = {"data": "Data", "split": "Split", "model": "Model", "features": "Features"}
TABLE_VERSION, NOTICE = "compare_table_version", "compare_notice"
TITLE, NOTE = "compare_title", "compare_note"
SCORES = {"accuracy": "Segments right", "track_accuracy": "Tracks right", "macro_f1": "Macro F1"}


def show() -> None:
    st.title("Compare")
    st.markdown("All runs side by side. A score only counts against others that were **measured on the same test**.")
    infos = {info.name: info for info in runs.list_runs()}
    if not infos:
        st.info("There is no run yet. Train a classifier, and it appears here.", icon=":material/info:")
        st.page_link("pages/train.py", label="Train one", icon=":material/tune:")
        return
    if problem := st.session_state.pop(NOTICE, None):
        st.error(problem, icon=":material/error:")
    forget_the_gone(infos)
    shown = filtered(list(infos.values()))
    if shown:
        show_table(shown, set(comparison.compare(list(infos.values())).best.values()))
    else:
        st.info("No run is like that. Clear the search or the filters.", icon=":material/filter_alt_off:")
    chosen = choose(infos)
    whole = []
    for info in chosen:
        with shell.messages():
            cached.run(info.name)
            whole.append(info)
    show_chosen(chosen, whole)
    show_scores(chosen or shown[:MOST_DRAWN], of_all=not chosen)
    show_curves(whole)
    show_difference(whole)
    show_settings(shown)
    show_sweeps(list(infos.values()))


# --- the table ------------------------------------------------------------------------------------------------------


def filtered(infos: list[RunInfo]) -> list[RunInfo]:
    """The runs that the controls leave: ranked if one test is chosen, else the trials of sweeps last."""
    tests = list(dict.fromkeys(comparison.test_of(info) for info in infos))
    if st.session_state.get(TESTED) not in tests:
        st.session_state[TESTED] = ALL
    left, middle, right = st.columns([5, 4, 2], vertical_alignment="bottom")
    test = left.selectbox(
        "Tested on",
        [ALL, *tests],
        key=TESTED,
        persist_state="session",
        help="Choose a test to rank the runs that were measured on it.",
    )
    sought = middle.text_input(
        "Search", key=SEARCH, persist_state="session", placeholder="Title, settings, note …", icon=":material/search:"
    )
    table = report.table(infos)
    keep = pd.Series(True, index=table.index)
    active = sum(bool(st.session_state.get(f"compare_{name}")) for name in FILTERS)
    label = f"Filter ({active})" if active else "Filter"
    with right.popover(label, icon=":material/filter_alt:", width="stretch", key="compare_filter"):
        for name, label in FILTERS.items():
            options = sorted(set(table[name]))
            key = f"compare_{name}"
            st.session_state[key] = [value for value in st.session_state.get(key, []) if value in options]
            wanted = st.multiselect(label, options, key=key, persist_state="session", placeholder="All")
            if wanted:
                keep &= table[name].isin(wanted)
        trials = pd.Series([is_trial(info) for info in infos])
        if trials.any() and not st.toggle("With the trials of sweeps", key=TRIALS, persist_state="session"):
            keep &= ~trials
    texts = table[["run", "title", "settings", "features", "data", "split", "sweep", "note"]].agg("\n".join, axis=1)
    for word in sought.lower().split():
        keep &= texts.str.lower().str.contains(word, regex=False)
    if test != ALL:
        keep &= table["tested_on"] == test
    left_over = [info for info, kept in zip(infos, keep, strict=True) if kept]
    if test == ALL:
        return sorted(left_over, key=is_trial)
    return sorted(left_over, key=lambda info: (info.scores.track_accuracy, info.scores.accuracy), reverse=True)


def show_table(shown: list[RunInfo], best: set[str]) -> None:
    """The runs, those that are best on their test with a star; a tick chooses one."""
    compared = comparison.compare(shown)
    ranked = st.session_state[TESTED] != ALL
    if compared.tests > 1:
        st.warning(
            f"These runs were tested in {compared.tests} ways, so their scores **can't be ranked against each "
            "other**, not by sorting a column either. Choose a test above to rank its runs.",
            icon=":material/rule:",
        )
    names = [info.name for info in shown]
    version = st.session_state.setdefault(TABLE_VERSION, 0)
    # A table of other rows is another table: ticks are kept by the place of a row.
    key = f"compare_table_{version}_{zlib.crc32(' '.join(names).encode()):08x}"
    ticked = [place for place, name in enumerate(names) if name in st.session_state[Keys.COMPARED]]
    st.dataframe(
        readable(shown, best, ranked),
        key=key,
        on_select=lambda: take_ticks(key, names),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked}},
        hide_index=True,
        height=min(38 + 35 * len(shown), 430),
        column_config=columns(),
        alt="All runs; the box below it chooses runs by keyboard.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{counted(shown)}. ★ heard most tracks right of several on "
            "the same test. Beside each score is its 95 % interval: where two overlap, the order may be chance.",
            width="stretch",
        )
        st.download_button(
            "Table as CSV",
            lambda: escaping.csv(report.table(shown)),
            "genre-lab-runs.csv",
            "text/csv",
            key="compare_table_csv",
            icon=":material/download:",
            on_click="ignore",
        )


def readable(shown: list[RunInfo], best: set[str], ranked: bool) -> pd.DataFrame:
    """The columns that people read."""
    table = report.table(shown)
    made = [datetime.fromisoformat(text).astimezone().replace(tzinfo=None) for text in table["created"]]
    said: dict[str, object] = {"place": range(1, len(table) + 1)} if ranked else {}
    said |= {
        "best": ["★" if name in best else "" for name in table["run"]],
        "run": [figures.title(info) for info in shown],
        "tested_on": table["tested_on"],
    }
    for name, times in (("accuracy", 100), ("track_accuracy", 100), ("macro_f1", 1), ("log_loss", 1)):
        digits = 1 if times == 100 else 2
        low, high = times * table[f"{name}_low"], times * table[f"{name}_high"]
        said[name] = times * table[name]
        said[f"{name}_interval"] = [f"{a:.{digits}f} to {b:.{digits}f}" for a, b in zip(low, high, strict=True)]
    said |= {name: table[name] for name in ("model", "settings", "features", "data", "split")}
    return pd.DataFrame(said | {"seconds": table["seconds"], "parameters": table["parameters"], "made": made}).assign(
        note=table["note"], sweep=table["sweep"], name=table["run"]
    )


def columns() -> dict[str, Any]:
    """How the columns of `readable` are shown."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    interval = text("95 %", width=105, help="95 % interval, over tracks")
    return {
        "place": number("#", width=40, pinned=True),
        "best": text("★", width=40, pinned=True, help="Heard most tracks right of those on the same test"),
        "run": text("Run", width="medium", pinned=True),
        "tested_on": text("Tested on", width="medium"),
        "accuracy": number("Segments right", format="%.1f %%", width=120),
        "accuracy_interval": interval,
        "track_accuracy": number("Tracks right", format="%.1f %%", width=100),
        "track_accuracy_interval": interval,
        "macro_f1": number("Macro F1", format="%.2f", width="small"),
        "macro_f1_interval": interval,
        "log_loss": number("Log loss", format="%.2f", width="small", help="Nats a segment: less is better"),
        "log_loss_interval": interval,
        "model": text("Model", width="small"),
        "settings": text("Settings", width="medium"),
        "features": text("Features", width="small"),
        "data": text("Data", width="small"),
        "split": text("Split", width="medium"),
        "seconds": number("Time", format="%.1f s", width="small"),
        "parameters": number("Parameters", format="localized", width="small"),
        "made": st.column_config.DatetimeColumn("Made", format="D MMM YYYY, HH:mm", width="small"),
        "note": text("Note", width="medium"),
        "sweep": text("Sweep", width="small"),
        "name": text("Name", width="medium", help="What it is called on the command line"),
    }


# --- which runs are chosen ------------------------------------------------------------------------------------------


def choose(infos: dict[str, RunInfo]) -> list[RunInfo]:
    """The chosen runs, in a box that says and changes what is ticked."""
    names = figures.labels(list(infos.values()))
    st.multiselect(
        "Chosen runs",
        list(infos),
        key=Keys.COMPARED,
        persist_state="session",
        format_func=names.__getitem__,
        on_change=redraw_ticks,
        placeholder="Tick rows in the table, or choose here",
    )
    return [infos[name] for name in st.session_state[Keys.COMPARED]]


def take_ticks(key: str, names: list[str]) -> None:
    """Choose the ticked runs, beside those chosen ones that the table does not show."""
    ticked = [names[row] for row in st.session_state[key].selection.rows]
    st.session_state[Keys.COMPARED] = [name for name in st.session_state[Keys.COMPARED] if name not in names] + ticked


def redraw_ticks() -> None:
    st.session_state[TABLE_VERSION] = st.session_state.get(TABLE_VERSION, 0) + 1


def forget_the_gone(infos: dict[str, RunInfo]) -> None:
    chosen = st.session_state.get(Keys.COMPARED, [])
    st.session_state[Keys.COMPARED] = [name for name in chosen if name in infos]


# --- what can be done with them -------------------------------------------------------------------------------------


def show_chosen(chosen: list[RunInfo], whole: list[RunInfo]) -> None:
    """What can be done with the chosen runs; those that are not `whole` can only be renamed or deleted."""
    if not chosen:
        st.caption("Choose a run to open, rename or download it; choose two or more to lay them over each other.")
        return
    own = [info for info in chosen if not is_bundled(info)]
    if len(chosen) == 1:
        show_single(chosen[0], whole=bool(whole))
    else:
        st.caption("Choose a single run to open, rename or download it.")
        delete_button(own, f"Delete {counted(own)}" if own else "Delete")
    if len(own) < len(chosen):
        st.caption(
            "This run came with Genre Lab and stays as it is: it can't be renamed or deleted."
            if len(chosen) == 1
            else "Runs that came with Genre Lab stay as they are: they can't be renamed or deleted."
        )


def show_single(info: RunInfo, *, whole: bool) -> None:
    """One run: its scores under its split, and the ways from here."""
    accuracies = [
        f"{score(getattr(info.scores, name))} of the {what} right "
        f"({score(info.ci95[name].low)} to {score(info.ci95[name].high)})"
        for name, what in (("accuracy", "segments"), ("track_accuracy", "tracks"))
    ]
    with st.container(border=True):
        st.markdown(f"**{escaping.markdown(figures.title(info))}**  \n{', '.join(accuracies)}")
        st.markdown(f"Measured {text.where(info)}.")
        if warning := text.memory_warning(info):
            st.warning(warning, icon=":material/warning:")
        if info.note:
            st.markdown(f"Note: {escaping.markdown(info.note)}".replace("\n", "  \n"))
        with st.container(horizontal=True, vertical_alignment="center"):
            if whole:
                lead_on(info)
            bundled = is_bundled(info)
            if st.button("Rename, note", icon=":material/edit:", key="compare_rename", disabled=bundled):
                describe(info)
            delete_button([] if bundled else [info], "Delete")
            st.page_link(
                "pages/train.py",
                label="Its settings in Train",
                icon=":material/tune:",
                query_params=address.query(info.config, info.split, info.features),
            )


def lead_on(info: RunInfo) -> None:
    """To Evaluate, and out of here as a file."""
    if st.button("Open in Evaluate", icon=":material/grid_on:", key="compare_evaluate"):
        st.session_state[Keys.RUN] = info.name
        st.switch_page("pages/evaluate.py")
    downloads.downloads(info)


def delete_button(own: list[RunInfo], label: str) -> None:
    if st.button(label, icon=":material/delete:", key="compare_delete", disabled=not own):
        confirm_deletion(own)


@st.dialog("Title and note")
def describe(info: RunInfo) -> None:
    with st.form("compare_describe", border=False):
        st.text_input(
            "Title", info.title, key=TITLE, max_chars=runs.LONGEST_TEXT, placeholder="What the run is, in a few words"
        )
        st.text_area("Note", info.note, key=NOTE, max_chars=runs.LONGEST_TEXT)
        if st.form_submit_button("Save", type="primary", on_click=save_description, args=(info.name,)):
            st.rerun()


def save_description(name: str) -> None:
    try:
        runs.describe_run(name, title=st.session_state[TITLE], note=st.session_state[NOTE])
    except GenreLabError as error:
        st.session_state[NOTICE] = str(error)


@st.dialog("Delete for good?")
def confirm_deletion(own: list[RunInfo]) -> None:
    names = figures.labels(own)
    st.markdown(
        "\n".join(f"- **{escaping.markdown(names[info.name])}** ({escaping.markdown(info.name)})" for info in own)
    )
    st.caption("Its model, curves and predictions go with a run. This can't be undone.")
    with st.container(horizontal=True):
        label = f"Delete {counted(own)}"
        sure = st.button(
            label, type="primary", key="compare_sure", on_click=delete, args=([info.name for info in own],)
        )
        if st.button("Keep", key="compare_keep") or sure:
            st.rerun()


def delete(names: list[str]) -> None:
    problems = []
    for name in names:
        try:
            runs.delete_run(name)
        except GenreLabError as error:  # another visitor may have been quicker: the others still go
            problems.append(str(error))
        if st.session_state[Keys.RUN] == name:
            st.session_state[Keys.RUN] = None
    if problems:
        st.session_state[NOTICE] = " ".join(problems)


def counted(infos: list[RunInfo]) -> str:
    return "1 run" if len(infos) == 1 else f"{len(infos)} runs"


def is_bundled(info: RunInfo) -> bool:
    return (storage.BUNDLED / "runs" / info.name).is_dir()


def is_trial(info: RunInfo) -> bool:
    """Whether it is a sweep's try of some settings, scored on a validation part."""
    return bool(info.sweep) and info.split.selection


# --- side by side ---------------------------------------------------------------------------------------------------


def show_scores(infos: list[RunInfo], *, of_all: bool) -> None:
    if not infos or (len(infos) == 1 and not of_all):
        return
    st.subheader("Scores with their intervals")
    if of_all:
        st.caption("The first of the table; choose some to see those.")
    else:
        for warning in comparison.compare(infos).warnings:
            st.warning(f"{warning[:-1]}. Below, each test has a group of its own.", icon=":material/rule:")
    st.plotly_chart(figures.intervals(infos), config=NO_BAR, key="compare_intervals")
    st.caption(
        "Dots are scores on the test named above them, bars their 95 % intervals over tracks. Where the bars of two "
        "runs overlap by much, the better may only have been lucky."
    )


def show_curves(chosen: list[RunInfo]) -> None:
    networks = [info for info in chosen if info.config.is_network]
    if not networks:
        return
    st.subheader("How they learned")
    names = figures.labels(chosen)
    histories = {names[info.name]: cached.run(info.name).history() for info in networks}
    left, right = st.columns(2, gap="medium")
    left.plotly_chart(figures.curves(histories, "accuracy"), config=NO_BAR, key="compare_accuracy")
    right.plotly_chart(figures.curves(histories, "loss"), config=NO_BAR, key="compare_loss")
    said = "Each on the test part of its own split."
    if comparison.compare(networks).tests > 1:
        said += " **They were tested in different ways: one curve above another does not make it the better.**"
    if len(networks) < len(chosen):
        said += " Models that learn in one go have no curve."
    st.caption(said)


def show_difference(chosen: list[RunInfo]) -> None:
    """The difference of two confusion matrices."""
    if len(chosen) != 2:
        return
    st.subheader("The difference of their confusion matrices")
    first, second = chosen
    if first.genres != second.genres:
        st.info("These two runs know different genres, so their matrices can't be subtracted.", icon=":material/info:")
        return
    if st.toggle("Swap the two", key="compare_swap"):
        first, second = second, first
    labels = figures.labels(chosen)
    ours, theirs = (escaping.markdown(labels[info.name]) for info in (second, first))
    st.markdown(
        f"**{ours}** less **{theirs}**, in points of per cent of each true genre. **Blue: the former does "
        "better** (more heard right, fewer mistakes); **orange: worse**."
    )
    if comparison.test_of(first) != comparison.test_of(second):
        st.caption(
            f"They were tested in different ways ({comparison.test_of(second)}; {comparison.test_of(first)}): the "
            "difference is that of the tests as much as of the models."
        )
    matrix = figures.confusion_difference(cached.evaluation(first.name), cached.evaluation(second.name))
    st.plotly_chart(matrix, config=NO_BAR, key="compare_difference", width=760)


# --- settings -------------------------------------------------------------------------------------------------------


def show_settings(shown: list[RunInfo]) -> None:
    """Parallel coordinates of runs of one model and one test."""
    st.subheader("Settings and scores")
    groups: dict[str, list[RunInfo]] = {}
    for info in shown:
        groups.setdefault(f"{info.config.model} · {comparison.test_of(info)}", []).append(info)
    groups = {name: group for name, group in groups.items() if figures.varied(group)}
    if not groups:
        st.caption("Train a model twice with different settings on the same test, and lines will join them here.")
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    named = left.selectbox(
        "Model and test",
        sorted(groups, key=lambda name: (is_trial(groups[name][0]), -len(groups[name]))),
        key=f"compare_group_{zlib.crc32(' '.join(groups).encode()):08x}",
        format_func=lambda name: f"{name} ({len(groups[name])} runs)",
    )
    with right:
        by = choose_score("compare_settings_score")
    st.plotly_chart(figures.parallel(groups[named], by), config=NO_BAR, key="compare_parallel")
    st.caption(
        f"A line is a run, blue the best and orange the worst, measured on the {named.partition(' · ')[2]}. Follow the "
        "lines from the score back to the settings; drag along an axis to see only the runs that cross it there."
    )


def choose_score(key: str) -> figures.Score:
    """A choice of the score to draw."""
    chosen: figures.Score = st.segmented_control(
        "Score", list(figures.SCORES), key=key, format_func=figures.SCORES.__getitem__, default="track_accuracy",
        required=True,
    )  # fmt: skip
    return chosen


def show_sweeps(infos: Sequence[RunInfo]) -> None:
    """What each setting of a sweep does."""
    sweeps: dict[str, list[RunInfo]] = {}
    for info in infos:
        if is_trial(info) and not info.stopped:
            sweeps.setdefault(info.sweep, []).append(info)
    if not sweeps:
        return
    st.subheader("Sweep")
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    name = left.selectbox(
        "Which", list(sweeps), key="compare_sweep", persist_state="session",
        format_func=lambda name: f"{sweeps[name][0].config.model}, {len(sweeps[name])} trials · {name}",
    )  # fmt: skip
    with right:
        by = choose_score("compare_sweep_score")
    trials = sorted(sweeps[name], key=lambda info: (getattr(info.scores, by), goodness(info)), reverse=True)
    best, scores = trials[0], trials[0].scores
    varied = figures.varied(trials)
    st.markdown(
        f"**These are scores of the validation part**: {scores.segments} segments of {scores.tracks} tracks taken "
        f"out of the training part ({comparison.test_of(best)}). The test part was not touched, and the best of "
        "many trials is partly luck: quote the score of the winner on the test part, not these."
    )
    for winner in (info for info in infos if info.sweep == name and not info.split.selection):
        interval = winner.ci95["track_accuracy"]
        st.success(
            f"The winner ({escaping.markdown(winner.description)}), trained on the whole training part: "
            f"**{score(winner.scores.track_accuracy)} of the tracks right** ({score(interval.low)} to "
            f"{score(interval.high)}) on the {comparison.test_of(winner)}.",
            icon=":material/trophy:",
        )
    for place, setting in enumerate(varied):
        if place % 2 == 0:
            cells = st.columns(2, gap="medium")  # pairs, so that a phone, which stacks columns, keeps them in order
        cells[place % 2].plotly_chart(
            figures.influence(trials, setting, by), config=NO_BAR, key=f"compare_influence_{setting}"
        )
    st.caption(
        "A point is a trial, the line the mean over the other settings, the star the best trial. The steeper the "
        f"line, the more the setting matters. Scores: {figures.SCORES[by].lower()}, validation part."
    )
    st.dataframe(sweep_table(trials, varied), hide_index=True, column_config=columns(), key="compare_trials_table")
    st.caption(f"{len(trials)} trials in {duration(sum(info.seconds for info in trials))} of training, the best first.")


def sweep_table(trials: list[RunInfo], varied: list[str]) -> pd.DataFrame:
    table = readable(trials, {trials[0].name}, ranked=True)
    settings = trials[0].config.settings()
    said = {
        (settings[name].label if name in settings else "Seed"): [
            format_value(getattr(info.config, name)) for info in trials
        ]
        for name in varied
    }
    scores = [column for column in table if column.startswith(("accuracy", "track_accuracy", "macro_f1", "log_loss"))]
    return pd.concat([table[["place", "best"]], pd.DataFrame(said), table[[*scores, "seconds"]]], axis=1)


shell.enter()
show()
