"""`genre-lab app`: start the dashboard."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from genre_core import storage
from genre_core.cli.parser import CommandResult, Commands, add_command
from genre_core.errors import ConfigError, GenreLabError

_CHECKOUT = Path(__file__).resolve().parents[2]
MALLOC = {"MALLOC_ARENA_MAX": "2"}
"""Each run of a page has a thread of its own; with an arena for each, memory that was freed would be kept."""
_GRACE_S = 2.0
"""How long the server may take to end by itself after Ctrl-C."""
_END_S = 10.0
"""How long it may take to end when it is told to, before it is killed."""


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(commands, "app", run, "Start the dashboard and open it in the browser.", has_json=False)
    parser.add_argument(
        "--port", type=int, metavar="N", help="port of the server (default: 8501, or the next one that is free)"
    )
    parser.add_argument(
        "--address",
        help="address to serve on; 0.0.0.0 serves the whole network, and whoever opens the dashboard can name folders "
        "of this machine (default: localhost)",
    )


def run(options: argparse.Namespace) -> CommandResult:
    """Serve the dashboard until Ctrl-C."""
    script = _CHECKOUT / "app.py"
    if not script.is_file():
        raise GenreLabError(
            f"There is no dashboard in {_CHECKOUT}; install Genre Lab from a checkout, as README.md says."
        )
    if options.port is not None and not 1 <= options.port <= 65_535:
        raise ConfigError(f"--port takes a number from 1 to 65535, not {options.port}.")
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    if options.port is not None:
        command.append(f"--server.port={options.port}")
    if options.address is not None:
        command.append(f"--server.address={options.address}")
    # Streamlit reads the settings in .streamlit/ of the working folder, so that must be the checkout; the user's home
    # may be named relative to the folder in which the command was called.
    environment = os.environ | {"GENRE_LAB_HOME": str(storage.home().absolute()), **MALLOC}
    # A file, for standard error itself may be closed to C libraries (`genre_core.__main__`).
    with subprocess.Popen(command, cwd=_CHECKOUT, env=environment, stderr=sys.stderr) as server:
        previous = signal.signal(signal.SIGTERM, lambda number, frame: server.terminate())
        try:
            status = server.wait()
        except KeyboardInterrupt:
            _end(server)
            status = 0
        finally:
            signal.signal(signal.SIGTERM, previous)
    error = f"The dashboard ended with an error (exit status {status})." if status else ""
    return CommandResult(None, lambda console: None, error)


def _end(server: "subprocess.Popen[bytes]") -> None:
    """End the server after Ctrl-C, which a terminal has sent to it too."""
    try:
        server.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        server.terminate()
        try:
            server.wait(_END_S)
        except subprocess.TimeoutExpired:
            server.kill()
