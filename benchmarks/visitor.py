"""A visitor of the dashboard without a browser: speaks Streamlit's protocol with a server.

What the browser does is done here too: the page is fetched, a WebSocket takes messages and sends the state of widgets,
messages that were seen are not sent again, fragments that refresh themselves are asked for, files are uploaded with the
token against cross-site requests. Nothing is drawn, and no script, style or audio file is fetched.
"""

import asyncio
import re
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg, RunIdentity
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_S = 60.0
"""How long a visitor waits for an answer."""
_XSRF = "_streamlit_xsrf"
"""The cookie with the token against cross-site requests."""
_MOST_MESSAGE_BYTES = 200_000_000
_FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class VisitError(Exception):
    """The server did not answer, or answered with an exception."""


@dataclass
class Element:
    """An element of the page."""

    kind: str
    proto: Any
    fragment: str
    run: str
    """The run of the script that showed it last."""
    tabs: list[str] = field(default_factory=list)
    """The labels of tabs; empty for other elements."""

    @property
    def id(self) -> str:
        """The id of a widget; empty for other elements."""
        return str(getattr(self.proto, "id", ""))


@dataclass
class _Waiting:
    """A run of the script that was asked for."""

    fragment: str
    answered: asyncio.Future[None]
    run: str = ""


@dataclass
class Visitor:
    """One session, from the first page on. Use it with `async with`.

    Attributes
    ----------
    name : appears in the names of the visitor's files.
    elements : what the page shows, by its place.
    """

    address: str
    name: str
    elements: dict[tuple[int, ...], Element] = field(default_factory=dict)
    foreign: re.Pattern[bytes] | None = None
    """What no message to this visitor may hold."""
    _blocks: dict[tuple[int, ...], str] = field(default_factory=dict)
    """The fragment of each block, by its place."""
    _block_runs: dict[tuple[int, ...], str] = field(default_factory=dict)
    """The run of the script that showed it last."""
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _pages: dict[str, str] = field(default_factory=dict)
    _page: str = ""
    _query: str = ""
    _known: dict[str, ForwardMsg] = field(default_factory=dict)
    _waiting: _Waiting | None = None
    _problem: str = ""
    _urls: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _refreshing: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """What asks for each fragment that refreshes itself."""
    _cookies: dict[str, str] = field(default_factory=dict)

    async def __aenter__(self) -> "Visitor":
        await asyncio.to_thread(self._fetch_page)
        websocket = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        self._connection: ClientConnection = await connect(
            websocket,
            subprotocols=["streamlit", self._cookies[_XSRF]],  # type: ignore[list-item]
            origin=self.address,  # type: ignore[arg-type]
            additional_headers={"Cookie": self._cookie_header},
            max_size=_MOST_MESSAGE_BYTES,
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._stop_refreshing()
        self._reading.cancel()
        await self._connection.close()

    @property
    def pages(self) -> list[str]:
        """The addresses of the pages, known after the first one was opened."""
        return list(self._pages)

    async def open(self, page: str = "", query: str = "") -> float:
        """Open a page by its address; returns how many seconds that took."""
        self._page, self._query = self._pages.get(page, ""), query
        self._stop_refreshing()
        return await self._rerun(page_name="" if self._page else page)

    async def change(self, element: Element, **value: Any) -> float:
        """Change a widget, such as `change(box, bool_value=True)`; returns the seconds until the page has answered."""
        state = WidgetState(id=element.id, **value)
        if "trigger_value" not in value:
            self._states[element.id] = state
        return await self._rerun(element.fragment, trigger=state if "trigger_value" in value else None)

    async def upload(self, uploader: Element, name: str, content: bytes) -> float:
        """Upload a file; returns the seconds until the page has answered."""
        began = time.perf_counter()
        request = str(uuid4())
        answer = self._urls[request] = asyncio.get_running_loop().create_future()
        message = BackMsg()
        message.file_urls_request.request_id = request
        message.file_urls_request.file_names.append(name)
        await self._connection.send(message.SerializeToString())
        urls = (await self._patiently(answer)).file_urls[0]
        await asyncio.to_thread(self._put, f"{self.address}{urls.upload_url}", name, content)
        state = WidgetState(id=uploader.id)
        state.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(content), file_id=urls.file_id, file_urls=urls
        )
        self._states[uploader.id] = state
        await self._rerun(uploader.fragment)
        return time.perf_counter() - began

    async def until(self, shown: Callable[[Element], bool]) -> None:
        """Wait until the page, which refreshes itself, shows such an element."""
        deadline = time.monotonic() + PATIENCE_S
        while not any(shown(element) for element in self.elements.values()):
            if time.monotonic() > deadline:
                raise VisitError(f"what was waited for did not come within {PATIENCE_S:.0f} s")
            self._check()
            await asyncio.sleep(0.05)

    def find(self, *kinds: str) -> list[Element]:
        """The elements of some kinds, as their protocol calls them."""
        return [element for element in self.elements.values() if element.kind in kinds]

    async def _rerun(self, fragment: str = "", page_name: str = "", trigger: WidgetState | None = None) -> float:
        self._check()
        answered = asyncio.get_running_loop().create_future()
        self._waiting = _Waiting(fragment, answered)
        began = time.perf_counter()
        await self._send(fragment, page_name=page_name, trigger=trigger)
        await self._patiently(answered)
        took_s = time.perf_counter() - began
        self._check()
        return took_s

    async def _send(
        self, fragment: str, *, page_name: str = "", trigger: WidgetState | None = None, is_auto: bool = False
    ) -> None:
        shown = {element.id for element in self.elements.values()}
        states = [state for id_, state in self._states.items() if id_ in shown]
        message = BackMsg()
        message.rerun_script.CopyFrom(
            ClientState(
                query_string=self._query,
                page_script_hash=self._page,
                page_name=page_name,
                fragment_id=fragment,
                is_auto_rerun=is_auto,
                cached_message_hashes=list(self._known),
            )
        )
        message.rerun_script.widget_states.widgets.extend([*states, *([trigger] if trigger else [])])
        await self._connection.send(message.SerializeToString())

    async def _patiently(self, answer: asyncio.Future[Any]) -> Any:
        try:
            return await asyncio.wait_for(answer, PATIENCE_S)
        except TimeoutError:
            raise VisitError(f"no answer within {PATIENCE_S:.0f} s") from None

    def _check(self) -> None:
        if self._problem:
            raise VisitError(self._problem)
        if self._reading.done():
            raise VisitError(f"the connection broke: {self._reading.exception()!r}")

    async def _read(self) -> None:
        async for data in self._connection:
            assert isinstance(data, bytes)
            if self.foreign and (found := self.foreign.search(data)):
                self._problem = f"{self.name} was shown {found[0].decode()}"
            message = ForwardMsg.FromString(data)
            if message.HasField("ref_hash"):
                known = ForwardMsg()
                known.CopyFrom(self._known[message.ref_hash])
                known.metadata.CopyFrom(message.metadata)
                message = known
            elif message.metadata.cacheable:
                self._known[message.hash] = message
            self._take(message)

    def _take(self, message: ForwardMsg) -> None:
        kind, run = message.WhichOneof("type"), message.metadata.run
        waiting = self._waiting
        if kind == "delta":
            self._take_delta(message)
        elif kind == "new_session":
            if not run.fragment_ids:
                self._stop_refreshing()
            if waiting and (not run.fragment_ids or waiting.fragment in run.fragment_ids):
                waiting.run = run.script_run_id
        elif kind == "script_finished" and message.script_finished in _FINISHED:
            self._forget_stale(run.script_run_id, set(run.fragment_ids))
            if waiting and not waiting.answered.done() and self._answers(waiting, run):
                waiting.answered.set_result(None)
        elif kind == "navigation":
            self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self._page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            rerun = message.auto_rerun
            self._stop_refreshing(rerun.fragment_id)
            self._refreshing[rerun.fragment_id] = asyncio.create_task(self._refresh(rerun.fragment_id, rerun.interval))
        elif kind == "stop_auto_rerun":
            self._stop_refreshing(*message.stop_auto_rerun.fragment_ids)
        elif kind == "file_urls_response":
            self._urls.pop(message.file_urls_response.response_id).set_result(message.file_urls_response)

    def _answers(self, waiting: _Waiting, run: RunIdentity) -> bool:
        """Whether what was asked for has ended, now that this run of the script has.

        A busy server may not say that a run has ended if the next one begins at once, and a fragment that is gone is
        not run any more.
        """
        gone = waiting.fragment not in {"", *self._blocks.values()}
        return bool(waiting.run) or (gone and not run.fragment_ids)

    def _take_delta(self, message: ForwardMsg) -> None:
        path, delta = tuple(message.metadata.delta_path), message.delta
        run = message.metadata.run.script_run_id or (self._waiting.run if self._waiting else "")
        if delta.WhichOneof("type") == "add_block":
            self._take_block(path, delta, run)
            return
        if delta.WhichOneof("type") != "new_element":
            return
        kind = str(delta.new_element.WhichOneof("type"))
        self.elements[path] = Element(kind, getattr(delta.new_element, kind), delta.fragment_id, run)
        if kind == "exception":
            self._problem = f"{delta.new_element.exception.type}: {delta.new_element.exception.message}"

    def _take_block(self, path: tuple[int, ...], delta: Delta, run: str) -> None:
        """Blocks are no elements, but tabs that run the page again are a widget."""
        block = delta.add_block
        self._blocks[path], self._block_runs[path] = delta.fragment_id, run
        if block.tab_container.id:
            self.elements[path] = Element("tab_container", block.tab_container, delta.fragment_id, run)
        elif block.HasField("tab") and path[:-1] in self.elements:
            self.elements[path[:-1]].tabs.append(block.tab.label)

    def _forget_stale(self, run: str, fragments: set[str]) -> None:
        if not fragments:
            self._blocks = {path: fragment for path, fragment in self._blocks.items() if self._block_runs[path] == run}
        self.elements = {
            path: element
            for path, element in self.elements.items()
            if element.run == run or (fragments and not fragments & self._fragments_around(path, element))
        }

    def _fragments_around(self, path: tuple[int, ...], element: Element) -> set[str]:
        """The fragments that an element is in: its own, and those around that."""
        blocks = (self._blocks.get(path[:end], "") for end in range(len(path)))
        return {element.fragment, *blocks} - {""}

    async def _refresh(self, fragment: str, interval_s: float) -> None:
        while True:
            await asyncio.sleep(interval_s)
            await self._send(fragment, is_auto=True)

    def _stop_refreshing(self, *fragments: str) -> None:
        for fragment in fragments or list(self._refreshing):
            if task := self._refreshing.pop(fragment, None):
                task.cancel()

    @property
    def _cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def _fetch_page(self) -> None:
        for path in ("/", "/_stcore/health", "/_stcore/host-config"):
            request = urllib.request.Request(f"{self.address}{path}", headers={"Cookie": self._cookie_header})
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                answer.read()
                for header in answer.headers.get_all("Set-Cookie", []):
                    name, _, value = header.partition(";")[0].partition("=")
                    self._cookies[name] = value

    def _put(self, url: str, name: str, content: bytes) -> None:
        border = uuid4().hex
        head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = (
            f"{head}Content-Type: application/octet-stream\r\n\r\n".encode()
            + content
            + f"\r\n--{border}--\r\n".encode()
        )
        headers = {
            "Content-Type": f"multipart/form-data; boundary={border}",
            "Cookie": self._cookie_header,
            "X-Xsrftoken": self._cookies[_XSRF],
        }
        request = urllib.request.Request(url, body, headers, method="PUT")
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            answer.read()
