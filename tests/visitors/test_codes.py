"""Codes that people type."""

import pytest

from genre_core.visitors import format_code, new_code, read_code


def test_a_code_is_read_as_it_is_shown_and_as_people_type_it() -> None:
    code = new_code(8)
    shown = format_code(code)
    assert len(shown) == 9 and shown[4] == "-"
    for typed in (code, shown, shown.lower(), f" {code[:3]} {code[3:]} "):
        assert read_code(typed, 8) == code


@pytest.mark.parametrize("typed", ["", "A", "O0O0O0", "ACDEF!", "ACDEFGH", "<b>ACD", "ACDE\x00F"])
def test_other_texts_are_no_codes(typed: str) -> None:
    assert read_code(typed) is None


def test_codes_differ_and_have_no_letters_that_look_alike() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) > 990
    assert not set("".join(codes)) & set("01258OIZSB")
