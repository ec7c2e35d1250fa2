"""What the server answers beside Streamlit: cookies by which it knows visitors and the operator, and the pages that
change them.

All of it but the uploads of songs (`ui.upload_route`) is there only on a dashboard that is served to a class
(`genre_core.visitors.serving`). The cookies are HttpOnly, so no script reads them, and signed, so nobody can make one.
"""

import functools
import hmac
import re
import secrets
import time
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from genre_core import escaping, storage
from genre_core.errors import GenreLabError
from genre_core.visitors import OPERATOR, Serving, Signer, Visitors, server_key, serving
from ui import upload_route

VISITOR_COOKIE, OPERATOR_COOKIE = "genre_lab_visitor", "genre_lab_operator"
ENTER, LEAVE, CLASS_FILE = "enter", "leave", "class.zip"
"""Addresses: to go on as another visitor, to start afresh, and of the work of a class, for the operator."""
_VISITOR_S, _OPERATOR_S = 180 * 24 * 3600, 12 * 3600
"""How long the cookies are valid, in seconds."""
_MOST_BODY_BYTES = 4096
_OF_STREAMLIT = re.compile(r"/(_stcore|static|media|component)(/|$)")


@functools.cache
def visitors() -> Visitors:
    """The visitors of this server."""
    return Visitors()


def who(cookies: dict[str, str]) -> str | None:
    """The id of the visitor with these cookies, empty for the operator; None if the browser keeps none."""
    settings = serving()
    if settings is None or _is_operator(cookies.get(OPERATOR_COOKIE, ""), settings):
        return OPERATOR.id
    return _visitor_signer().read(cookies.get(VISITOR_COOKIE, "")) or None


def _is_operator(cookie: str, settings: Serving) -> bool:
    """Whether a cookie is that of an operator and is still valid."""
    ends = _operator_signer(settings.token).read(cookie)
    return ends is not None and ends.isdecimal() and int(ends) > time.time()


def forget_visitors() -> None:
    """Take a new key, so that no cookie of a visitor is recognized any more; the old one must have been deleted."""
    _visitor_signer.cache_clear()


def class_file() -> Path:
    """The ZIP file of the class, once it was made."""
    return storage.home() / "class.zip"


def base_path() -> str:
    """The path under which the server answers: empty, or one that begins with a slash, such as "/genre-lab"."""
    path = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def routes() -> list[BaseRoute]:
    """The addresses that are not pages of the dashboard."""
    base = base_path()
    return [
        Route(f"{base}/{ENTER}", _enter, methods=["GET", "POST"]),
        Route(f"{base}/{ENTER}/operator", _enter_as_operator, methods=["POST"]),
        Route(f"{base}/{LEAVE}", _leave, methods=["GET", "POST"]),
        Route(f"{base}/{CLASS_FILE}", _send_class_file, methods=["GET"]),
        *upload_route.routes(base, who, refuse_other_sites),
    ]


def middleware() -> list[Middleware]:
    """What requests go through."""
    return [Middleware(_NewVisitors)]


class _NewVisitors:
    """Gives every browser that opens a page without a cookie a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        settings = serving() if scope["type"] == "http" and scope["method"] == "GET" else None
        if settings is None or _OF_STREAMLIT.match(scope["path"].removeprefix(base_path())):
            await self._app(scope, receive, send)
            return
        cookies = _cookies(Headers(scope=scope))

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and who(cookies) is None:
                header = _visitor_cookie(visitors().new_id(), secure=_is_secure(scope["scheme"], settings))
                MutableHeaders(scope=message).append("Set-Cookie", header)
            await send(message)

        await self._app(scope, receive, send_with_cookie)


async def _enter(request: Request) -> Response:
    """Go on as a visitor, by a code; the operator's link opens this page too, with the token behind a #."""
    settings = serving()
    if settings is None:
        return _not_found()
    problem = ""
    if request.method == "POST":
        if refusal := refuse_other_sites(request):
            return refusal
        try:
            client = request.client.host if request.client else ""
            code = (await _form(request)).get("code", "")
            visitor = await run_in_threadpool(visitors().with_code, code, client)
            answer = _to_start()
            answer.headers.append("Set-Cookie", _visitor_cookie(visitor.id, secure=_secure(request, settings)))
            answer.headers.append("Set-Cookie", _cookie(OPERATOR_COOKIE, "", 0, secure=_secure(request, settings)))
            return answer
        except GenreLabError as error:
            problem = str(error)
    return _page(_ENTER_PAGE, problem=problem)


async def _enter_as_operator(request: Request) -> Response:
    """Exchange the operator's token for a cookie."""
    settings = serving()
    if settings is None:
        return _not_found()
    if refusal := refuse_other_sites(request):
        return refusal
    token = (await _form(request)).get("token", "")
    if not hmac.compare_digest(token.encode(), settings.token.encode()):
        return PlainTextResponse("This is not the link of the operator.", 403)
    answer = PlainTextResponse("")
    value = _operator_signer(settings.token).sign(str(int(time.time()) + _OPERATOR_S))
    cookie = _cookie(OPERATOR_COOKIE, value, _OPERATOR_S, secure=_secure(request, settings))
    answer.headers.append("Set-Cookie", cookie)
    return answer


