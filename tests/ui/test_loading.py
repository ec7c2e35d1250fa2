"""A cold server whose pages are opened at the same time: all wait for one import of what takes long."""

import ast
import subprocess
import sys
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


DURING = """
import sys, threading
import ui.loading
with ui.loading.importing_pandas:
    others = threading.Thread(target=__import__, args=("ui.libraries",), daemon=True)
    others.start()
    others.join(timeout=4)
    print("waits:", others.is_alive(), "pandas" in sys.modules, "sklearn" in sys.modules)
others.join()
print("imported:", "pandas" in sys.modules, "sklearn" in sys.modules)
"""


def test_no_thread_begins_to_import_pandas_while_a_figure_of_start_is_drawn() -> None:
    """Plotly would find half of it."""
    done = subprocess.run([sys.executable, "-c", DURING], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["waits: True False False", "imported: True True"]
