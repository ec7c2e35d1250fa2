"""Numbers, counts and lists as text: in messages, on pages, in figures and on the command line."""

from collections.abc import Sequence

_NO_BREAK = "\u00a0"
"""No-break space between a number and its unit."""
_LONGEST_QUOTE = 80


def counted(n: int, noun: str) -> str:
    """A count with its noun, as in "1 track" or "3 tracks"."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names in a sentence: the first `most` of them, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def quoted(value: object) -> str:
    """A value that somebody entered, as in "'mlp'": cut if it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def percent(share: float) -> str:
    """A share as a whole percent, as in "36 %"; never rounded to 0 % or 100 %, but "under 1 %" or "over 99 %"."""
    if 0 < share < 0.01:
        return f"under 1{_NO_BREAK}%"
    if 0.99 < share < 1:
        return f"over 99{_NO_BREAK}%"
    return f"{100 * share:.0f}{_NO_BREAK}%"


def score(share: float) -> str:
    """A share to a tenth of a percent, as in "96.4 %"."""
    return f"{100 * share:.1f}{_NO_BREAK}%"


def interval(low: float, high: float) -> str:
    """An interval of shares to a tenth of a percent, as in "93.8 to 96.2 %"."""
    return f"{100 * low:.1f} to {score(high)}"


def clock(seconds: float) -> str:
    """A time as m:ss, or as h:mm:ss from one hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def frequency(hz: float) -> str:
    """A frequency, as in "250 Hz" or "1.5 kHz"."""
    return f"{hz / 1000:g}{_NO_BREAK}kHz" if hz >= 1000 else f"{hz:g}{_NO_BREAK}Hz"


def size_text(n_bytes: int) -> str:
    """A size, as in "123 MB" or "1.2 GB"."""
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 0.9995e9 else f"{n_bytes / 1e6:.0f} MB"


def duration(seconds: float) -> str:
    """A duration in words, as in "40 seconds" or "3 minutes"."""
    if seconds < 1.5:
        return "1 second"
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def ordinal(n: int) -> str:
    """A place in a line, as in "1st", "2nd", "11th" or "23rd"."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
