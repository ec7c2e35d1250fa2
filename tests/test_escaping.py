"""Text that users wrote is shown literally in figures, Markdown and spreadsheets."""

import io

import pandas as pd
import pytest

from genre_core import escaping


def test_plotly_shows_markup_literally_and_keeps_line_breaks() -> None:
    assert escaping.plotly("<b>R&B</b><br>1 < 2") == "&lt;b>R&amp;B&lt;/b><br>1 &lt; 2"


@pytest.mark.parametrize("sign", [*"\\`*_[]<>|~$:&"])
def test_markdown_escapes_every_character_with_a_meaning(sign: str) -> None:
    assert escaping.markdown(f"a{sign}b") == f"a\\{sign}b"


def test_markdown_leaves_plain_text_as_it_is() -> None:
    assert escaping.markdown("Für Elise, 3/4 (1810)") == "Für Elise, 3/4 (1810)"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_csv_contains_no_formulas(text: str) -> None:
    table = pd.DataFrame({"title": [text, "plain"], "accuracy": [-0.5, 1.0]})
    read = pd.read_csv(io.StringIO(escaping.csv(table)))
    assert list(read["title"]) == [f"'{text}", "plain"]
    assert list(read["accuracy"]) == [-0.5, 1.0]


def test_csv_column_names_are_escaped_or_left_out() -> None:
    table = pd.DataFrame({"=A1": [1]})
    assert escaping.csv(table) == "'=A1\n1\n"
    assert escaping.csv(table, header=False) == "1\n"
