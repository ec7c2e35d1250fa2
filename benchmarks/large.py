"""Pages with much to show: Compare with hundreds of runs, Explore with large datasets.

    python -m benchmarks.large [--runs 200] [--segments 20000] [--table features_30_sec.csv] [--write docs/results.md]

A visitor without a browser (benchmarks/visitor.py) opens the pages of a server and changes every widget in turn; the
time is that from the changed widget to the end of the page's answer.  The baseline is the same with what is bundled.
"""

import asyncio
import json
import random
import shutil
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.load import changes
from benchmarks.results import argument_parser, publish, table
from benchmarks.visitor import Element, VisitError, Visitor
from genre_core import datasets, storage
from genre_core.datasets import Dataset
from tests.e2e.conftest import served

REPETITIONS = 3


def main(runs: int, segments: int, table_file: Path | None) -> str:
    few, many = asyncio.run(_measure_runs(0)), asyncio.run(_measure_runs(runs))
    rows = [("Compare, bundled runs", *few), (f"Compare, {runs} runs more", *many)]
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
        rows.append(("Explore, bundled", *asyncio.run(_explore(address, None))))
        if table_file:
            rows.append((f"Explore, {table_file.name}", *asyncio.run(_explore(address, table_file))))
        enlarged = Path(folder) / "enlarged.parquet"
        datasets.write_table(_enlarged(segments), enlarged)
        rows.append((f"Explore, {segments} segments", *asyncio.run(_explore(address, enlarged))))
    header = ("Page", "Open", "Widgets", "Median", "Slowest", "Its label")
    return table(header, [(name, *_shown(opened, times)) for name, opened, times in rows])


def _shown(opened_s: float, times_s: dict[str, float]) -> tuple[str, ...]:
    slowest = max(times_s, key=times_s.__getitem__)
    times = (opened_s, median(times_s.values()), times_s[slowest])
    opened, *widgets = (f"{1000 * time_s:.0f} ms" for time_s in times)
    return (opened, str(len(times_s)), *widgets, slowest)


async def _measure_runs(count: int) -> tuple[float, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            _copy_run(Path(folder), number)
        with served(Path(folder)) as address:
            async with Visitor(address, "visitor") as visitor:
                await visitor.open()
                await visitor.open("compare")
                await visitor.open()
                opened_s = await visitor.open("compare")
                return opened_s, await _change_all(visitor)


def _copy_run(home: Path, number: int) -> None:
    """A run like one that is bundled, with a name and scores of its own."""
    folder = home / "runs" / f"run-{number:03d}"
    shutil.copytree(storage.bundled_runs_dir() / ("paper-random", "paper-track")[number % 2], folder)
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    document["title"] = f"Run {number}"
    document["scores"]["accuracy"] = 0.5 + 0.4 * (number % 37) / 37
    (folder / "run.json").write_text(json.dumps(document), encoding="utf-8")


async def _explore(address: str, file: Path | None) -> tuple[float, dict[str, float]]:
    async with Visitor(address, "visitor") as visitor:
        await visitor.open()
        await visitor.open("explore")
        if file:
            source = next(group for group in visitor.find("button_group") if group.proto.label == "Source")
            await visitor.change(source, string_array_value={"data": [":material/table: Table"]})
            await visitor.upload(visitor.find("file_uploader")[0], file.name, file.read_bytes())
            await visitor.until(lambda element: _names(element, file))
            await visitor.open()
        opened_s = await visitor.open("explore")
        if file and not any(_names(element, file) for element in visitor.find("markdown")):
            raise VisitError(f"Explore does not show {file.name}")
        return opened_s, await _change_all(visitor)


def _names(element: Element, file: Path) -> bool:
    """Whether an element says that the dataset of a file is in use."""
    return element.kind == "markdown" and f"Dataset: **{file.name}**" in element.proto.body.replace("\\", "")


async def _change_all(visitor: Visitor) -> dict[str, float]:
    """The median duration of a change of each widget of the page, by its label, in each of its tabs."""
    chance = random.Random(0)
    times_s: dict[str, float] = {}
    tabs = next((element.tabs for element in visitor.find("tab_container")), [""])
    for tab in tabs:
        if tab:
            times_s[f"tab {tab}"] = await visitor.change(visitor.find("tab_container")[0], string_value=tab)
        for label in {_label(element) for element in visitor.elements.values() if changes(element, chance)}:
            taken = []
            for _ in range(REPETITIONS):
                widget = next((element for element in visitor.elements.values() if _label(element) == label), None)
                if widget and not widget.tabs and label != "Source" and (change := changes(widget, chance)):
                    taken.append(await visitor.change(widget, **change))
            if taken:
                times_s[label] = max(times_s.get(label, 0), median(taken))
    return times_s


def _label(element: Element) -> str:
    return str(getattr(element.proto, "label", "") or element.kind)


def _enlarged(segments: int) -> Dataset:
    """The bundled dataset, repeated with noise: each copy is of other tracks."""
    bundled = datasets.load_dataset(datasets.BUNDLED)
    rows = np.resize(np.arange(len(bundled.values)), segments)
    copy = np.arange(segments) // len(bundled.values)
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.05, (segments, bundled.values.shape[1])) * bundled.values.std(axis=0)
    track = np.array([f"{bundled.track[row]}-{number}" for row, number in zip(rows, copy, strict=True)])
    return Dataset(
        "enlarged", bundled.features, bundled.values[rows] + noise, bundled.genre[rows], track, bundled.start_s[rows]
    )


if __name__ == "__main__":
    parser = argument_parser("large", __doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--segments", type=int, default=20_000)
    parser.add_argument("--table", dest="table_file", type=Path, help="a table of Kaggle")
    publish(parser, main)
