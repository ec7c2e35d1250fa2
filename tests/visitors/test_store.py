"""Visitors on disk, and what each may see and change."""

import threading
from pathlib import Path

import pytest

from genre_core import storage
from genre_core.errors import ConfigError
from genre_core.visitors import OPERATOR, Signer, Visitors, format_code, server_key
from tests.visitors.test_serving import Thing


def test_a_visitor_is_found_again_by_the_id_and_by_the_code() -> None:
    visitors = Visitors()
    first, second = (visitors.meet(visitors.new_id()) for _ in range(2))
    assert first != second
    assert visitors.meet(first.id) == first == Visitors().find(first.id)
    assert visitors.with_code(format_code(second.code).lower()) == second
    assert {visitor.id for visitor in visitors.all()} == {first.id, second.id}


def test_nothing_is_stored_of_a_browser_that_opens_no_page() -> None:
    Visitors().new_id()
    assert Visitors().all() == []


@pytest.mark.parametrize("id_", ["", "..", "../runs/x", "a" * 16 + "/", "A" * 16, "0" * 15])
def test_an_id_is_never_a_path(id_: str) -> None:
    assert Visitors().find(id_) is None


def test_a_damaged_visitor_is_a_new_one() -> None:
    visitors = Visitors()
    known = visitors.meet(visitors.new_id())
    (storage.home() / "visitors" / f"{known.id}.json").write_text("{", encoding="utf-8")
    assert visitors.find(known.id) is None
    assert visitors.meet(known.id).code != known.code


def test_wrong_codes_are_refused_and_after_too_many_of_them_all_are() -> None:
    visitors = Visitors()
    known = visitors.meet(visitors.new_id())
    for _ in range(60):
        with pytest.raises(ConfigError, match="No visitor has this code"):
            visitors.with_code("AAAA-AAAA", "10.0.0.1")
    with pytest.raises(ConfigError, match="Too many wrong codes"):
        visitors.with_code(known.code, "10.0.0.1")
    assert visitors.with_code(known.code, "10.0.0.2") == known


def test_a_key_that_can_not_be_stored_lasts_as_long_as_the_server(home: Path) -> None:
    home.write_text("no folder", encoding="utf-8")
    assert len(server_key()) == 32


def test_one_visitor_in_many_tabs_at_once_is_one() -> None:
    visitors = Visitors()
    id_ = visitors.new_id()
    codes: list[str] = []
    threads = [threading.Thread(target=lambda: codes.append(visitors.meet(id_).code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 8 and len(set(codes)) == 1


def test_visitors_see_their_own_and_what_is_shared_and_change_their_own() -> None:
    visitors = Visitors()
    one, two = (visitors.meet(visitors.new_id()) for _ in range(2))
    own, shared, of_operator = Thing(one.id), Thing(one.id, shared=True), Thing("")
    assert [two.may_see(thing) for thing in (own, shared, of_operator)] == [False, True, False]
    assert [two.may_change(thing) for thing in (own, shared, of_operator)] == [False] * 3
    assert one.may_see(own) and one.may_change(own) and one.may_change(shared)
    assert all(OPERATOR.may_see(thing) and OPERATOR.may_change(thing) for thing in (own, shared, of_operator))


def test_the_key_and_the_codes_are_for_the_owner_of_the_server_alone(home: Path) -> None:
    assert server_key() == server_key()
    assert (home / "visitors").stat().st_mode & 0o077 == 0


def test_a_signed_text_can_not_be_changed() -> None:
    signer = Signer(server_key())
    signed = signer.sign("0123456789abcdef")
    assert signer.read(signed) == "0123456789abcdef"
    for changed in (signed[:-1], signed[1:], signed.replace("0", "1", 1), "0123456789abcdef", "", ".", "ü.ü"):
        assert signer.read(changed) is None
    assert Signer(b"another key").read(signed) is None
