"""`genre-lab app`: start the dashboard."""

import argparse
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from genre_core import storage
from genre_core.cli.parser import CommandResult, Commands, add_command
from genre_core.errors import ConfigError, GenreLabError
from genre_core.visitors import Serving, new_token, serving, write_operator_link
from genre_core.visitors.serving import PUBLIC_URL, SERVE, TOKEN

_CHECKOUT = Path(__file__).resolve().parents[2]
MALLOC = {"MALLOC_ARENA_MAX": "2"}
"""Each run of a page has a thread of its own; with an arena for each, memory that was freed would be kept."""
_PORT = 8501
_EVERYWHERE = "0.0.0.0"  # all addresses of the machine: what --serve is for  # nosec B104
_OF_SERVING = ("allow", "url", "keep_hours", "max_runs", "max_uploads_mb")
"""Options that only --serve has."""
_GRACE_S = 2.0
"""How long the server may take to end by itself after Ctrl-C."""
_END_S = 10.0
"""How long it may take to end when it is told to, before it is killed."""


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(commands, "app", run, "Start the dashboard and open it in the browser.", has_json=False)
    parser.add_argument(
        "--port", type=int, metavar="N", help=f"port of the server (default: {_PORT}, or the next one that is free)"
    )
    parser.add_argument(
        "--address",
        help="address to serve on (default: localhost; with --serve 0.0.0.0, the whole network). Without --serve, "
        "whoever opens the dashboard can name folders of this machine and delete its runs",
    )
    parser.add_argument(
        "--base-path", metavar="PATH", help="path under which the dashboard is served, as in /genre-lab"
    )
    served = parser.add_argument_group("serving a class (see docs/serving.md)")
    served.add_argument(
        "--serve",
        action="store_true",
        help="serve the dashboard to a class: each browser is a visitor with their own work",
    )
    served.add_argument(
        "--allow",
        action="append",
        type=Path,
        metavar="FOLDER",
        help="let visitors choose this folder of this machine as a dataset; may be given several times",
    )
    served.add_argument("--url", help="address under which visitors reach the server, behind a proxy")
    served.add_argument("--cert", type=Path, metavar="FILE", help="certificate for HTTPS, which microphones need (PEM)")
    served.add_argument("--key", type=Path, metavar="FILE", help="private key of the certificate (PEM)")
    served.add_argument(
        "--keep-hours", type=float, metavar="N",
        help=f"delete uploads and recordings after so many hours (default: {Serving.keep_hours:g})",
    )  # fmt: skip
    served.add_argument(
        "--max-runs", type=int, metavar="N", help=f"runs that a visitor may have (default: {Serving.max_runs})"
    )
    served.add_argument(
        "--max-uploads-mb", type=int, metavar="N",
        help="megabytes of a visitor's songs, and as many of their tables and of the datasets that they gather "
        f"(default: {Serving.max_uploads_mb})",
    )  # fmt: skip


def run(options: argparse.Namespace) -> CommandResult:
    """Serve the dashboard until Ctrl-C."""
    script = _CHECKOUT / "app.py"
    if not script.is_file():
        raise GenreLabError(
            f"There is no dashboard in {_CHECKOUT}; install Genre Lab from a checkout, as README.md says."
        )
    if options.port is not None and not 1 <= options.port <= 65_535:
        raise ConfigError(f"--port takes a number from 1 to 65535, not {options.port}.")
    if bool(options.cert) != bool(options.key):
        raise ConfigError("--cert and --key go together: name the certificate and its private key.")
    for name in _OF_SERVING:
        if not options.serve and getattr(options, name) is not None:
            raise ConfigError(f"--{name.replace('_', '-')} is for --serve.")
    path = (options.base_path or "").strip("/")
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    # Streamlit reads the settings in .streamlit/ of the working folder, so that must be the checkout; the user's home
    # may be named relative to the folder in which the command was called.
    environment = os.environ | {"GENRE_LAB_HOME": str(storage.home().absolute()), **MALLOC}
    address, port = options.address, options.port
    if options.serve:
        address, port = address or _EVERYWHERE, port or _PORT
        settings = serving_of(options, address, port, path)
        environment |= settings.environment()
        # Streamlit asks another server for its public address unless it is told where browsers find it.
        command += ["--server.headless=true", "--browser.serverAddress=localhost"]
        _announce(settings)
    for name, value in (
        ("server.port", port),
        ("server.address", address),
        ("server.baseUrlPath", path or None),
        ("server.sslCertFile", options.cert and options.cert.absolute()),
        ("server.sslKeyFile", options.key and options.key.absolute()),
    ):
        if value is not None:
            command.append(f"--{name}={value}")
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
    failed = status not in (0, -signal.SIGTERM)
    error = f"The dashboard ended with an error (exit status {status})." if failed else ""
    return CommandResult(None, lambda console: None, error)


def serving_of(options: argparse.Namespace, address: str, port: int, path: str) -> Serving:
    """The settings of a served dashboard: from the flags, else from the environment."""
    host = _own_address() if address in (_EVERYWHERE, "::") else address
    own = f"{'https' if options.cert else 'http'}://{f'[{host}]' if ':' in host else host}:{port}/{path}"
    from_environment = serving({TOKEN: new_token(), PUBLIC_URL: own, **_named(os.environ), SERVE: "1"})
    assert from_environment
    given = {name: getattr(options, name) for name in ("keep_hours", "max_runs", "max_uploads_mb")}
    if options.allow is not None:
        given["allowed"] = tuple(folder.expanduser().absolute() for folder in options.allow)
    if options.url is not None:
        given["public_url"] = options.url.rstrip("/")
    return replace(from_environment, **{name: value for name, value in given.items() if value is not None})


def _named(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that are not empty."""
    return {name: value for name, value in environment.items() if value}


def _announce(settings: Serving) -> None:
    """Print the links of the visitors and of the operator, and a QR code of the first.

    The operator's link is secret: where the output goes to a log, it is written to a file instead.
    """
    import segno

    url = f"{settings.public_url}/"
    print(f"\n  Students: {url}\n")
    segno.make(url, error="m").terminal(compact=True, border=2)
    if sys.stdout.isatty():
        print(f"\n  Operator: {settings.operator_url}")
    else:
        print(f"\n  Operator: the link is in {write_operator_link(settings.operator_url)}")
    print("  Whoever has this link can see and delete all work: open it yourself, and show it to nobody.\n", flush=True)


def _own_address() -> str:
    """The address of this machine in its network; the name of the machine if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; an address of the documentation (RFC 5737)
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


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
