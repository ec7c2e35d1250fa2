"""Random addresses give a setup or one sentence; random names are shown as they are, wherever they are shown.

A few hundred cases here, and more by `make soak`; a case is made by its number alone.
"""

import csv
import html
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest

from genre_core import datasets, escaping, figures, report, runs
from genre_core.classroom import QuizConfig, QuizRooms
from genre_core.datasets import Dataset
from genre_core.datasets.splits import SplitConfig
from genre_core.errors import GenreLabError
from genre_core.models.config import MODELS
from genre_core.runs import Run
from tests.hostile_names import ADDRESS, GENRES, figure_texts
from tests.test_fuzzing import is_one_sentence
from ui import training_setup
from ui.quiz import address as quiz_address
from ui.training_setup import TrainingSetup

ADDRESSES, ESCAPED, SHOWN = 150, 150, 10
"""Number of cases of the quick part."""
SOAK_FACTOR = 12

_VALUES = (
    *(
        "",
        "0",
        "-1",
        "1e400",
        "9" * 4000,
        "9" * 5000,
        "nan",
        "inf",
        "0x1",
        "١٢",
        "1_000",
        " 1 ",
        "1.5",
        "None",
        "True",
        "null",
    ),
    *("512,256", ",", "1," * 5000, "512,,1", "-1,0", "mlp", "cnn", "knn", "mel", "paper", "paper@vocals", "a@b@c"),
    *("\0", "\ud800", "../../x", "<img src=x>", "x" * 10_000, "room", "room,room", "track", "column", "two-networks"),
)
_PIECES = (
    *(*GENRES, ADDRESS, "\0", "\ud800", "\u202e", "\u2028", "\r\n", "\n", "\t", "</script>", "<!--", "<br>", "&amp"),
    *("=", "+1", "-", "@", "＝1", "`", "```", "~~~", "|", "# ", "> ", "1. ", "***", "___", "::", ":red[", "$$", "\\"),  # noqa: RUF001
    *("../", "..\\", "CON", "C:", "'", '"', "%s", "{0}", "%{x}", "http://evil.example", "🎸", "é", "日本", "x" * 300),
)


def pick(options: Any, rng: np.random.Generator) -> Any:
    return options[int(rng.integers(len(options)))]


# --- addresses --------------------------------------------------------------------------------------------------------


def random_query(queries: list[dict[str, str]], rng: np.random.Generator) -> dict[str, str]:
    """A written address with some values replaced by another's or by odd ones, removed or renamed."""
    query = dict(pick(queries, rng))
    names = sorted({name for one in queries for name in one} | {"x", "\ud800", ""})
    for _ in range(rng.integers(1, 4)):
        name = pick(names, rng)
        change = rng.integers(4)
        if change == 0:
            query.pop(name, None)
        elif change == 1:
            query[name] = pick(queries, rng).get(name, "x")
        else:
            query[name] = pick(_VALUES, rng) if change == 2 else random_name(rng)
    return query


def check_addresses(cases: range) -> int:
    """Check some cases, and return how many of them could be used."""
    setups = [TrainingSetup(kind(), SplitConfig("track", folds=5), "mel", ("room",)) for kind in MODELS.values()]
    old = (Path(__file__).parent / "data" / "version_0_1" / "addresses.txt").read_text(encoding="utf-8").split()
    to_train = [training_setup.to_query(setup) for setup in setups]
    to_train += [dict(parse_qsl(line.partition("?")[2])) for line in old if line.startswith("train?")]
    to_quiz, rooms = [quiz_address.to_query(QuizConfig("two-networks", 1234, source="synthetic"))], QuizRooms()
    used = 0
    for number in cases:
        rng = np.random.default_rng([7, number])
        try:
            if number % 3:
                setup = training_setup.from_query(random_query(to_train, rng))
                assert training_setup.from_query(training_setup.to_query(setup)) == setup, number
            else:
                config = quiz_address.from_query(random_query(to_quiz, rng), rooms)
                assert quiz_address.from_query(quiz_address.to_query(config), rooms) == config, number
            used += 1
        except GenreLabError as error:
            assert is_one_sentence(error), (number, error)
    return used


def test_a_random_address_is_opened_or_refused_in_a_sentence() -> None:
    assert 0 < check_addresses(range(ADDRESSES)) < ADDRESSES


# --- names ------------------------------------------------------------------------------------------------------------


