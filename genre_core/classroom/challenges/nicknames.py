"""Nicknames of students: which are allowed, and which look alike.

Everyone in a class reads them on one screen, so nobody may take a nickname that looks like another's.  Letters are of
one writing system, which rules out an Anna with a Cyrillic A (a stricter form of "highly restrictive" in Unicode
Technical Standard 39).  The standard library has no list of look-alikes: a short one of Latin, Greek and Cyrillic
letters stands here, and look-alikes within other writing systems are not found.
"""

import unicodedata

from genre_core.errors import ConfigError

MAX_NICKNAME_LENGTH = 24
_SIGNS = " -.'"
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5"
"""Letters and marks without a shape of their own, as they are in Unicode's compatibility form."""
_EAST_ASIAN = frozenset({"CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
"""Words that are written together, and with Latin letters."""
_COMMON = frozenset({"COMBINING", "MODIFIER", "DIGIT", "EXTENDED"})
"""First words of the names of marks and digits that belong to several writing systems."""
_ALIKE = str.maketrans(
    "аеорсухіјѕһԁԛԝӏвнкмтαβεζηικμνορτυχɑɡıl10",  # noqa: RUF001 (they are alike)
    "aeopcyxijshdqwibhkmtabezhikmnoptyxagiiio",
)
"""Small letters (of which the capitals look alike, too) and digits, with the Latin letter that stands for them."""


def checked_nickname(text: str) -> str:
    """A nickname without spaces around it.

    Raises
    ------
    ConfigError
        If it is empty, too long, has letters of several writing systems, or has other characters than visible letters,
        digits, spaces and a few signs.
    """
    nickname = " ".join(unicodedata.normalize("NFC", text).split())
    if not nickname or len(nickname) > MAX_NICKNAME_LENGTH:
        raise ConfigError(f"Enter a nickname of 1 to {MAX_NICKNAME_LENGTH} characters.")
    letters = [sign for sign in nickname if sign not in _SIGNS]
    if not all(_is_allowed(sign) for sign in letters) or not any(
        unicodedata.category(sign)[0] in "LN" for sign in letters
    ):
        raise ConfigError("A nickname has letters, digits, spaces, hyphens, periods and apostrophes; choose another.")
    systems = {_writing_system(sign) for sign in _compatible(nickname) if sign not in _SIGNS} - _COMMON
    if len(systems) > 1 and not systems <= _EAST_ASIAN | {"LATIN"}:
        raise ConfigError("A nickname has letters of one writing system; choose another.")
    return nickname


def same_nickname(one: str, other: str) -> bool:
    """Whether two nicknames look alike: they differ in nothing but capitals, accents, signs, forms of the same letters
    and letters of the same shape."""
    return _folded(one) == _folded(other)


def _is_allowed(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN" and not any(
        part in _BLANK or "VARIATION SELECTOR" in unicodedata.name(part, "") for part in _compatible(sign)
    )


def _writing_system(sign: str) -> str:
    """The writing system of a letter or digit: the first word of its name, which the standard library knows."""
    return unicodedata.name(sign, "UNKNOWN").replace("-", " ").split()[0]


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _folded(nickname: str) -> str:
    small = unicodedata.normalize("NFKD", _compatible(nickname).casefold()).translate(_ALIKE)
    return "".join(sign for sign in small if sign not in _SIGNS and not _is_accent(sign))


def _is_accent(sign: str) -> bool:
    """Whether a sign is an accent of Latin, Greek and Cyrillic letters; in other writing systems marks are letters."""
    return "\u02b0" <= sign <= "\u036f"
