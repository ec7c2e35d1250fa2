"""Faults of the recordings: silence, clipping, files that are too short, sample rates and missing high frequencies."""

from collections.abc import Callable

import numpy as np

from genre_core.audio import SEGMENT_SECONDS
from genre_core.audio.quality import FULL_BANDWIDTH_HZ, SILENT_RMS
from genre_core.datasets.doctor.findings import NEEDS_AUDIO, Check, Detail, Finding, Severity
from genre_core.datasets.doctor.measurement import Recording
from genre_core.datasets.doctor.tracks import TrackTable
from genre_core.wording import counted, listed

SILENT_SHARE = 0.1
"""Share of a track below SILENT_RMS from which on it is reported; no track of GTZAN-mini has more than 0.01."""
CLIPPED_SHARE, BADLY_CLIPPED_SHARE = 1e-4, 1e-3
"""Share of clipped samples from which on it is a note, and a warning.  One track of GTZAN-mini has 2e-4."""
DIFFERENT_SHARES = 0.25
"""Genres differ in a fault if the shares of their tracks that have it differ by at least this much."""

Recorded = dict[str, Recording]
"""Measurements by track."""


def silence(tracks: TrackTable, recorded: Recorded, silent_files: dict[str, str]) -> Check:
    """Find tracks that are silent for a part of their duration, by their audio or by their loudness in the table.

    Parameters
    ----------
    silent_files : files that were skipped because they are silent throughout, with the reason.
    """
    shares = {name: recording.silent_share for name, recording in recorded.items()}
    dataset, unchecked = tracks.dataset, ""
    if "rms_mean" in dataset.columns:
        silent = dataset.values[:, dataset.columns.index("rms_mean")] < SILENT_RMS
        by_table = {name: float(silent[rows].mean()) for name, rows in zip(tracks.names, tracks.rows, strict=True)}
        shares = by_table | shares
    elif missing := [name for name in tracks.names if name not in shares and name not in silent_files]:
        unchecked = f"the check needs audio files or loudness features, and there are none for {listed(missing, 5)}"
    named = sorted((name for name, share in shares.items() if share >= SILENT_SHARE), key=lambda name: -shares[name])
    details = [Detail((name,), f"{100 * shares[name]:.0f} % silent", round(shares[name], 4)) for name in named]
    details += [Detail((name,), "100 % silent; the file is skipped", 1.0) for name in silent_files]
    if not details:
        return Check(unchecked=unchecked)
    message = (
        f"{counted(len(details), 'track')} {_is(len(details))} silent (below -60 dBFS) for at least "
        f"{100 * SILENT_SHARE:.0f} % of the duration. A model would learn silence as a property of the genre."
    )
    in_data = set(tracks.names)
    to_exclude = tuple(track for track in (*named, *silent_files) if track in in_data)
    return Check(Finding("silence", "warning", message, tuple(details), to_exclude), unchecked)


def too_short(tracks: TrackTable, short_files: dict[str, str], *, has_files: bool) -> Check:
    """Report files that are shorter than a segment.

    Parameters
    ----------
    short_files : files that were skipped because they are too short, with the reason.
    has_files : whether files were read at all; a table says nothing of files that were skipped.
    """
    unchecked = "" if has_files else NEEDS_AUDIO
    if not short_files:
        return Check(unchecked=unchecked)
    message = (
        f"{counted(len(short_files), 'file')} {_is(len(short_files))} shorter than a segment of "
        f"{SEGMENT_SECONDS:.0f} s and can't be used, so the genre has fewer tracks than files."
    )
    details = tuple(Detail((name,), reason, 1.0) for name, reason in short_files.items())
    in_data = set(tracks.names)
    to_exclude = tuple(name for name in short_files if name in in_data)
    return Check(Finding("too-short", "warning", message, details, to_exclude), unchecked)


def clipping(recorded: Recorded) -> Check:
    """Find recordings whose waveform is cut off at full scale."""
    shares = {name: audio.clipped_share for name, audio in recorded.items() if audio.clipped_share >= CLIPPED_SHARE}
    if not shares:
        return Check()
    named = sorted(shares, key=lambda name: -shares[name])
    details = tuple(
        Detail((name,), f"{100 * shares[name]:.2g} % of the samples", round(shares[name], 6)) for name in named
    )
    severity: Severity = "warning" if max(shares.values()) >= BADLY_CLIPPED_SHARE else "note"
    message = (
        f"{counted(len(named), 'track')} {_is(len(named))} clipped: the waveform is cut off at full scale. The "
        "distortion adds high frequencies that are not in the music, and a model can learn them."
    )
    return Check(Finding("clipping", severity, message, details, tuple(named)))


def sample_rates(tracks: TrackTable, recorded: Recorded) -> Check:
    """Compare the sample rates of the files."""
    by_rate: dict[int, list[str]] = {}
    for name, recording in recorded.items():
        by_rate.setdefault(recording.rate, []).append(name)
    if len(by_rate) < 2:
        return Check()
    highest = max(by_rate)
    contrast = _genre_contrast(tracks, recorded, lambda recording: recording.rate < highest)
    rates = ", ".join(f"{len(names)} at {rate} Hz" for rate, names in sorted(by_rate.items()))
    message = (
        f"The files have different sample rates ({rates}).{f' Below {highest} Hz: {contrast}.' if contrast else ''} A "
        "lower sample rate cuts off high frequencies, and a model can learn that difference instead of the genre."
    )
    details = tuple(Detail(tuple(names), f"{rate} Hz", rate) for rate, names in sorted(by_rate.items()))
    lower = tuple(name for rate, names in sorted(by_rate.items()) if rate < highest for name in names)
    return Check(Finding("sample-rate", "warning" if contrast else "note", message, details, lower))


def bandwidths(tracks: TrackTable, recorded: Recorded) -> Check:
    """Find recordings whose spectrum ends below what the features use."""
    limits = {name: audio.bandwidth_hz for name, audio in recorded.items() if audio.bandwidth_hz is not None}
    if not limits:
        return Check()
    contrast = _genre_contrast(tracks, recorded, lambda recording: recording.bandwidth_hz is not None)
    message = (
        f"The spectrum of {len(limits)} of {counted(len(recorded), 'track')} ends below "
        f"{FULL_BANDWIDTH_HZ / 1000:.1f} kHz{f' ({contrast})' if contrast else ''}. A model can learn the missing high "
        "frequencies, which are a property of the recording and not of the genre."
    )
    named = sorted(limits, key=limits.__getitem__)
    details = tuple(Detail((name,), f"ends at {limits[name] / 1000:.1f} kHz", limits[name]) for name in named)
    return Check(Finding("bandwidth", "warning" if contrast else "note", message, details, tuple(named)))


def _genre_contrast(tracks: TrackTable, recorded: Recorded, has_fault: Callable[[Recording], bool]) -> str:
    """The genres with the largest and the smallest share of tracks with a fault, empty if they hardly differ."""
    genre = dict(zip(tracks.names, tracks.genre.tolist(), strict=True))
    faults: dict[str, list[bool]] = {}
    for name, recording in recorded.items():
        faults.setdefault(genre[name], []).append(has_fault(recording))
    share = {its: float(np.mean(each)) for its, each in faults.items()}
    most, least = max(share, key=share.__getitem__), min(share, key=share.__getitem__)
    if share[most] - share[least] < DIFFERENT_SHARES:
        return ""
    return f"{100 * share[most]:.0f} % of the {most} tracks, but {100 * share[least]:.0f} % of the {least} tracks"


def _is(n: int) -> str:
    return "is" if n == 1 else "are"
