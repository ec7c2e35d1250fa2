"""The audit of a lock file says in one line where its service can't be reached, and never that all is well then."""

import json
import subprocess
from collections.abc import Callable

import pytest

from scripts import audit

Answer = Callable[[str, str], None]
SAFE = {"name": "safe", "version": "1.0", "vulns": []}
VULNERABLE = {"name": "old", "version": "0.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["0.2"]}]}


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Let pip-audit answer with these outputs."""

    def set_answer(output: str, errors: str = "") -> None:
        result = subprocess.CompletedProcess([], 1, output, errors)
        monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: result)

    return set_answer


def test_an_unreachable_service_is_one_line_and_no_success(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    answer("", "Traceback ...\nrequests.exceptions.ConnectionError: HTTPSConnectionPool(host='api.osv.dev')")
    assert audit.main("requirements.lock") == 2
    assert capsys.readouterr() == ("Not audited: the vulnerability service (api.osv.dev) can't be reached.\n", "")


def test_another_failure_is_shown_as_it_is(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    answer("", "ERROR: no such file")
    assert audit.main("nothing.lock") == 2
    assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("packages", "status", "shown"),
    [
        ([SAFE], 0, "1 packages audited, 0 with known vulnerabilities."),
        ([SAFE, VULNERABLE], 1, "old 0.1: PYSEC-1, fixed in: 0.2"),
        ([SAFE, {"name": "own", "skip_reason": "not found"}], 2, "Not audited: own."),
    ],
)
def test_vulnerabilities_and_skipped_packages_are_named(
    packages: list[dict[str, object]], status: int, shown: str, answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(json.dumps({"dependencies": packages}), "")
    assert audit.main("requirements.lock") == status
    assert shown in capsys.readouterr().out
