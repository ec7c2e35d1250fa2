"""A server for a class: cookies, codes and the operator's token, asked as programs ask that mean no good."""

from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from genre_core.visitors import Serving
from tests.e2e.conftest import TOKEN, served
from tests.e2e.test_requests import answer

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def cookies(server: str, path: str = "/", **headers: str) -> SimpleCookie:
    return SimpleCookie(answer(server, "GET", path, headers)[2].get("Set-Cookie", ""))


def post(server: str, path: str, origin: str | None = None, **fields: str) -> tuple[int, bytes, SimpleCookie]:
    headers = FORM | ({"Origin": origin} if origin else {})
    status, content, given = answer(server, "POST", path, headers, urlencode(fields).encode())
    return status, content, SimpleCookie("; ".join(given.get_all("Set-Cookie", [])))


def test_each_browser_gets_a_signed_cookie_that_no_script_reads(class_server: str) -> None:
    first, second = (cookies(class_server)["genre_lab_visitor"] for _ in range(2))
    assert first.value != second.value
    assert first["httponly"] and first["samesite"] == "Lax" and first["path"] == "/"
    assert "genre_lab_visitor" not in cookies(class_server, Cookie=f"genre_lab_visitor={first.value}")
    forged = f"{second.value.partition('.')[0]}.{first.value.partition('.')[2]}"
    assert "genre_lab_visitor" in cookies(class_server, Cookie=f"genre_lab_visitor={forged}")


@pytest.mark.parametrize("path", ["/_stcore/health", "/_stcore/host-config"])
def test_only_pages_give_a_cookie(class_server: str, path: str) -> None:
    assert "genre_lab_visitor" not in cookies(class_server, path)


def test_on_localhost_there_is_nothing_of_a_class(unchanged_server: str) -> None:
    assert "genre_lab_visitor" not in cookies(unchanged_server)
    assert b"Go on with your code" not in answer(unchanged_server, "GET", "/enter")[1]
    assert post(unchanged_server, "/enter/operator", token="")[0] in (404, 405)


def test_only_the_token_makes_an_operator(class_server: str) -> None:
    status, _, given = post(class_server, "/enter/operator", token=TOKEN)
    assert status == 200 and given["genre_lab_operator"]["httponly"]
    assert TOKEN not in given["genre_lab_operator"].value
    for token in ("", TOKEN[:-1], TOKEN.upper(), "x" * 5000):
        status, _, given = post(class_server, "/enter/operator", token=token)
        assert status == 403 and not given


@pytest.mark.parametrize("path", ["/enter", "/enter/operator", "/leave"])
def test_forms_of_other_sites_are_refused(class_server: str, path: str) -> None:
    status, _, given = post(class_server, path, origin="https://evil.example", token=TOKEN, code="")
    assert status == 403 and not given


def test_a_wrong_code_is_told_in_a_sentence_and_is_no_markup(class_server: str) -> None:
    status, content, _ = post(class_server, "/enter", code="<script>alert(1)</script>")
    assert status == 400 and b"No visitor has this code" in content and b"alert(1)" not in content


def test_the_file_of_the_class_is_for_the_operator(class_server: str) -> None:
    assert answer(class_server, "GET", "/class.zip")[0] == 404
    cookie = cookies(class_server)["genre_lab_visitor"].value
    headers = {"Cookie": f"genre_lab_visitor={cookie}; genre_lab_operator=genre_lab_operator.0000"}
    assert answer(class_server, "GET", "/class.zip", headers)[0] == 404


def test_the_pages_beside_streamlit_run_no_script_of_others(class_server: str) -> None:
    for path in ("/enter", "/leave"):
        headers = answer(class_server, "GET", path)[2]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "same-origin" and headers["Cache-Control"] == "no-store"


def test_under_a_path_of_a_proxy_cookies_and_pages_have_that_path(tmp_path: Path) -> None:
    flags = ["--server.baseUrlPath=genre-lab"]
    with served(tmp_path, flags=flags, environment=Serving(TOKEN).environment(), path="/genre-lab") as server:
        assert cookies(server, "/genre-lab/")["genre_lab_visitor"]["path"] == "/genre-lab"
        assert b'action="/genre-lab/enter"' in answer(server, "GET", "/genre-lab/enter")[1]
        status, _, given = post(server, "/genre-lab/enter/operator", token=TOKEN)
        assert status == 200 and given["genre_lab_operator"]["path"] == "/genre-lab"
        cookie = given["genre_lab_operator"].value
        leaving = answer(server, "POST", "/genre-lab/leave", FORM | {"Cookie": f"genre_lab_operator={cookie}"}, b"")
        assert leaving[0] == 303 and leaving[2]["Location"] == "/genre-lab/"
