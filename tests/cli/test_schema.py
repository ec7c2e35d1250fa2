"""The JSON schema of the command line, and docs/json.md, which explains it."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from genre_core.cli import main
from tests.command_line import SCHEMA, Capture, answer, validate

DOCUMENT = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
SECTIONS = {
    "error": "error",
    "predict": "predict",
    "predict with --out": "predict_folder",
    "explain": "explain",
    "separate": "separate",
    "train": "train",
    "train with --help-settings": "settings",
    "evaluate": "evaluate",
    "runs": "runs",
    "compare": "compare",
    "report": "report",
    "export": "export",
    "import": "import",
    "extract": "extract",
    "doctor": "doctor",
    "download": "download",
}
"""The definition that each section of docs/json.md explains."""
OTHER_SECTIONS = {
    "Download of the page Predict": "page_download",
    "run": "run_facts",
    "split": "split",
    "ci95": "ci95",
    "scores": "scores",
    "further_scores": "further_scores",
    "augmented_scores": "augmented_scores",
    "contribution": "contribution",
}


def section(title: str) -> str:
    """The text of a section of docs/json.md."""
    match = re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^##+ |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert match, f"docs/json.md has no section {title}"
    return match[1]


def own_keys(definition: Any) -> set[str]:
    """All keys that a definition names itself, without those of the definitions that it refers to."""
    if isinstance(definition, list):
        return set().union(*map(own_keys, definition))
    if not isinstance(definition, dict):
        return set()
    keys = set(definition.get("properties", {}))
    return keys.union(*(own_keys(value) for value in definition.values()))


def objects(definition: Any) -> list[dict[str, Any]]:
    """All schemas in a definition that describe an object by its keys."""
    children = (
        definition if isinstance(definition, list) else definition.values() if isinstance(definition, dict) else ()
    )
    found = [schema for child in children for schema in objects(child)]
    is_object = isinstance(definition, dict) and isinstance(definition.get("properties"), dict)
    return [definition, *found] if is_object else found


def test_the_schema_is_valid_and_allows_no_other_keys() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for name, definition in SCHEMA["$defs"].items():
        if name in ("run_facts", "song_facts"):  # closed by what extends them
            continue
        for schema in objects(definition):
            assert schema.get("additionalProperties", schema.get("unevaluatedProperties")) is False, name
            assert set(schema["required"]) == set(schema["properties"]), name


@pytest.mark.parametrize("title", SECTIONS)
def test_the_examples_of_the_document_are_valid(title: str) -> None:
    examples = re.findall(r"```json\n(.*?)```", section(title), re.DOTALL)
    assert examples
    for example in examples:
        validate(json.loads(example), SECTIONS[title])


@pytest.mark.parametrize(("title", "name"), [*SECTIONS.items(), *OTHER_SECTIONS.items()])
def test_the_document_names_every_key(title: str, name: str) -> None:
    definitions = [SCHEMA["$defs"][name]]
    if name == "predict":
        definitions += [SCHEMA["$defs"][part] for part in ("song_facts", "failed_song")]
    if name == "runs":
        definitions.append(SCHEMA["$defs"]["damaged_run"])
    named = set(re.findall(r"^\| `(?:[\w\[\].]*\.)?(\w+)` \|", section(title), re.MULTILINE))
    assert named == own_keys(definitions)


def test_every_command_with_json_has_a_definition(capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = set(re.findall(r"^    (\w+) ", capsys.readouterr().out, re.MULTILINE))
    assert commands - {"app"} == set(SCHEMA["$defs"]) & commands
    assert {"predict", "train", "doctor"} < commands


@pytest.mark.parametrize("command", [["runs"], ["compare", "paper-track"], ["train", "--help-settings"]])
def test_a_key_that_is_not_documented_is_invalid(capsys: Capture, command: list[str]) -> None:
    document = answer(capsys, *command)
    entry = (document["runs"] if command[0] == "compare" else document)[0]
    entry["surplus"] = "value"
    with pytest.raises(jsonschema.ValidationError, match="surplus"):
        validate(document, "settings" if command[0] == "train" else command[0])
