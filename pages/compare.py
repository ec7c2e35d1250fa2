"""Compare: all runs in a table, the chosen ones side by side, and the effect of settings."""

import streamlit as st

import ui.libraries  # noqa: F401 (first: see there)
from genre_core.runs import comparison
from ui import cached, run_picker, shell
from ui.compare import actions, damaged, difference, filters, importing, selection, settings, side_by_side, table


def show() -> None:
    """Show the page."""
    infos = {info.name: info for info in cached.visible_runs()}
    actions.show_problem()
    if not infos:
        run_picker.no_runs()
        importing.show()
        damaged.show()
        return
    selection.forget_deleted(infos)
    shown = filters.filtered(list(infos.values()))
    if shown:
        table.show(shown, set(comparison.compare(list(infos.values())).best.values()))
    else:
        st.info("No run matches. Clear the search or the filters.", icon=":material/filter_alt_off:")
    chosen = selection.choose(infos)
    intact = []
    for info in chosen:
        with shell.messages():
            cached.run(info.name)
            intact.append(info)
    actions.show(chosen, intact)
    side_by_side.show_scores(chosen, shown)
    difference.show(intact)
    side_by_side.show_curves(intact)
    side_by_side.show_difference(intact)
    settings.show_settings(shown)
    settings.show_sweeps(list(infos.values()))
    importing.show()
    damaged.show()


shell.enter()
st.title("Compare")
st.markdown(
    "Compare the scores and settings of runs. Scores can only be compared if they were **measured on the same test "
    "set**."
)
show()
