"""The Makefile on a machine with and without uv."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("with_uv", [True, False])
def test_the_environment_is_created_by_uv_or_else_by_python(tmp_path: Path, with_uv: bool) -> None:
    (tmp_path / "make").symlink_to(str(shutil.which("make")))
    if with_uv:
        (tmp_path / "uv").write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / "uv").chmod(0o755)
    command = [str(tmp_path / "make"), "--dry-run", "--always-make", "VENV=env", "PYTHON=python3", "env/venv.stamp"]
    lines = subprocess.run(command, cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True)
    if with_uv:
        assert f"{tmp_path}/uv venv" in lines.stdout
    else:
        assert "python3 -m venv env" in lines.stdout
        assert "pip install --quiet --disable-pip-version-check uv" in lines.stdout
