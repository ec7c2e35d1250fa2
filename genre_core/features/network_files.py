"""Model files that ship with the project, verified by the checksums in their folder."""

import hashlib
from functools import cache
from pathlib import Path

from genre_core.errors import ModelError

CHECKSUMS_FILE = "SHA256SUMS"
_REMEDY = "fetch the files of the project again."


@cache
def read_verified(folder: Path, name: str) -> bytes:
    """The content of a file.  Raises ModelError if it is missing or its checksum is wrong."""
    try:
        content = (folder / name).read_bytes()
        sums = (folder / CHECKSUMS_FILE).read_text(encoding="utf-8").split()
    except (OSError, ValueError) as error:
        raise ModelError(f"The files of {folder.name} can't be read from {folder}; {_REMEDY}") from error
    if hashlib.sha256(content).hexdigest() not in sums:
        raise ModelError(f"{folder / name} is damaged: its checksum is wrong; {_REMEDY}")
    return content


def write_checksums(folder: Path, names: tuple[str, ...]) -> None:
    """Write the checksums of these files as they are now."""
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / CHECKSUMS_FILE).write_text("".join(sums), encoding="utf-8")
