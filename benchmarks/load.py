"""Response time of the dashboard for a class: many visitors of one server, who click, change pages and predict songs.

    python -m benchmarks.load [--sessions 30] [--seconds 120] [--only clicks] [--write docs/results.md]

Each visitor thinks for --think seconds, then changes a widget of the page or, a quarter of the time, opens another
page. A fifth of the visitors upload a 30-s clip of real music once a minute, each another one, and wait for the
prediction. Where there are trainings, two more visitors train a network again and again. The visitors speak Streamlit's
own protocol (benchmarks/visitor.py) from a process of their own, whose share of the cores is stated; the time of a
click is that from the changed widget to the end of the page's answer. One visitor alone is the baseline.
"""

import argparse
import asyncio
import importlib
import json
import math
import os
import random
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
import psutil

from benchmarks.classroom import prepare
from benchmarks.results import argument_parser, publish, table
from benchmarks.visitor import PATIENCE_S, Element, VisitError, Visitor
from genre_core import audio
from genre_core.audio import Clip, example_songs
from genre_core.jobs import Workers
from genre_core.visitors import Serving, new_token
from tests.e2e.conftest import served

FIRST_PAGE, PREDICTION = "First page", "Predict, a 30-s clip"
NEW_PAGE = 0.25
"""Share of the actions that open another page."""
PREDICTING = 0.2
"""Share of the visitors who predict songs."""
PREDICT_EVERY_S = 60.0
CLASS = Serving(new_token()).environment()
"""The variables of a server on which each visitor has work of their own."""
CLIP_S = 30.0
WARM_UP_S = 60.0
"""Memory is compared with that after so many seconds."""
SAMPLE_S = 2.0


@dataclass(frozen=True)
class Load:
    """What the visitors do."""

    sessions: int = 30
    seconds: float = 120.0
    think_s: tuple[float, float] = (0.5, 2.5)
    predicting: float = PREDICTING
    predict_every_s: float = PREDICT_EVERY_S
    trainings: int = 0
    seed: int = 0
    lesson: str = ""
    """Code of a lesson on Train that visitors open; empty for none."""
    challenge: str = ""
    """Code of a challenge whose leaderboard visitors watch; empty for none."""


@dataclass
class Outcome:
    """What the visitors met.

    Attributes
    ----------
    times_s : how long each action took, by its name: a page and what was done there.
    failures : a sentence each.
    memory : (seconds since the start, bytes of all processes of the server).
    generator_cores : processor time of the visitors' process, in cores.
    """

    times_s: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)
    generator_cores: float = 0.0

    def add(self, action: str, took_s: float) -> None:
        """Note how long an action took."""
        self.times_s.setdefault(action, []).append(took_s)

    def all_of(self, what: str) -> list[float]:
        """The times of an action on all pages."""
        return [time_s for name, times in self.times_s.items() if name.endswith(what) for time_s in times]

    @property
    def growth_bytes(self) -> int:
        """How far memory has grown since the first minute, at most."""
        base = [size for at_s, size in self.memory if at_s <= WARM_UP_S]
        return max((size for at_s, size in self.memory if at_s > WARM_UP_S), default=base[-1]) - base[-1]


def changes(widget: Element, chance: random.Random) -> dict[str, Any] | None:
    """Another value for a widget, as an argument of `Visitor.change`; None for one that is left alone."""
    proto = widget.proto
    if getattr(proto, "disabled", False):
        return None
    if widget.kind == "button_group" and proto.options:
        count = 1 if proto.click_mode == proto.SINGLE_SELECT else chance.randint(2, max(len(proto.options), 2))
        chosen = chance.sample(list(proto.options), min(count, len(proto.options)))
        return {"string_array_value": {"data": [_label(option) for option in chosen]}}
    if widget.tabs:
        return {"string_value": chance.choice(widget.tabs)}
    if widget.kind in ("selectbox", "radio") and proto.options:
        return {"string_value": chance.choice(proto.options)}
    if widget.kind == "checkbox":
        return {"bool_value": chance.random() < 0.5}
    if widget.kind == "slider" and proto.options:
        return {"string_array_value": {"data": [chance.choice(proto.options) for _ in proto.default]}}
    if widget.kind == "slider":
        steps = round((proto.max - proto.min) / proto.step)
        values = sorted(proto.min + chance.randrange(steps + 1) * proto.step for _ in proto.default)
        return {"double_array_value": {"data": values}}
    if widget.kind == "plotly_chart" and proto.selection_mode:
        return {"string_value": json.dumps({"selection": _selection(proto, chance)})}
    return None


def _label(option: Any) -> str:
    return str(option.content_icon or "") + (" " if option.content_icon and option.content else "") + option.content


