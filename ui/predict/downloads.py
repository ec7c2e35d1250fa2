"""Downloads of the page Predict."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import streamlit as st

from genre_core.prediction import SongPrediction
from genre_core.runs import RunInfo


def button(label: str, content: Callable[[], str], file_name: str, mime: str) -> None:
    """A download button; the content is made when it is pressed."""
    st.download_button(
        label, content, file_name, mime, key=f"predict_download_{label}", icon=":material/download:", on_click="ignore"
    )


def document(name: str, prediction: SongPrediction, info: RunInfo) -> dict[str, Any]:
    """The prediction as the command line gives it, with the run that made it."""
    run = {
        "name": info.name,
        "accuracy": info.scores.accuracy,
        "track_accuracy": info.scores.track_accuracy,
        "split": {"kind": info.split.kind, **asdict(info.counts)},
    }
    return {"file": name, **prediction.to_dict(), "run": run}
