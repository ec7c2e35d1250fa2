"""Reading of files that may be damaged, or made by someone else.

A file is read once, at the edge, within bounds and against what it must hold; whatever is wrong with it becomes one
DamagedFileError, and what is behind knows valid values only.

- `read_json` reads JSON as a type: a dataclass, or a type of plain values; `as_type` checks what is read already.
- `array_files` reads arrays of NumPy (.npy, .npz), and checks their type, shape and values.
- `reporting_damage` names the file in errors of one's own reading.
"""

from genre_core.reading.damage import reporting_damage
from genre_core.reading.json_files import as_type, read_json

__all__ = ["as_type", "read_json", "reporting_damage"]
