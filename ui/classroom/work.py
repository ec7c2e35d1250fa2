"""The visitor's own work: what is private, the code to go on with it elsewhere, and how to start afresh."""

import streamlit as st

from genre_core.visitors import format_code, serving
from ui import server, visitors


def show() -> None:
    """Show what the visitor should know and can do about their work."""
    settings, visitor = serving(), visitors.current()
    if settings is None:
        return
    st.subheader("Your work")
    hours = f"{settings.keep_hours:g} hours"
    st.markdown(
        "**Private:** your runs, your datasets and your songs are visible to you and to the teacher who serves Genre "
        "Lab. **Shared:** a run or a dataset that you share with the class, your nickname and your scores in a "
        f"challenge. Songs and recordings are deleted after {hours}."
    )
    if visitor.is_operator:
        st.info("You are the operator: what you make is not shared until you share it.", icon=":material/info:")
    elif not visitors.keeps_cookies():
        st.warning(
            "Your browser keeps no cookies for this site, so your work is lost when you close or reload the page.",
            icon=":material/cookie_off:",
        )
    else:
        with st.expander("Go on in another browser", icon=":material/devices:"):
            st.markdown("With this code you go on with your work in another browser, or next week. Tell it to nobody.")
            st.code(format_code(visitor.code), language=None)
    enter, leave = (f"{server.base_path()}/{page}" for page in (server.ENTER, server.LEAVE))
    away = "I am not the operator any more" if visitor.is_operator else "This isn't me"
    # Links of Markdown open another tab, where this one would go on as the former visitor.
    st.html(f'<a href="{enter}" target="_self">Enter a code</a> · <a href="{leave}" target="_self">{away}</a>')
