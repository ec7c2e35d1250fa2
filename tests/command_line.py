"""Commands as a script calls them: with --json, their documents validated against the schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from genre_core import cli

Capture = pytest.CaptureFixture[str]
SCHEMA = json.loads((Path(cli.__file__).parent / "schema.json").read_text(encoding="utf-8"))


def answer(capsys: Capture, *arguments: str, status: int = 0) -> Any:
    """The JSON document of a command, which is valid and the only output on standard output."""
    assert cli.main([*arguments, "--json"]) == status
    document = json.loads(capsys.readouterr().out)
    validate(document, definition(arguments))
    return document


def definition(arguments: tuple[str, ...]) -> str:
    """The name of the definition in the schema that describes the answer of a command."""
    command = arguments[0]
    if command == "predict" and "--out" in arguments:
        return "predict_folder"
    if command == "train" and "--help-settings" in arguments:
        return "settings"
    return command


def validate(document: Any, name: str) -> None:
    """Raise ValidationError unless a document is as the definition of that name says."""
    jsonschema.Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{name}"}).validate(document)
