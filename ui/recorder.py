"""The recorder: of the browser where it may record, otherwise of the visitor's phone."""

import ipaddress
from contextlib import suppress
from urllib.parse import urlsplit

import streamlit as st

from ui import songs, uploading

_SAMPLE_RATE = 44_100
_NAME = "Recording.wav"
_WHY_NOT = (
    "The browser records only on localhost or over HTTPS: record with your phone's own app, and choose the file here."
)


def record(label: str, key: str, on_add: songs.OnAdd) -> None:
    """The recorder; what it records is stored, and it is empty again.

    Browsers give the microphone to secure contexts alone. Elsewhere it is a sentence and a file input, for which phones
    offer their own recorder.
    """
    if is_secure(st.context.url):
        st.audio_input(
            label,
            sample_rate=_SAMPLE_RATE,
            key=uploading.widget_key(key),
            on_change=songs.store,
            args=(key, on_add, _NAME),
        )
    else:
        st.file_uploader(label, "audio", key=uploading.widget_key(key), on_change=songs.store, args=(key, on_add))
        st.caption(_WHY_NOT)


def is_secure(address: str | None) -> bool:
    """Whether a page at this address is a secure context, as browsers define it; an unknown address counts as one."""
    parts = urlsplit(address or "")
    host = parts.hostname or ""
    with suppress(ValueError):
        return parts.scheme != "http" or ipaddress.ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")
