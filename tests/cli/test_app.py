"""`genre-lab app`: the dashboard as a user starts it, from any folder."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import NewSession
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from genre_core.cli import main
from tests.command_line import Capture
from tests.waiting import PATIENCE_S

PROJECT = Path(__file__).parents[2]
SCRIPT = shutil.which("genre-lab", path=Path(sys.executable).parent)
"""The console script, as the editable install of the checkout puts it beside Python."""


@contextmanager
def started(folder: Path, port: int, *flags: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """The dashboard, started in a folder and answering; its output is in app.log there."""
    assert SCRIPT, "genre-lab is not installed: pip install --no-deps -e ."
    environment = os.environ | {"GENRE_LAB_HOME": "my-home", "STREAMLIT_SERVER_HEADLESS": "true"} | variables
    with (folder / "app.log").open("w", encoding="utf-8") as log:
        command = [SCRIPT, "app", "--port", str(port), "--address", "127.0.0.1", *flags]
        # A shell starts what runs in the background with Ctrl-C ignored, and processes inherit that.
        previous = signal.signal(signal.SIGINT, signal.default_int_handler)
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        signal.signal(signal.SIGINT, previous)
        try:
            wait_until_healthy(port, process)
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def wait_until_healthy(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the dashboard ended"
        try:
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=10).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the dashboard did not answer in time")


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("localhost", port)) == 0


def visit(port: int) -> NewSession:
    """Open the first page and wait until it is complete; what the server tells the browser about the app."""
    with connect(f"ws://localhost:{port}/_stcore/stream", subprotocols=[Subprotocol("streamlit")]) as stream:
        rerun = BackMsg()
        rerun.rerun_script.query_string = ""
        stream.send(rerun.SerializeToString())
        session, finished = None, False
        while not finished:
            content = stream.recv(timeout=PATIENCE_S, decode=False)
            message = ForwardMsg.FromString(content)
            if message.WhichOneof("type") == "new_session":
                session = message.new_session
            finished = message.WhichOneof("type") == "script_finished"
    assert session
    return session


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_it_runs_from_another_folder_with_the_settings_of_the_checkout(tmp_path: Path, port: int) -> None:
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    with started(tmp_path, port) as process:
        session = visit(port)
        assert session.custom_theme.light.primary_color == settings["theme"]["light"]["primaryColor"]
        assert session.custom_theme.dark.background_color == settings["theme"]["dark"]["backgroundColor"]
        assert Path(session.main_script_path) == PROJECT / "app.py"
        assert (tmp_path / "my-home").is_dir()  # as the first page creates it
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
    assert not answers(port)
    log = (tmp_path / "app.log").read_text(encoding="utf-8")
    assert f"http://127.0.0.1:{port}" in log
    assert "Traceback" not in log


def test_the_server_ends_with_the_command(tmp_path: Path, port: int) -> None:
    with started(tmp_path, port) as process:
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
        assert not answers(port)


def test_a_port_that_is_taken_is_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["app", "--port", str(port)]) == 2
    output = capfd.readouterr().err
    assert f"{port} is not available" in output
    assert "The dashboard ended with an error" in output


@pytest.mark.parametrize(
    "flags, problem",
    [
        (["--allow", "."], "--allow is for --serve"),
        (["--max-runs", "3"], "--max-runs is for --serve"),
        (["--serve", "--allow", "/no/such/folder"], "no folder"),
        (["--serve", "--url", "lab.example"], "http://"),
        (["--serve", "--keep-hours", "0"], "hours"),
        (["--cert", "cert.pem"], "--cert and --key go together"),
    ],
)
def test_settings_of_a_class_that_can_not_be_are_refused(capsys: Capture, flags: list[str], problem: str) -> None:
    assert main(["app", *flags]) == 2
    assert problem in capsys.readouterr().err


def test_the_token_of_the_operator_stands_in_no_output(tmp_path: Path, port: int) -> None:
    token = "the-token-of-the-operator"
    with started(tmp_path, port, "--serve", GENRE_LAB_OPERATOR_TOKEN=token):
        visit(port)
    log = (tmp_path / "app.log").read_text(encoding="utf-8")
    assert f"Students: http://127.0.0.1:{port}/" in log and token not in log
    link = (tmp_path / "my-home" / "visitors" / "operator-link.txt").read_text(encoding="utf-8")
    assert link == f"http://127.0.0.1:{port}/enter#{token}\n"


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_a_port_is_a_number_in_range(capsys: Capture, port: str) -> None:
    assert main(["app", "--port", port]) == 2
    assert "--port" in capsys.readouterr().err
