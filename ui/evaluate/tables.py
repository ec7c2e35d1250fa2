"""Tables in which one row is selected."""

from typing import Any

import pandas as pd
import streamlit as st

from ui.text import PERCENT

PERCENT_COLUMN = st.column_config.NumberColumn(format=PERCENT, width="small")


def select_row(table: pd.DataFrame, key: str, *, max_height: int = 420, **columns: Any) -> int | None:
    """Show a table with a selectable row, initially the first.

    Parameters
    ----------
    columns : configuration of columns, by name.

    Returns
    -------
    The index of the selected row, or None.
    """
    event = st.dataframe(
        table,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0]}},
        hide_index=True,
        height=min(38 + 35 * len(table), max_height),
        column_config={"": st.column_config.TextColumn(width=36), "Track": st.column_config.TextColumn(width=165)}
        | columns,
    )
    rows = event.selection.rows
    return rows[0] if rows and rows[0] < len(table) else None
