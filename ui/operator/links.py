"""The link for students, for the projector."""

import streamlit as st

from ui import qr, visitors


def show() -> None:
    """Show the link and its QR code."""
    with st.expander("Link for students", icon=":material/qr_code:"):
        qr.show(visitors.public_url(), "Students open this address, or scan the code. It does not make them operators.")
