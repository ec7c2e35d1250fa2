"""The uploader of a gathered dataset in the browser: it sends songs to `ui.upload_route`, and none to Streamlit, which
would keep them in memory.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from genre_core.datasets.gathered.facts import GatheredDataset
from genre_core.visitors import most_dataset_bytes, most_song_bytes
from genre_core.wording import size_text
from ui import player, server, tickets, upload_route, visitors
from ui.tickets import Ticket

_FOLDER = Path(__file__).parent


def show(dataset: GatheredDataset, genre: str, code: str, on_arrived: Callable[[], None]) -> None:
    """The uploader for a genre; for the whole dataset, with a ZIP file or a folder of genre folders, if it is empty.

    Parameters
    ----------
    code : by which the visitor adds songs to the dataset of another; empty for their own.
    on_arrived : called when songs have arrived.
    """
    _component()(
        key=f"upload_{dataset.name}_{genre}",
        data={
            "dataset": dataset.name,
            "genre": genre,
            "label": f"Songs of the genre {genre}" if genre else "A ZIP file or a folder of genre folders",
            "url": f"{server.base_path()}/{tickets.UPLOAD}",
            "ticket": ticket(dataset, code).signed(tickets.UPLOAD),
            "chunk": upload_route.CHUNK_BYTES,
            "formats": player.FORMATS,
            "most_bytes": most_song_bytes(),
            "most_text": size_text(most_song_bytes()),
            "most_archive_bytes": most_dataset_bytes(dataset.owner),
            "remember": not genre or genre == dataset.genres[0],
        },
        on_arrived_change=on_arrived,
    )


def ticket(dataset: GatheredDataset, code: str) -> Ticket:
    """What the visitor may do with a dataset."""
    return Ticket(visitors.current().id, dataset.name, code)


@st.cache_resource(show_spinner=False)
def _component() -> ComponentRenderer:
    html, css, js = ((_FOLDER / f"uploader.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("genre_lab_uploader", html=html, css=css, js=js)