def _selection(proto: Any, chance: random.Random) -> dict[str, Any]:
    """A click on the last trace of a figure, which is the one that takes clicks."""
    points: list[dict[str, Any]] = []
    traces = json.loads(proto.spec)["data"]
    if traces and isinstance(custom := traces[-1].get("customdata"), list) and custom:
        place = chance.randrange(len(custom))
        points = [
            {"curve_number": len(traces) - 1, "point_number": place, "point_index": place, "customdata": custom[place]}
        ]
    return {"points": points, "point_indices": [], "box": [], "lasso": []}


async def _visit(number: int, address: str, load: Load, ends: float, clip: Clip, outcome: Outcome) -> None:
    chance = random.Random(load.seed * 1000 + number)
    name = f"visitor-{number:03d}"
    others = re.compile(rb"visitor-(?!%03d)\d\d\d" % number)
    predicts_at = time.monotonic() + chance.uniform(0, load.predict_every_s)
    if number >= round(load.sessions * load.predicting):
        predicts_at = math.inf
    try:
        async with AsyncExitStack() as stack:
            began = time.perf_counter()
            visitor = await stack.enter_async_context(Visitor(address, name, foreign=others))
            await visitor.open()
            outcome.add(FIRST_PAGE, time.perf_counter() - began)
            page = ""
            while time.monotonic() < ends:
                await asyncio.sleep(chance.uniform(*load.think_s))
                if time.monotonic() >= predicts_at:
                    page = "predict"
                    outcome.add(f"{page}, open", await visitor.open(page))
                    await _predict(visitor, chance, clip, outcome)
                    predicts_at += load.predict_every_s
                    continue
                widgets = [(w, change) for w in visitor.elements.values() if w.id and (change := changes(w, chance))]
                if not widgets or chance.random() < NEW_PAGE:
                    page, query = chance.choice([*((page, "") for page in visitor.pages), *_links(load)])
                    outcome.add(f"{query.partition('=')[0] or page or 'start'}, open", await visitor.open(page, query))
                else:
                    widget, change = chance.choice(widgets)
                    outcome.add(f"{page or 'start'}, click", await visitor.change(widget, **change))
    except (VisitError, OSError) as error:
        outcome.failures.append(f"{name} on {page or 'start'}: {error}")


def _links(load: Load) -> list[tuple[str, str]]:
    """Page and query of the links that a teacher has given to the class."""
    links = [("train", "lesson", load.lesson), ("class", "challenge", load.challenge)]
    return [(page, f"{name}={code}") for page, name, code in links if code]


async def _predict(visitor: Visitor, chance: random.Random, clip: Clip, outcome: Outcome) -> None:
    """Upload a clip that no one else has, and wait for its prediction."""
    start_s = chance.uniform(0, clip.duration_s - CLIP_S)
    piece = clip.between(start_s, start_s + CLIP_S)
    quieter = Clip((piece.samples * chance.uniform(0.5, 0.9)).astype(np.float32), piece.rate)
    content = await asyncio.to_thread(audio.wav_bytes, quieter)
    uploader = visitor.find("file_uploader")[0]
    began = time.perf_counter()
    await visitor.upload(uploader, f"{visitor.name}.wav", content)
    await visitor.until(
        lambda element: element.kind == "download_button" and element.proto.label == "Prediction (JSON)"
    )
    outcome.add(PREDICTION, time.perf_counter() - began)


async def _train(number: int, address: str, ends: float, outcome: Outcome) -> None:
    """Train the paper's network again and again."""
    try:
        async with Visitor(address, f"trainer-{number}") as visitor:
            await visitor.open()
            while time.monotonic() < ends:
                await visitor.open("train")
                buttons = [button for button in visitor.find("button") if "Start training" in button.proto.label]
                if buttons and not buttons[0].proto.disabled:
                    await visitor.change(buttons[0], trigger_value=True)
                await asyncio.sleep(5)
    except (VisitError, OSError) as error:
        outcome.failures.append(f"training {number}: {error}")


async def _visit_all(address: str, load: Load, outcome: Outcome) -> None:
    songs = [audio.load_audio(song.path) for song in example_songs.SONGS]
    clip = Clip(np.concatenate([song.samples for song in songs]), songs[0].rate)
    ends = time.monotonic() + load.seconds
    trainings = [_train(number, address, ends, outcome) for number in range(load.trainings)]
    visits = [_visit(number, address, load, ends, clip, outcome) for number in range(load.sessions)]
    await asyncio.gather(*visits, *trainings)


