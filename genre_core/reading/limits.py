"""How much is read of what others made: the one place for limits of files and of what they unfold to.

A few bytes may unfold to gigabytes, so a size is known before anything is read, and bytes are counted while it unfolds.
Whatever is refused or accepted within these limits takes at most 1.5 GB of memory in all
(tests/reading/test_memory.py); the limit of the length of audio is `audio.duration_limit_s`.
"""

MOST_FILE_BYTES = 2_000_000_000
"""Of a file that is read from disk piece by piece: audio, a table, a file of pictures."""
MOST_CONTENT_BYTES = 200_000_000
"""Of a file whose whole content is in memory: as large as an upload may be (.streamlit/config.toml)."""

MOST_TABLE_BYTES = 600_000_000
"""That a table takes in memory."""
MOST_ROWS = 1_000_000
MOST_PICTURES = 50_000
MOST_COLUMNS = 2_000
MOST_NAME_CHARACTERS = 100
"""Of the name of a column."""
MOST_TEXT_CHARACTERS = 300
"""Of a genre, a track, an artist."""
MOST_GENRES = 200
"""Of a dataset: every page compares each genre with each."""

MOST_ARCHIVE_BYTES = 600_000_000
"""That the files in a ZIP archive unfold to, all together."""
MOST_MODEL_BYTES = 300_000_000
"""That a model of scikit-learn unfolds to, of which there are several copies while it is loaded."""
MOST_ARCHIVE_FILES = 20_000

MOST_SAMPLES = 400_000_000
"""Of audio, in all channels together, that are decoded: 15 minutes of two channels at 192 kHz have 346 million."""


def check_size(size: int, most: int = MOST_FILE_BYTES) -> None:
    """Refuse a file of this size in bytes before it is read.

    Raises
    ------
    ValueError
        If it is larger.
    """
    if size > most:
        raise ValueError(f"it is larger than {size_text(most)}, which is the limit")


def size_text(size: int) -> str:
    """A size in bytes as text, as in "200 MB"."""
    return f"{size / 1e9:g} GB" if size >= 1e9 else f"{size / 1e6:g} MB"