def random_name(rng: np.random.Generator) -> str:
    """One to five pieces that mean something somewhere, or random characters."""
    pieces = [
        pick(_PIECES, rng) if rng.random() < 0.8 else "".join(map(chr, rng.integers(0x3000, size=5)))
        for _ in range(rng.integers(1, 6))
    ]
    return pick(("", " "), rng).join(pieces)


def check_escaped(cases: range) -> None:
    for number in cases:
        name = random_name(np.random.default_rng([8, number]))
        shown = escaping.visible(name)
        assert not re.search(r"[\0-\x09\x0b-\x1f\x7f\u202e\ud800]", shown) and shown.encode(), name
        assert html.unescape(escaping.html(name)) == shown and not re.search("[<>\"']", escaping.html(name)), name
        assert not re.search(r"<(?!br>)|&(?!lt;|amp;)", escaping.plotly(name)), name
        assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>|~$]", escaping.markdown(name).replace("\\\\", "")), name
        table = pd.DataFrame([[name], ["x"]], columns=pd.Index([name], dtype=object), dtype=object)
        rows = list(csv.reader(io.StringIO(escaping.csv(table))))
        assert len(rows) == 3 and rows[0] == rows[1] and rows[2] == ["x"], name
        assert not rows[0][0].startswith(("=", "+", "-", "@", "\t", "\r")), name
        file = escaping.file_name(name)
        assert len(Path(f"{file}.csv").parts) == 1 and not re.search(r"[\0-\x1f/\\:]", file), name


def test_a_random_name_is_escaped() -> None:
    check_escaped(range(ESCAPED))


class Tags(HTMLParser):
    """The tags of a page with the names of their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment",))


def renamed(run: Run, name: Callable[[int], str]) -> Run:
    """A run whose title, note, dataset and genres have other names."""
    genres = tuple(f"{name(i)} {i}" for i in range(len(run.info.genres)))
    info = replace(run.info, genres=genres, title=name(11), note=name(12), dataset=name(13))
    return replace(run, info=info)


def check_shown(cases: range, folder: Path) -> None:
    run = runs.load_run(runs.PAPER_RUN)
    plain = Tags(report.html_report(renamed(run, lambda i: "plain"))).found
    for number in cases:
        rng = np.random.default_rng([9, number])
        # What is stored holds no half of a surrogate pair: it would not be read.  Line breaks are shown as such.
        names = [random_name(rng).encode(errors="replace").decode().replace("\n", " ") for _ in range(14)]
        hostile = renamed(run, names.__getitem__)
        assert Tags(report.html_report(hostile)).found == plain, number
        assert report.predictions_csv(hostile).encode() and report.runs_table([hostile.info]) is not None
        genre = np.repeat([f"{''.join(filter(str.isprintable, name))} {i}" for i, name in enumerate(names[:3])], 4)
        dataset = Dataset(names[4], "paper", rng.normal(size=(12, 58)), genre, genre, np.arange(12) % 4 * 3.0)
        for figure in (
            figures.confusion.confusion_matrix(hostile.evaluation(), "row"),
            figures.evaluate.genre_scores(hostile.evaluation()),
            figures.compare.intervals([hostile.info]),
            figures.explore.feature_scatter(dataset, "tempo", "rms_mean", dataset.genres),
            figures.explore.distribution(dataset, "tempo", dataset.genres, "Violin"),
        ):
            assert not figure_texts(json.loads(figure.to_json())), number
        check_table(dataset, folder / "table.parquet")


def check_table(dataset: Dataset, path: Path) -> None:
    """A dataset with odd names is written and read, or refused."""
    try:
        datasets.write_table(dataset, path)
        assert list(datasets.read_table(path, "table").genres) == list(dataset.genres)
    except GenreLabError as error:
        assert is_one_sentence(error), error


def test_random_names_are_shown_as_they_are(tmp_path: Path) -> None:
    check_shown(range(SHOWN), tmp_path)


@pytest.mark.soak
def test_hundreds_of_addresses_and_names(tmp_path: Path) -> None:
    cases = [range(count, SOAK_FACTOR * count) for count in (ADDRESSES, ESCAPED, SHOWN)]
    used = check_addresses(cases[0])
    check_escaped(cases[1])
    check_shown(cases[2], tmp_path)
    print(f"\n{len(cases[0])} addresses, {used} used; {len(cases[1])} names escaped, {len(cases[2])} times shown")