async def _leave(request: Request) -> Response:
    """Start afresh as a new visitor."""
    settings = serving()
    if settings is None:
        return _not_found()
    if request.method == "GET":
        return _page(_LEAVE_PAGE)
    if refusal := refuse_other_sites(request):
        return refusal
    answer = _to_start()
    secure = _secure(request, settings)
    answer.headers.append("Set-Cookie", _visitor_cookie(visitors().new_id(), secure=secure))
    answer.headers.append("Set-Cookie", _cookie(OPERATOR_COOKIE, "", 0, secure=secure))
    return answer


async def _send_class_file(request: Request) -> Response:
    """Send the ZIP file of the class, to the operator alone."""
    if serving() is None or who(request.cookies) != OPERATOR.id or not class_file().is_file():
        return _not_found()
    return FileResponse(class_file(), filename="genre-lab-class.zip", headers={"Cache-Control": "no-store"})


def refuse_other_sites(request: Request) -> Response | None:
    """An answer to a form or a file that a page of another server has sent."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        return PlainTextResponse("This was sent by another site.", 403)
    return None


async def _form(request: Request) -> dict[str, str]:
    """The first value of each field of a form; no field if it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BODY_BYTES:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}


def _page(content: str, problem: str = "") -> Response:
    nonce = secrets.token_urlsafe(12)
    message = f'<p class="problem" role="alert">{escaping.html(problem)}</p>' if problem else ""
    text = _FRAME.replace("{content}", content).replace("{problem}", message).replace("{base}", base_path())
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    # Not "no-referrer": the forms would then be sent without their origin, which is checked.
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return HTMLResponse(text.replace("{nonce}", nonce), 400 if problem else 200, headers=headers)


def _to_start() -> Response:
    return RedirectResponse(f"{base_path()}/", 303, headers={"Cache-Control": "no-store"})


def _not_found() -> Response:
    return PlainTextResponse("Not Found", 404)


def _visitor_cookie(id_: str, *, secure: bool) -> str:
    return _cookie(VISITOR_COOKIE, _visitor_signer().sign(id_), _VISITOR_S, secure=secure)


def _cookie(name: str, value: str, seconds: int, *, secure: bool) -> str:
    path = base_path() or "/"
    parts = [f"{name}={value}", f"Max-Age={seconds}", f"Path={path}", "HttpOnly", "SameSite=Lax"]
    return "; ".join([*parts, "Secure"] if secure else parts)


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _secure(request: Request, settings: Serving) -> bool:
    return _is_secure(request.url.scheme, settings)


def _is_secure(scheme: str, settings: Serving) -> bool:
    return scheme == "https" or settings.public_url.startswith("https://")


@functools.cache
def _visitor_signer() -> Signer:
    return Signer(server_key())


@functools.cache
def _operator_signer(token: str) -> Signer:
    return Signer(token.encode())


_FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Genre Lab</title>
<style nonce="{nonce}">
:root { color-scheme: light dark; }
body { font: 1.05rem/1.5 sans-serif; margin: 0 auto; padding: 4rem 1.2rem; max-width: 26rem; }
h1 { font-size: 1.8rem; line-height: 1.2; }
label { display: block; font-weight: 600; margin-bottom: .3rem; }
input, button { box-sizing: border-box; width: 100%; font: inherit; padding: .7rem .9rem; border-radius: .6rem; }
input { border: 1px solid GrayText; text-transform: uppercase; }
button { border: 0; margin-top: .8rem; background: #3556c4; color: #fff; cursor: pointer; }
a { color: LinkText; }
.problem { padding: .7rem .9rem; border-radius: .6rem; border: 1px solid #c4351c; }
</style>
</head>
<body>
{problem}
{content}
<p><a href="{base}/">Back to Genre Lab</a></p>
</body>
</html>
"""
_ENTER_PAGE = """<h1>Go on with your code</h1>
<p>The page Class shows your code in the browser that you used before.</p>
<form method="post" action="{base}/enter">
<label for="code">Code</label>
<input id="code" name="code" autocomplete="off" autocapitalize="characters" maxlength="20" required autofocus>
<button>Go on</button>
</form>
<script nonce="{nonce}">
// The operator's link: what is behind the # is not sent with the address, and so stands in no log.
const token = location.hash.slice(1);
if (token) {
    history.replaceState(null, "", location.pathname);
    fetch("{base}/enter/operator", { method: "POST", body: new URLSearchParams({ token }) }).then(async (answer) => {
        if (answer.ok) {
            location.replace("{base}/");
        } else {
            document.querySelector("h1").textContent = await answer.text();
        }
    });
}
</script>"""
_LEAVE_PAGE = """<h1>This isn't me</h1>
<p>This browser becomes a new visitor, who sees nothing of the work so far. That work is kept; with the code on the page
Class one can go on with it.</p>
<form method="post" action="{base}/leave"><button>Start afresh</button></form>"""
