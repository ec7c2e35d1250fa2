"""The texts of a page, as a visitor reads them."""

import re


def plain(markdown: str) -> str:
    """Text without emphasis, escapes, joiners and hard spaces."""
    return re.sub(r"\\(.)", r"\1", markdown.replace("**", "")).replace("\u00a0", " ").replace("\u2060", "")
