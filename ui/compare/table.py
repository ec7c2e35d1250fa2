"""The table of runs."""

import zlib
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from genre_core import escaping, report
from genre_core.evaluation import ACCURACIES, SCORE_NAMES, Interval, interval_text
from genre_core.runs import RunInfo, comparison, is_bundled
from genre_core.wording import counted
from ui import visitors
from ui.compare import filters, selection


def show(shown: list[RunInfo], best: set[str]) -> None:
    """Show the runs as a table in which several can be ticked.

    Parameters
    ----------
    best : names of the runs that are best on their test set.
    """
    compared = comparison.compare(shown)
    if compared.test_sets > 1:
        st.warning(
            f"These runs were evaluated on {compared.test_sets} different test sets, so their scores **can't be "
            "ranked** against each other, even by sorting a column. Choose a test set above to rank its runs.",
            icon=":material/rule:",
        )
    names = [info.name for info in shown]
    # Ticks are stored by row number, so a table with other rows needs another key.
    key = f"compare_table_{selection.table_version()}_{zlib.crc32(' '.join(names).encode()):08x}"
    st.dataframe(
        display_table(shown, best, ranked=filters.is_ranked()),
        key=key,
        on_select=lambda: selection.take_ticks(key, names),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": selection.ticked_rows(names)}},
        hide_index=True,
        height=min(38 + 35 * len(shown), 430),
        column_config=columns(),
        alt="All runs. Runs can also be chosen in the box below the table.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{counted(len(shown), 'run')}. ★ has the highest accuracy per track of several runs with the same test "
            "set. 95 % CI is the confidence interval. Where two intervals overlap widely, the difference may be due to "
            "chance.",
            width="stretch",
        )
        st.download_button(
            "Table (CSV)",
            lambda: escaping.csv(report.runs_table(shown)),
            "genre-lab-runs.csv",
            "text/csv",
            key="compare_table_csv",
            icon=":material/download:",
            on_click="ignore",
        )


def display_table(shown: list[RunInfo], best: set[str], *, ranked: bool) -> pd.DataFrame:
    """The columns that are shown, with percentages and intervals as text."""
    table = report.runs_table(shown)
    trained = [datetime.fromisoformat(text).astimezone().replace(tzinfo=None) for text in table["created"]]
    shown_columns: dict[str, object] = {"rank": range(1, len(table) + 1)} if ranked else {}
    shown_columns |= {
        "best": ["★" if name in best else "" for name in table["run"]],
        "title": table["title"],
        "test_set": table["test_set"],
    }
    if visitors.is_served():
        shown_columns["owner"] = _owners(shown)
    for score in SCORE_NAMES:
        shown_columns[score] = table[score] * (100 if score in ACCURACIES else 1)
        bounds = zip(table[f"{score}_low"], table[f"{score}_high"], strict=True)
        shown_columns[f"{score}_ci95"] = [interval_text(score, Interval(low, high)) for low, high in bounds]
    shown_columns |= {name: table[name] for name in ("model", "settings", "features", "dataset", "split")}
    shown_columns |= {"seconds": table["seconds"], "parameters": table["parameters"], "trained": trained}
    return pd.DataFrame(shown_columns | {"note": table["note"], "sweep": table["sweep"], "name": table["run"]})


def _owners(shown: list[RunInfo]) -> list[str]:
    """Whose each run is, for the visitor."""
    visitor = visitors.current()
    names = visitors.names() if visitor.is_operator else {}

    def owner(info: RunInfo) -> str:
        if is_bundled(info):
            return "Genre Lab"
        if info.owner == visitor.id:
            return "You, shared" if info.shared else "You"
        return names.get(info.owner, "Class")

    return [owner(info) for info in shown]


def columns() -> dict[str, Any]:
    """The configuration of the columns of `display_table`."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    interval = text("95 % CI", width=115, help="95 % confidence interval, by a bootstrap over tracks")
    return {
        "rank": number("Rank", width=50, pinned=True),
        "best": text("★", width=40, pinned=True, help="Highest accuracy per track on its test set"),
        "title": text("Run", width="medium", pinned=True),
        "owner": text("Owner", width="small"),
        "test_set": text("Test set", width="medium"),
        "accuracy": number(SCORE_NAMES["accuracy"], format="%.1f %%", width=150),
        "accuracy_ci95": interval,
        "track_accuracy": number(SCORE_NAMES["track_accuracy"], format="%.1f %%", width=130),
        "track_accuracy_ci95": interval,
        "macro_f1": number(SCORE_NAMES["macro_f1"], format="%.2f", width="small"),
        "macro_f1_ci95": interval,
        "log_loss": number(
            SCORE_NAMES["log_loss"], format="%.2f", width="small", help="Nats per segment; lower is better"
        ),
        "log_loss_ci95": interval,
        "model": text("Model", width="small"),
        "settings": text("Settings", width="medium"),
        "features": text("Feature set", width="small"),
        "dataset": text("Dataset", width="small"),
        "split": text("Split", width="medium"),
        "seconds": number("Training time", format="%.1f s", width="small"),
        "parameters": number("Parameters", format="localized", width="small"),
        "trained": st.column_config.DatetimeColumn("Trained", format="D MMM YYYY, HH:mm", width="small"),
        "note": text("Note", width="medium"),
        "sweep": text("Sweep", width="small"),
        "name": text("Name", width="medium", help="Name on the command line"),
    }
