"""Evaluate: addresses and runs of version 0.1 still open; an address of no run says so."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import runs

VERSION_0_1 = Path(__file__).parents[2] / "data" / "version_0_1"
ADDRESSES = [
    line.partition("?run=")[2]
    for line in (VERSION_0_1 / "addresses.txt").read_text(encoding="utf-8").splitlines()
    if line.startswith("evaluate?")
]


@pytest.mark.parametrize("run", ADDRESSES)
def test_the_address_of_a_run_opens_it(home: Path, app: AppTest, run: str) -> None:
    shutil.copytree(VERSION_0_1 / "runs", home / "runs")
    app.query_params["run"] = run
    app.run()
    assert not app.exception and not app.error
    assert app.selectbox(key="run_picker").value == run
    assert app.query_params["run"] == run


def test_the_address_of_no_run_says_so_until_a_run_is_chosen(app: AppTest) -> None:
    app.query_params["run"] = "nothing"
    app.run()
    assert not app.exception and not app.error
    assert [warning.value for warning in app.warning if "nothing" in warning.value] == [
        "The run 'nothing' was not found or can't be opened; this is another run."
    ]
    assert app.query_params["run"] == app.selectbox(key="run_picker").value
    app.selectbox(key="run_picker").select(runs.DEFAULT_RUN).run()
    assert not app.warning
