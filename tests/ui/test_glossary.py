"""The glossary, read from its document."""

from pathlib import Path

from ui import glossary
from ui.glossary import Entry


def test_terms_are_read_with_their_group_and_text(tmp_path: Path) -> None:
    file = tmp_path / "glossary.md"
    file.write_text(
        "# Glossary\n\nIntroduction.\n\n## Audio\n\n### Track\nOne file.\n\n### Clip\nA piece\nof audio.\n\n"
        "## Scores\n\n### F1\nA mean.\n\n## Sources\n\n- A book.\n",
        encoding="utf-8",
    )
    assert glossary.read(file) == (
        Entry("Audio", "Track", "One file."),
        Entry("Audio", "Clip", "A piece\nof audio."),
        Entry("Scores", "F1", "A mean."),
    )


def test_a_missing_file_has_no_terms(tmp_path: Path) -> None:
    assert glossary.read(tmp_path / "nothing.md") == ()


def test_every_term_has_a_short_explanation() -> None:
    entries = glossary.entries()
    terms = [entry.term for entry in entries]
    assert len(terms) == len(set(terms)) >= 30
    assert all(entry.group and 60 <= len(entry.text) <= 400 for entry in entries)
