"""Genre Lab: the server, and the configuration and navigation of its pages.  Start it with `make run`.

The server imports this file once, for `app`; each view of a page runs it as a script.
"""

from pathlib import Path

import streamlit as st
from streamlit import runtime

if runtime.exists():
    import ui.loading  # noqa: F401 (first: see there)
    from ui import shell

    st.set_page_config(page_title="Genre Lab", page_icon="ui/icon.png", layout="wide")
    shell.run()
else:
    from ui import server

    app = st.App(Path(__file__), routes=server.routes(), middleware=server.middleware())
