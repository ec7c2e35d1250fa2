"""Codes that people read aloud and type: of visitors, lessons and challenges."""

import secrets

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without letters and digits that look alike: no I, L, O, 0 or 1."""
_GROUP = 4


def new_code(length: int) -> str:
    """A random code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def format_code(code: str) -> str:
    """A code in groups of four, as in "K7QD-9XWT"."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read_code(text: str) -> str:
    """A code as it was typed: in any case, with or without hyphens and spaces."""
    return "".join(character for character in text.upper() if character in ALPHABET)
