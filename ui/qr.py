"""QR codes of addresses, for the projector."""

import io

import segno
import streamlit as st

_WIDTH = 340


def show(url: str, label: str) -> None:
    """Show the QR code of an address, and the address below it.

    Parameters
    ----------
    label : what the address is, as in "Students".
    """
    picture = io.BytesIO()
    # On white with a margin, as scanners need it, also in the dark theme.
    segno.make(url, error="m").save(picture, kind="svg", scale=8, border=4, light="white")
    st.image(picture.getvalue().decode(), width=_WIDTH)
    st.caption(label)
    st.code(url, language=None, wrap_lines=True)