def _generate(address: str, load: Load) -> Outcome:
    """What the visitors meet, in a process of their own."""
    outcome = Outcome()
    began, used = time.perf_counter(), time.process_time()
    asyncio.run(_visit_all(address, load, outcome))
    outcome.generator_cores = (time.process_time() - used) / (time.perf_counter() - began)
    return outcome


def run(address: str, server: psutil.Process, load: Load) -> Outcome:
    """Let visitors use a server.

    Parameters
    ----------
    server : its process; its memory is that of its descendants too.
    """
    generator = Workers(1, niceness=0, limit_s=2 * load.seconds + 10 * PATIENCE_S)
    visits = generator.submit(_generate, address, load)
    began, memory = time.monotonic(), []
    while not visits.wait(SAMPLE_S):
        memory.append((time.monotonic() - began, memory_of([server, *server.children(recursive=True)])))
    generator.close()
    outcome = visits.get()
    outcome.memory = memory
    return outcome


def memory_of(processes: Iterable[psutil.Process]) -> int:
    """Bytes of memory of processes; what they share counts once."""
    return sum(_own_memory(process) for process in processes)


def _own_memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def server_process(address: str) -> psutil.Process:
    """The process that listens at an address of this machine."""
    port = int(address.rpartition(":")[2])
    for connection in psutil.net_connections("tcp"):
        if connection.laddr.port == port and connection.status == psutil.CONN_LISTEN and connection.pid:
            return psutil.Process(connection.pid)
    raise RuntimeError(f"No process listens at {address}.")


def warm(address: str) -> None:
    """Open every page once, as a teacher does before a class."""

    async def visit() -> None:
        async with Visitor(address, "teacher") as visitor:
            await visitor.open()
            for page in visitor.pages:
                await visitor.open(page)

    asyncio.run(visit())


def report(outcome: Outcome) -> str:
    """The table of what the visitors met."""
    clicks, opened = outcome.all_of(", click"), outcome.all_of(", open")
    rows = [_row("**all clicks**", clicks), _row("**all pages opened**", opened)]
    rows += [_row(name, outcome.times_s[name]) for name in sorted(outcome.times_s)]
    base = [size for at_s, size in outcome.memory if at_s <= WARM_UP_S]
    notes = [
        f"{len(outcome.failures)} failures.",
        f"Memory of all processes {base[-1] / 1e6:.0f} MB after the first minute, at most "
        f"{outcome.growth_bytes / 1e6:.0f} MB more later.",
        f"The visitors' process took {outcome.generator_cores:.2f} cores.",
    ]
    failures = "".join(f"\n- {failure}" for failure in outcome.failures[:10])
    header = ("Page", "n", "Median", "95th percentile", "Longest")
    return f"{table(header, rows)}\n\n{' '.join(notes)}{failures}"


def _row(name: str, times_s: list[float]) -> tuple[str, ...]:
    if not times_s:
        return (name, "0", "", "", "")
    last = quantiles(times_s, n=20, method="inclusive")[-1] if len(times_s) > 1 else times_s[0]
    return (name, str(len(times_s)), *(f"{1000 * value:.0f} ms" for value in (median(times_s), last, max(times_s))))


def loads(sessions: int, seconds: float, think: list[float], seed: int) -> Iterator[tuple[str, str, Load]]:
    """The loads that are measured: a short name, a heading, and the load."""
    common: dict[str, Any] = {"seconds": seconds, "think_s": (think[0], think[1]), "seed": seed}
    yield "alone", "One visitor alone", Load(1, **common | {"predicting": 0.0})
    yield "clicks", f"{sessions} visitors, clicks only", Load(sessions, **common | {"predicting": 0.0})
    yield "predictions", f"{sessions} visitors, a fifth of them predicting", Load(sessions, **common)
    yield "trainings", f"{sessions} visitors, two trainings under way", Load(sessions, **common, trainings=2)


def main(sessions: int, seconds: float, think: list[float], seed: int, only: list[str] | None) -> str:
    sections = []
    for name, heading, load in loads(sessions, seconds, think, seed):
        if only and name not in only:
            continue
        with tempfile.TemporaryDirectory() as folder, served(Path(folder), environment=CLASS) as address:
            prepared = prepare(Path(folder))
            load = replace(load, lesson=prepared.lesson, challenge=prepared.challenge)
            warm(address)
            sections.append(f"**{heading}**\n\n{report(run(address, server_process(address), load))}")
    return "\n\n".join(sections)


if __name__ == "__main__":
    parser: argparse.ArgumentParser = argument_parser("load", __doc__)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--think", type=float, nargs=2, default=[0.5, 2.5], metavar=("LEAST", "MOST"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=("alone", "clicks", "predictions", "trainings"))
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # The process of the visitors must find the classes of this module by its name.
    publish(parser, importlib.import_module("benchmarks.load").main)
