"""What can be said of the sound of one song: its duration, why it can't be used, and what is wrong with it.

It is kept in `storage.cache_dir()` by the content of the song, as features are.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from genre_core import audio, storage
from genre_core.datasets.gathered.sound_print import sound_print
from genre_core.errors import AudioError, DamagedFileError
from genre_core.reading import read_json
from genre_core.wording import frequency, percent

_VERSION = 1
"""To be raised when anything else is found of the same file."""


@dataclass(frozen=True)
class Examined:
    """What was found of a song."""

    duration_s: float | None
    """None if it can't be used."""
    problem: str = ""
    """Why it can't be used; empty if it can."""
    warnings: tuple[str, ...] = ()
    """What is wrong with its sound, in sentences."""
    sound_print: tuple[float, ...] = ()
    """See `sound_print`; empty if it can't be used."""


def examine_song(path: Path, digest: str) -> Examined:
    """Decode a song and look at it, or read what was found before.

    Parameters
    ----------
    digest : SHA-256 of the content, by which it is cached; a song that can't be used is tried again.
    """
    kind = f"song-check-{_VERSION}-{audio.duration_limit_s():g}s"
    entry = storage.cache_dir() / kind / digest[:2] / f"{digest}.json"
    with suppress(DamagedFileError):
        return read_json(entry, Examined)
    found = _examine(path)
    if not found.problem:
        with storage.writing_file(entry) as partial:
            partial.write_text(json.dumps(asdict(found)), encoding="utf-8")
    return found


def _examine(path: Path) -> Examined:
    # Imported when needed: the data doctor takes as long as all else, and pages only name what is here.
    from genre_core.datasets.doctor.measurement import decode, measure
    from genre_core.datasets.doctor.recordings import CLIPPED_SHARE, SILENT_SHARE

    try:
        clip = decode(path)
        recording = measure(path, clip)
    except AudioError as error:
        return Examined(None, str(error))
    warnings = list(clip.warnings)
    if recording.silent_share >= SILENT_SHARE:
        warnings.append(f"{percent(recording.silent_share)} of it is silent (below -60 dBFS).")
    if recording.clipped_share >= CLIPPED_SHARE:
        warnings.append("It is clipped: its waveform is cut off at full scale.")
    if recording.bandwidth_hz is not None:
        warnings.append(f"Its spectrum ends at {frequency(recording.bandwidth_hz)}: high frequencies are missing.")
    return Examined(clip.duration_s, "", tuple(warnings), sound_print(clip))
