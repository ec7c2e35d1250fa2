"""Files of networks that ship with the project, each folder with a list of what they must be."""

import hashlib
from functools import cache
from pathlib import Path

from genre_core.errors import ModelError

CHECKSUMS_FILE = "SHA256SUMS"
_REMEDY = "fetch the files of the project again."


@cache
def read_verified(folder: Path, name: str) -> bytes:
    """What a file holds.  Raises ModelError if it is missing or not what was shipped."""
    try:
        held = (folder / name).read_bytes()
        sums = (folder / CHECKSUMS_FILE).read_text(encoding="utf-8").split()
    except (OSError, ValueError) as error:
        raise ModelError(f"The network {folder.name} can't be read from {folder}; {_REMEDY}") from error
    if hashlib.sha256(held).hexdigest() not in sums:
        raise ModelError(f"The network {folder.name} is damaged: {folder / name} is not as it was shipped; {_REMEDY}")
    return held


def write_checksums(folder: Path, names: tuple[str, ...]) -> None:
    """Write the list of what the files are now."""
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / CHECKSUMS_FILE).write_text("".join(sums), encoding="utf-8")
