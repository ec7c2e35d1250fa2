"""The server refuses requests that pages of other origins could make; its health address needs none."""

import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

UPLOAD = "/_stcore/upload_file/session/file"
BODY = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF\r\n--x--\r\n'
WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def answer(
    server: str, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> tuple[int, bytes, http.client.HTTPMessage]:
    """Status, content and headers of an answer."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        return response.status, b"" if response.status == 101 else response.read(), response.headers
    finally:
        connection.close()


def test_the_health_address_says_that_the_server_lives(unchanged_server: str) -> None:
    status, content, _ = answer(unchanged_server, "GET", "/_stcore/health")
    assert (status, content) == (200, b"ok")


@pytest.mark.parametrize("token", [None, "2|00000000|00000000000000000000000000000000|1"])
def test_an_upload_needs_the_token_of_the_visitor(unchanged_server: str, token: str | None) -> None:
    _, _, given = answer(unchanged_server, "GET", "/_stcore/health")
    cookie = given["Set-Cookie"].partition(";")[0]
    assert cookie.startswith("_streamlit_xsrf=") and "SameSite=Lax" in given["Set-Cookie"]
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Cookie": cookie}
    refused, reason, _ = answer(
        unchanged_server, "PUT", UPLOAD, headers | ({"X-Xsrftoken": token} if token else {}), BODY
    )
    assert refused == 403 and b"XSRF" in reason
    right = headers | {"X-Xsrftoken": cookie.partition("=")[2]}
    _, reason, _ = answer(unchanged_server, "PUT", UPLOAD, right, BODY)
    assert b"XSRF" not in reason  # it is refused too, since there is no such session


def test_only_pages_of_the_server_itself_are_connected(unchanged_server: str) -> None:
    for origin, status in ((unchanged_server, 101), ("https://evil.example", 403), ("null", 403)):
        assert answer(unchanged_server, "GET", "/_stcore/stream", WEBSOCKET | {"Origin": origin})[0] == status


@pytest.mark.parametrize("path", ["/_stcore/health", "/_stcore/host-config", "/"])
def test_no_answer_is_for_pages_of_other_origins(unchanged_server: str, path: str) -> None:
    _, _, headers = answer(unchanged_server, "GET", path, {"Origin": "https://evil.example"})
    assert headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/media/../app.py", "/media/%2e%2e/app.py", "//app.py", "/app.py"]
)
def test_no_file_of_the_server_is_sent(unchanged_server: str, path: str) -> None:
    _, content, _ = answer(unchanged_server, "GET", path)
    assert b"import streamlit" not in content
