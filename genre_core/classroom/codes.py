"""Codes that people read aloud and type, such as that of a lesson: without characters that look alike."""

import secrets

_CHARACTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""Neither 0 nor O, 1 nor I, 2 nor Z, 5 nor S, 8 nor B."""
CODE_LENGTH = 6


def new_code(length: int = CODE_LENGTH) -> str:
    """A random code."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(length))


def read_code(text: str, length: int = CODE_LENGTH) -> str | None:
    """The code in a text that was typed, in small letters or with spaces too; None if it is no code."""
    code = "".join(text.split()).upper()
    return code if len(code) == length and set(code) <= set(_CHARACTERS) else None
