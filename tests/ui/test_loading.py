"""A cold server whose pages are opened at the same time: all wait for one import of what takes long."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("script", ["app.py", *sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))])
def test_a_script_of_the_app_imports_what_takes_long_before_anything_else_of_ours(script: str) -> None:
    tree = ast.parse((ROOT / script).read_text(encoding="utf-8"))
    imported = [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    ]
    ours = [name for name in imported if name and name.split(".")[0] in ("genre_core", "ui")]
    assert ours[0] == ("ui.loading" if script in ("app.py", "pages/start.py") else "ui.libraries")
