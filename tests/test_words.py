"""Words that are out of use do not come back into code, texts or documents.

`docs/glossary.md` explains the terms that are in use.  This test finds words, not
sentences, and is no substitute for reading.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = (
    "*.md",
    "*.py",
    "Makefile",
    "requirements*.txt",
    "artifacts/bundled/**/*.md",
    "artifacts/bundled/runs/*/run.json",
    "benchmarks/*.py",
    "docs/*.md",
    "genre_core/**/*.json",
    "genre_core/**/*.py",
    "pages/*.py",
    "scripts/**/*.py",
    "tests/**/*.py",
    "ui/**/*.py",
)

OUT_OF_USE = {
    r"verdicts?": "prediction",
    r"judg\w*": "predict, prediction, conclusion",
    r"heard as|taken for": "predicted as",
    r"(segments|tracks|named) right": "correct, accuracy",
    r"trusts?": "reliability",
    r"doubt\w*": "reliability, uncertain",
    r"data sets?": "dataset",
    r"(train\w*|test\w*|validation|valid) parts?": "training, validation or test set",
    r"parts? (kept )?aside|kept aside": "held-out, test set",
    r"learn(ed|t|s) from": "trained on",
    r"how sure|sureness|surest|as sure as": "confidence",
    r"(vocals|voice) (and|or|from) (the )?instruments|(?<=[@\"])instruments(?=\")": "accompaniment",
    r"likeness": "similar tracks, similarity",
    r"speaks? for": "explanation, contribution",
    r"memory of recordings": "data leakage",
    r"never heard|unheard": "unseen in training",
    r"library of": "batch, many songs",
    r"colours?|coloured|centres?|centred|neighbours?|levelled|licences?|behaviours?|grey": "American spelling",
    r"(normal|recogn|initial|optim|organ|local|general|real|visual|equal|synthes|summar)is(e|ed|es|er|ers|ing|ation)": (
        "American spelling"
    ),
}
"""Patterns of words that are out of use, and what to say instead."""

EXCEPTIONS: dict[str, tuple[str, ...]] = {
    # names of version 0.1
    "CHANGELOG.md": ("trust", "levelled", "neighbours"),
    "docs/json.md": ("trust", "levelled", "neighbours"),
    "genre_core/prediction/batch/journal.py": ("judging", "judged"),
    "tests/cli/test_main.py": ("neighbours",),
    "tests/datasets/test_folder.py": ("levelled", "instruments"),
    "tests/datasets/test_table.py": ("levelled", "instruments"),
    "tests/models/test_config.py": ("neighbours",),
    "tests/pages/test_train.py": ("levelled", "neighbours"),
    "tests/prediction/batch/test_journal.py": ("judging", "judged", "trust", "levelled"),
    "tests/runs/test_formats.py": ("levelled", "instruments"),
    "tests/test_public_interface.py": ("judge",),
    "tests/ui/quiz/test_address.py": ("levelled",),
    "tests/ui/test_training_setup.py": ("levelled", "neighbours", "instruments"),
    # trust in a file or a scheduler, not in a prediction
    "genre_core/audio/decoding.py": ("trusts",),
    "genre_core/cli/predict.py": ("trust",),
    "genre_core/prediction/batch/cluster.py": ("trust",),
}
"""Words that are right in a file, because they mean something else there or are names of version 0.1."""
EXEMPT = ("genre_core/old_names.py", "tests/test_old_names.py", "tests/test_words.py")


@dataclass(frozen=True)
class Hit:
    """A word that is out of use."""

    file: str
    line: int
    word: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.word!r}; say: {self.instead}"


def words_of(text: str) -> str:
    """The text with identifiers taken apart into words, with the same number of lines."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return text.replace("_", " ").replace("-", " ")


def find(file: str, text: str) -> Iterator[Hit]:
    words = words_of(text)
    for pattern, instead in OUT_OF_USE.items():
        # A phrase may go on in the next line, behind a comment sign or a quotation mark.
        phrase = pattern.replace(" ", r"[\s#\"']+")
        for match in re.finditer(rf"\b(?:{phrase})\b", words, flags=re.IGNORECASE):
            word = " ".join(re.split(r"[\s#\"']+", match.group())).lower()
            yield Hit(file, words.count("\n", 0, match.start()) + 1, word, instead)


def documents() -> Iterator[tuple[str, str]]:
    for path in sorted({path for pattern in FILES for path in ROOT.glob(pattern)}):
        file = path.relative_to(ROOT).as_posix()
        if file not in EXEMPT and not file.startswith("tests/data/"):
            yield file, path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def hits() -> list[Hit]:
    return [hit for file, text in documents() for hit in find(file, text)]


def test_no_word_that_is_out_of_use_is_left(hits: list[Hit]) -> None:
    unexpected = [hit for hit in hits if hit.word not in EXCEPTIONS.get(hit.file, ())]
    assert not unexpected, "\n".join(map(str, unexpected))


def test_every_exception_is_needed(hits: list[Hit]) -> None:
    found = {(hit.file, hit.word) for hit in hits}
    assert not [(file, word) for file, words in EXCEPTIONS.items() for word in words if (file, word) not in found]


@pytest.mark.parametrize(
    "text",
    [
        "def judge_file() -> None: ...",
        "class SegmentVerdict: ...",
        'st.metric("Segments right", 3)',
        "# a song that is taken\n# for another genre",
        '"""The data\nset."""',
        "The genre colours",
        'labels = {"x": "heard as"}',
    ],
)
def test_words_are_found_in_identifiers_strings_and_over_line_ends(text: str) -> None:
    assert list(find("example.py", text))


@pytest.mark.parametrize("text", ["untrusted input", "DataSource", "a part of the song", "Centered on the segment"])
def test_words_in_use_are_not_found(text: str) -> None:
    assert not list(find("example.py", text))
