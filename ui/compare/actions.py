"""What can be done with the chosen runs: open, rename, download and delete."""

import streamlit as st

from genre_core import escaping, runs
from genre_core.errors import GenreLabError
from genre_core.evaluation import ACCURACIES, SCORE_NAMES, interval_text, score_text
from genre_core.runs import RunInfo, is_bundled, run_labels, run_title
from genre_core.wording import counted
from ui import run_downloads, shell, text, training_setup, visitors
from ui.state import Keys
from ui.training_setup import TrainingSetup

SHARING_HELP = "All visitors see the run and can predict with it; only you can rename or delete it."
_TITLE, _NOTE, _PROBLEM = "compare_title", "compare_note", "compare_problem"


def show_problem() -> None:
    """Show why the last action failed, if it did."""
    if problem := st.session_state.pop(_PROBLEM, None):
        shell.show_problem(problem)


def show(chosen: list[RunInfo], intact: list[RunInfo]) -> None:
    """Show the actions for the chosen runs.

    Parameters
    ----------
    intact : the chosen runs that can be opened; others can only be renamed or deleted.
    """
    if not chosen:
        st.caption("Choose one run to open, rename or download it, or several to compare them.")
        return
    own = [info for info in chosen if _may_change(info)]
    if len(chosen) == 1:
        _show_single(chosen[0], intact=bool(intact))
    else:
        st.caption("To open, rename or download a run, choose it alone.")
        delete_button(_labels(own), f"Delete {counted(len(own), 'run')}" if own else "Delete")
    if any(is_bundled(info) for info in chosen):
        st.caption(
            "This run is bundled with Genre Lab and can't be renamed or deleted."
            if len(chosen) == 1
            else "Runs bundled with Genre Lab can't be renamed or deleted."
        )
    elif len(own) < len(chosen):
        st.caption("Only the visitor who trained a run can rename or delete it.")


def _show_single(info: RunInfo, *, intact: bool) -> None:
    """Show one run with its scores, split and actions."""
    accuracies = [
        f"{SCORE_NAMES[key]}: **{score_text(key, getattr(info.scores, key))}** "
        f"(95 % CI {interval_text(key, info.ci95[key])})"
        for key in ACCURACIES
    ]
    newline = "  \n"  # in Markdown
    with st.container(border=True):
        st.markdown(f"**{escaping.markdown(run_title(info))}**{newline}{newline.join(accuracies)}")
        st.markdown(f"Measured {text.evaluated_on(info)}.")
        if warning := text.leakage_warning(info):
            st.warning(warning, icon=":material/warning:")
        if info.note:
            st.markdown(f"Note: {escaping.markdown(info.note)}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if intact:
                if st.button("Open in Evaluate", icon=":material/grid_on:", key="compare_evaluate"):
                    st.session_state[Keys.RUN] = info.name
                    st.switch_page("pages/evaluate.py")
                run_downloads.show(info)
            own = _may_change(info)
            if st.button("Edit title and note", icon=":material/edit:", key="compare_edit", disabled=not own):
                _edit(info)
            delete_button(_labels([info]) if own else {}, "Delete")
            st.page_link(
                "pages/train.py",
                label="Open settings in Train",
                icon=":material/tune:",
                query_params=training_setup.to_query(TrainingSetup.of_run(info)),
            )
        if own and visitors.is_served():
            _show_sharing(info)


def _show_sharing(info: RunInfo) -> None:
    """Show the switch that shows a run to the class."""
    key = f"compare_share_{info.name}"
    st.session_state[key] = info.shared
    st.toggle("Share with the class", key=key, on_change=_share, args=(info.name, key), help=SHARING_HELP)


def _share(name: str, key: str) -> None:
    try:
        _check_may_change(name)
        runs.share_run(name, st.session_state[key])
    except GenreLabError as error:
        st.session_state[_PROBLEM] = str(error)


def _may_change(info: RunInfo) -> bool:
    return not is_bundled(info) and visitors.current().may_change(info)


def _check_may_change(name: str) -> None:
    """Raise RunError if the visitor may not change a run; the operator may change damaged ones too."""
    if not visitors.current().is_operator and not _may_change(runs.run_info(name)):
        raise runs.no_such_run(name)


@st.dialog("Edit title and note")
def _edit(info: RunInfo) -> None:
    with st.form("compare_edit_form", border=False):
        st.text_input(
            "Title", info.title, key=_TITLE, max_chars=runs.MAX_TEXT_LENGTH, placeholder="A short name for the run"
        )
        st.text_area("Note", info.note, key=_NOTE, max_chars=runs.MAX_TEXT_LENGTH)
        if st.form_submit_button("Save", type="primary", on_click=_save, args=(info.name,)):
            st.rerun()


def _save(name: str) -> None:
    try:
        _check_may_change(name)
        runs.annotate_run(name, title=st.session_state[_TITLE], note=st.session_state[_NOTE])
    except GenreLabError as error:
        st.session_state[_PROBLEM] = str(error)


def delete_button(own: dict[str, str], label: str, *, key: str = "compare_delete") -> None:
    """Show a button that deletes runs, once the visitor has confirmed it.

    Parameters
    ----------
    own : what each run of the user's is called in the question, by its name; without any, the button is disabled.
    """
    if st.button(label, icon=":material/delete:", key=key, disabled=not own):
        _confirm_deletion(own)


def _labels(own: list[RunInfo]) -> dict[str, str]:
    return {name: f"{label} ({name})" for name, label in run_labels(own).items()}


@st.dialog("Delete runs")
def _confirm_deletion(own: dict[str, str]) -> None:
    st.markdown("\n".join(f"- **{escaping.markdown(label)}**" for label in own.values()))
    st.caption("The model, the history and the predictions are deleted too. This can't be undone.")
    with st.container(horizontal=True):
        confirmed = st.button(
            f"Delete {counted(len(own), 'run')}",
            type="primary",
            key="compare_confirm",
            on_click=_delete,
            args=(list(own),),
        )
        if st.button("Cancel", key="compare_cancel") or confirmed:
            st.rerun()


def _delete(names: list[str]) -> None:
    problems = []
    for name in names:
        try:
            _check_may_change(name)
            runs.delete_run(name)
        except GenreLabError as error:  # another visitor may have deleted it already: delete the others
            problems.append(str(error))
        if st.session_state[Keys.RUN] == name:
            st.session_state[Keys.RUN] = None
    if problems:
        st.session_state[_PROBLEM] = " ".join(problems)
