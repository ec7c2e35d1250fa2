"""Codes that people read aloud and type: of visitors, lessons and challenges."""

import secrets

_CHARACTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""None that looks like another: neither 0 nor O, 1 nor I, 2 nor Z, 5 nor S, 8 nor B."""
CODE_LENGTH = 6
_GROUP = 4


def new_code(length: int = CODE_LENGTH) -> str:
    """A random code."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(length))


def format_code(code: str) -> str:
    """A code in groups of four, as in "K7GD-9XWT"."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read_code(text: str, length: int = CODE_LENGTH) -> str | None:
    """The code in a text that was typed, in small letters, with hyphens or spaces too; None if it is no code."""
    code = "".join(text.replace("-", " ").split()).upper()
    return code if len(code) == length and set(code) <= set(_CHARACTERS) else None
