"""The command line, `genre-lab COMMAND`, a module for each command.

Each module of a command has `add_parser`, which declares its flags, and `run`, which returns a `CommandResult`.
schema.json describes the JSON of all commands; docs/json.md explains it.
"""

from genre_core.cli.main import main

__all__ = [
    "main",
]
