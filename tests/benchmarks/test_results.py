"""The sections of docs/results.md, and how benchmarks write them."""

import argparse
import re
import sys
from pathlib import Path

import pytest

from benchmarks import results

ROOT = Path(__file__).parents[2]
DOCUMENT = "Before.\n<!-- benchmarks.speed -->\nold\n<!-- end benchmarks.speed -->\nAfter.\n"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "results.md"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path


def parser_with_seeds() -> argparse.ArgumentParser:
    parser = results.argument_parser("speed", "Speed.\n\nMore.")
    parser.add_argument("source", type=Path)
    parser.add_argument("--seeds", type=int, default=8)
    return parser


def test_a_section_is_replaced_and_the_rest_stays() -> None:
    replaced = results.replace_section(DOCUMENT, "benchmarks.speed", "new")
    assert replaced == DOCUMENT.replace("old", "new")
    assert results.replace_section(replaced, "benchmarks.speed", "new") == replaced


@pytest.mark.parametrize("missing", ["<!-- benchmarks.speed -->", "<!-- end benchmarks.speed -->"])
def test_a_missing_mark_is_an_error(missing: str) -> None:
    with pytest.raises(SystemExit, match="has no section"):
        results.replace_section(DOCUMENT.replace(missing, ""), "benchmarks.speed", "new")


def test_write_adds_the_command_without_local_paths(
    document: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["speed", str(document.parent), "--seeds", "3", "--write", str(document)])
    results.publish(parser_with_seeds(), lambda source, seeds: f"{seeds} seeds")
    text = document.read_text(encoding="utf-8")
    assert capsys.readouterr().out == "3 seeds\n"
    assert "3 seeds\n\nCommand: `python -m benchmarks.speed FOLDER --seeds 3`. Measured on 20" in text
    assert "old" not in text
    assert text.startswith("Before.\n")
    assert text.endswith("\nAfter.\n")


def test_without_write_nothing_is_written(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["speed", str(document)])
    results.publish(parser_with_seeds(), lambda source, seeds: "result")
    assert document.read_text(encoding="utf-8") == DOCUMENT


def test_a_table_has_a_row_of_dashes_below_its_header() -> None:
    assert results.table(("Run", "Accuracy"), [("a", "80 %")]) == "| Run | Accuracy |\n| --- | --- |\n| a | 80 % |"


def test_the_document_has_one_section_for_each_benchmark() -> None:
    text = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    benchmarks = {
        f"benchmarks.{path.stem}"
        for path in (ROOT / "benchmarks").glob("*.py")
        if "publish(" in path.read_text(encoding="utf-8") and path.stem != "results"
    }
    assert sorted(re.findall(r"<!-- (benchmarks\.\w+) -->", text)) == sorted(benchmarks)
    assert sorted(re.findall(r"<!-- end (benchmarks\.\w+) -->", text)) == sorted(benchmarks)
