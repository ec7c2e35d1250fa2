"""Small drawings in colors that work on a light and on a dark page."""

import base64
from functools import cache
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent / "pictures"


def show(name: str) -> None:
    """Show a picture; it only decorates what the text beside it says."""
    st.html(f'<div style="height:6rem;background:url({_address(name)}) center/contain no-repeat"></div>')


@cache
def _address(name: str) -> str:
    content = (_FOLDER / f"{name}.svg").read_bytes()
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
