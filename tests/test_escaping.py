"""Text that users wrote is shown literally in figures, Markdown, HTML, spreadsheets and file names.

That Streamlit shows escaped Markdown literally is tested in a browser: tests/e2e/test_hostile_names.py.
"""

import io

import pandas as pd
import pytest

from genre_core import escaping

JOINER = "\u2060"


def test_plotly_shows_markup_literally_and_keeps_line_breaks() -> None:
    assert escaping.plotly("<b>R&B</b><br>\n1 < 2") == "&lt;b>R&amp;B&lt;/b>&lt;br><br>1 &lt; 2"


@pytest.mark.parametrize("sign", [*"\\`*_[]<>|~$:&"])
def test_markdown_escapes_every_character_with_a_meaning(sign: str) -> None:
    assert escaping.markdown(f"a{sign}b") == f"a\\{sign}b"


@pytest.mark.parametrize("text", ["Für Elise, 3/4 (1810)", "hip-hop #1 + 2", "12 - 3 = 9", "a. 1. b"])
def test_markdown_leaves_plain_text_as_it_is(text: str) -> None:
    assert escaping.markdown(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# a", "\\# a"),
        ("- a", "\\- a"),
        ("+ a", "\\+ a"),
        ("===", "\\==="),
        ("12. a", "12\\. a"),
        ("1) a", "1\\) a"),
        ("    a", "a"),
        ("a\n# b", "a  \n\\# b"),
    ],
)
def test_no_line_of_markdown_begins_a_block(text: str, escaped: str) -> None:
    assert escaping.markdown(text) == escaped


@pytest.mark.parametrize(
    "text",
    [
        "http:|//a.b",
        "HTTPS:|//a.b",
        "www|.a.b",
        "a@|b.c",
        ":|material/home:",
        ":|material/home",
        ":|material_home:",
        ":|streamlit:",
        ":|+1:",
        "-|>",
        "a -|- b",
        "a >|= b",
        "<|-> a",
    ],
)
def test_what_streamlit_replaces_is_interrupted(text: str) -> None:
    shown = escaping.markdown(text.replace("|", "")).replace("\\", "")
    assert shown == text.replace("|", JOINER)


@pytest.mark.parametrize(("text", "shown"), [("a\tb", "a␉b"), ("a\x00", "a␀"), ("a\u202eb", "a�b"), ("a\ud800", "a�")])
def test_control_characters_are_visible(text: str, shown: str) -> None:
    for escape in (escaping.visible, escaping.markdown, escaping.plotly, escaping.html):
        assert escape(text) == shown


def test_html_is_shown_literally_as_content_and_in_attributes() -> None:
    assert escaping.html("<b title='\"'>") == "&lt;b title=&#x27;&quot;&#x27;&gt;"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\n=1", "＝1"])  # noqa: RUF001
def test_csv_contains_no_formulas(text: str) -> None:
    table = pd.DataFrame({"title": [text, "plain"], "accuracy": [-0.5, 1.0]})
    read = pd.read_csv(io.StringIO(escaping.csv(table)))
    assert list(read["title"]) == [f"'{text}", "plain"]
    assert list(read["accuracy"]) == [-0.5, 1.0]


def test_csv_column_names_are_escaped_or_left_out() -> None:
    table = pd.DataFrame({"=A1": [1]})
    assert escaping.csv(table) == "'=A1\n1\n"
    assert escaping.csv(table, header=False) == "1\n"


@pytest.mark.parametrize(("text", "shown"), [("\t=1", "␉=1"), ("a\r=1", "a␍=1")])
def test_no_text_begins_a_line_of_csv(text: str, shown: str) -> None:
    assert escaping.csv(pd.DataFrame({"file": [text]})) == f"file\n{shown}\n"


def test_a_file_name_has_no_folders_and_is_short() -> None:
    assert escaping.file_name('../a/b\\c:"d"\n.mp3') == ".._a_b_c__d__.mp3"
    assert len(escaping.file_name("a" * 1000)) == 120
