"""What a new process loads before it answers: nothing that takes long and is not needed."""

import os
import subprocess
import sys
from pathlib import Path

from genre_core.audio import synthesis, wav_bytes

PROJECT = Path(__file__).parents[1]
NEVER = {
    "sklearn",
    "skops",
    "numba",
    "librosa.core",
    "librosa.util",
    "tensorflow",
    "streamlit",
    "plotly",
    "scipy.signal",
}
"""Modules that neither a list of runs nor a prediction by the default run needs."""

COMMAND = """
import sys
from genre_core.cli import main
assert main(sys.argv[1:]) == 0
print("imported:", *sys.modules)
"""
START = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=180)
app.run()
print("imported:", *sys.modules)
assert not app.exception
"""
OTHER_PAGES = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
import ui.libraries
from ui import server
loaded = set(sys.modules)
server.who = lambda cookies: ""  # the operator of a class, who has all pages
app = AppTest.from_file("app.py", default_timeout=180)
app.run()
for page in sorted(Path("pages").glob("*.py")):
    app.switch_page(str(page)).run()
    assert not app.exception, (page, app.exception)
print("imported:", *(set(sys.modules) - loaded))
"""


def imported(code: str, *arguments: str, serves: bool = False) -> set[str]:
    """The modules that a program prints at its end."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=PROJECT,
        env=os.environ | {"GENRE_LAB_SERVE": "1" if serves else ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("imported:")[2].split())


def test_a_list_of_runs_needs_no_table_and_no_model() -> None:
    modules = imported(COMMAND, "runs")
    assert not modules & (NEVER | {"pandas", "joblib", "ai_edge_litert", "scipy.special"})


def test_a_prediction_by_the_default_run_needs_neither_librosa_nor_scikit_learn(tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    song.write_bytes(wav_bytes(synthesis.song("adagio").clip(seconds=6)))
    assert not imported(COMMAND, "predict", str(song)) & NEVER


def test_the_first_page_needs_neither_librosa_nor_scikit_learn_nor_scipy() -> None:
    slow = {
        "pandas",
        "sklearn",
        "skops",
        "numba",
        "librosa.core",
        "ai_edge_litert",
        "joblib",
        "scipy.special",
        "scipy.optimize",
    }
    assert not imported(START) & slow


def test_no_page_imports_more_of_a_package_with_circular_imports() -> None:
    """What is imported within a page may be imported by two threads at a time: see ui/loading.py."""
    found = imported(OTHER_PAGES, serves=True)
    assert not {name for name in found if name.partition(".")[0] in ("sklearn", "scipy", "librosa", "numba", "skops")}
