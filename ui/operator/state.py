"""The state of the server: visitors, memory and disk."""

import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

import pandas as pd
import psutil
import streamlit as st

from genre_core import runs, storage
from genre_core.classroom import uploads
from genre_core.datasets import named
from genre_core.visitors import Visitor
from genre_core.wording import counted
from ui import cached, server, visitors

_ACTIVE_S = 300.0
"""A visitor who opened a page so recently counts as active."""


def show() -> None:
    """Show how busy the server is, and the visitors."""
    known = server.visitors().all()
    process = psutil.Process()
    memory = sum(_memory(one) for one in (process, *process.children(recursive=True)))
    disk = shutil.disk_usage(_existing(storage.home()))
    columns = st.columns(4)
    columns[0].metric(
        "Visitors", len(known), f"{sum(map(_is_active, known))} active", delta_color="off", delta_arrow="off"
    )
    columns[1].metric("Work in progress", _n_in_progress())
    columns[2].metric("Memory", f"{memory / 1e9:.1f} GB", help="Of the server and its worker processes.")
    columns[3].metric("Disk space left", f"{disk.free / 1e9:.0f} GB")
    if known:
        _show_visitors(known)


def _show_visitors(known: list[Visitor]) -> None:
    called, all_runs = visitors.names(), runs.list_runs()
    datasets: Counter[str] = Counter()
    for facts in named.list_datasets():
        datasets[facts.owner] += named.size_bytes(facts)
    table = [
        {
            "Visitor": called[visitor.id],
            "Last seen": datetime.fromisoformat(visitor.seen).astimezone().replace(tzinfo=None),
            "Runs": sum(info.owner == visitor.id for info in all_runs),
            "Songs (MB)": sum(upload.n_bytes for upload in uploads.list_uploads(visitor.id)) / 1e6,
            "Datasets (MB)": datasets[visitor.id] / 1e6,
        }
        for visitor in known
    ]
    st.page_link("pages/compare.py", label="Runs of all visitors, on Compare", icon=":material/compare_arrows:")
    with st.expander(counted(len(known), "visitor"), icon=":material/group:"):
        st.dataframe(
            pd.DataFrame(table),
            hide_index=True,
            column_config={
                "Last seen": st.column_config.DatetimeColumn(format="D MMM, HH:mm"),
                "Songs (MB)": st.column_config.NumberColumn(format="%.1f"),
                "Datasets (MB)": st.column_config.NumberColumn(format="%.1f"),
            },
        )


def _n_in_progress() -> int:
    trainings = sum(not job.is_trial for job in cached.trainer().jobs)
    sweeps = sum(sweep.running for sweep in cached.sweeps())
    return trainings + sweeps + len(cached.workers().jobs) + len(cached.background_workers().jobs)


def _is_active(visitor: Visitor) -> bool:
    seen = datetime.fromisoformat(visitor.seen)
    return (datetime.now(seen.tzinfo) - seen).total_seconds() < _ACTIVE_S


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it has just ended
        return 0


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)
