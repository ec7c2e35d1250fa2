"""Settings of a dashboard that is served to a class."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from genre_core.cli import app
from genre_core.cli.parser import CommandParser
from genre_core.errors import ConfigError
from genre_core.visitors import MAX_TRAININGS, Serving, new_token, serving

TOKEN = "a-token-of-twenty-signs"


@dataclass(frozen=True)
class Thing:
    owner: str
    shared: bool = False


def test_a_dashboard_is_served_only_where_the_environment_says_so() -> None:
    for environment in ({}, {"GENRE_LAB_SERVE": ""}, {"GENRE_LAB_SERVE": "0"}):
        assert serving(environment) is None
    assert serving({"GENRE_LAB_SERVE": "1"}) is not None


def test_settings_reach_the_server_as_environment_variables(tmp_path: Path) -> None:
    folders = (tmp_path, tmp_path / "other folder")
    folders[1].mkdir()
    settings = Serving(TOKEN, folders, 1.5, 3, 20, "https://lab.example/genre-lab")
    assert serving(settings.environment()) == settings


def test_without_a_token_nobody_is_the_operator() -> None:
    settings = serving({"GENRE_LAB_SERVE": "1"})
    assert settings and len(settings.token) >= 20 and settings.token != new_token()


@pytest.mark.parametrize(
    "variable, value",
    [
        ("GENRE_LAB_OPERATOR_TOKEN", "short"),
        ("GENRE_LAB_KEEP_HOURS", "0"),
        ("GENRE_LAB_KEEP_HOURS", "nan"),
        ("GENRE_LAB_KEEP_HOURS", "a day"),
        ("GENRE_LAB_MAX_RUNS", "0"),
        ("GENRE_LAB_MAX_UPLOADS_MB", "1.5"),
        ("GENRE_LAB_PUBLIC_URL", "lab.example"),
        ("GENRE_LAB_ALLOW", "/no/such/folder"),
    ],
)
def test_a_setting_out_of_range_is_refused(variable: str, value: str) -> None:
    with pytest.raises(ConfigError):
        serving({"GENRE_LAB_SERVE": "1", variable: value})


def test_a_flag_goes_before_the_environment_which_goes_before_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENRE_LAB_MAX_RUNS", "7")
    monkeypatch.setenv("GENRE_LAB_KEEP_HOURS", "3")
    parser = CommandParser()
    app.add_parser(parser.add_subparsers())
    options = parser.parse_args(["app", "--serve", "--keep-hours", "5"])
    settings = app.serving_of(options, "127.0.0.1", 8501, "")
    assert (settings.max_runs, settings.keep_hours, settings.max_uploads_mb) == (7, 5.0, 500)
    assert settings.public_url == "http://127.0.0.1:8501" and len(settings.token) >= 24


def test_the_token_is_not_part_of_what_is_printed_of_the_settings() -> None:
    settings = Serving(TOKEN, public_url="http://lab.example")
    assert TOKEN not in repr(settings)
    assert settings.operator_url == f"http://lab.example/enter#{TOKEN}"  # behind the #: it is not sent


def test_a_visitor_may_have_so_many_runs_and_trainings() -> None:
    settings = replace(Serving(TOKEN), max_runs=3)
    runs = [Thing("one"), Thing("one"), Thing("two"), Thing("")]
    settings.check_new_run("one", runs, 0)
    settings.check_new_run("", runs * 9, 9)  # the operator has no limit
    with pytest.raises(ConfigError, match="3 runs for each visitor, and you have 2"):
        settings.check_new_run("one", runs, 0, n_new=2)
    with pytest.raises(ConfigError, match="in progress"):
        settings.check_new_run("two", runs, MAX_TRAININGS)
