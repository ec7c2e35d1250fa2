"""Names that hold Markdown, HTML, addresses, icons and formulas, and a search of a page for any that is interpreted."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from genre_core import audio, runs
from genre_core.audio import synthesis
from genre_core.datasets import Dataset

GENRES = (
    "<img src=x onerror=alert(1)> <b>bold<br>",
    "[link](www.evil.example) $qq^2$ :material_skull: :red[qq]",
    "=1+qq **qq** qq@evil.example -- &lt;",
)
NAME = " ".join(GENRES)
"""Of a dataset, and a title."""
ADDRESS = "![pixel](https://evil.example/p.png) :material/skull: www.evil.example"
SONG = f"{GENRES[1]} {GENRES[0]}.wav"
"""Name of a file."""

_TRACKS, _SEGMENTS = 4, 5

_MARKDOWN = re.compile(
    r"(?<!\\)(?:<img|<b>|<br>|\[link|\[pixel|\$qq|\*\*qq|:red|&lt;)"
    r"|:(?!\u2060)material[_/]skull|https?:(?!\u2060)//evil|www(?!\u2060)\.evil|qq@(?!\u2060)|(?m:^=1)|(?<= )--(?= )"
)
_HTML = re.compile(r"<img|<b>bold|<br>|&(?!\w+;|#)")
_PLAIN = {
    "id", "form_id", "url", "file_id", "key", "arrow_data", "alt", "query_string", "placeholder", "raw_value",
    "raw_values", "value", "default", "json", "js_content", "query_param_key",
}  # fmt: skip
"""Fields of elements that the browser shows as they are, or not at all."""
_PLAIN_OPTIONS = ("Selectbox", "MultiSelect", "Slider")
"""Elements whose options it shows as they are."""


def dataset(rng: np.random.Generator) -> Dataset:
    """A dataset of the paper's features with hostile names."""
    genre = np.repeat(GENRES, _TRACKS * _SEGMENTS)
    n = len(genre)
    track = np.array([f"{name}/{GENRES[0]} {i // _SEGMENTS % _TRACKS}" for i, name in enumerate(genre)])
    values = rng.normal(size=(n, 58)) + np.unique(genre, return_inverse=True)[1][:, None]
    return Dataset(NAME, "paper", values, genre, track, np.arange(n) % _SEGMENTS * 3.0, artist=track)


def write_music(folder: Path, tracks: list[str]) -> None:
    """Write audio for tracks of the dataset, the same for all."""
    sound = audio.wav_bytes(synthesis.song("shuffle").clip(seconds=16))
    for track in tracks:
        path = folder / f"{track}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sound)


def annotate(run: str) -> None:
    """Give a run a hostile title and note."""
    runs.annotate_run(run, title=f"{NAME} {ADDRESS}", note=f"- {NAME}\n\n# {ADDRESS}")


def interpreted(app: AppTest) -> list[str]:
    """All texts of a page in which Streamlit or Plotly would interpret a piece of a hostile name."""
    return [text for node in _nodes(app._tree) if node.proto is not None for text in _of_message(node.proto)]


def _nodes(node: Any) -> Iterator[Any]:
    for child in getattr(node, "children", {}).values():
        yield child
        yield from _nodes(child)


def _of_message(message: Message) -> Iterator[str]:
    kind = message.DESCRIPTOR.name
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for part in values:
                yield from _of_message(part) if isinstance(part, Message) else ()
        elif field.type == FieldDescriptor.TYPE_STRING:
            for text in values:
                if _is_interpreted(kind, field.name, text):
                    yield f"{kind}.{field.name}: {text[:2000]}"


def _is_interpreted(kind: str, field: str, text: str) -> bool:
    if field in _PLAIN or (field == "options" and kind in _PLAIN_OPTIONS):
        return False
    if kind == "PlotlyChart":
        return field == "spec" and bool(figure_texts(json.loads(text)))
    if kind == "Html":
        return bool(_HTML.search(text))
    if field == "columns":  # of a table: their help texts are Markdown
        return any(_MARKDOWN.search(column.get("help") or "") for column in json.loads(text).values())
    return bool(_MARKDOWN.search(text))


def figure_texts(figure: Any) -> list[str]:
    """The texts of a figure, as JSON, in which Plotly would interpret a piece of a hostile name.

    What is in customdata is shown only where a hover text refers to it.
    """
    if isinstance(figure, dict):
        unseen = {"customdata"} if "customdata" not in str(figure.get("hovertemplate", "")) else set()
        return [text for key, part in figure.items() if key not in unseen for text in figure_texts(part)]
    if isinstance(figure, list):
        return [text for part in figure for text in figure_texts(part)]
    return [figure] if isinstance(figure, str) and re.search(r"<img|<b>bold|<br>$|<br> ", figure) else []
