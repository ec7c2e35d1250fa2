"""Numbers as figures and pages say them."""

_NO_BREAK = "\u00a0"
"""Keeps a number and its unit on one line."""


def percent(share: float) -> str:
    """A share in words that claim neither certainty nor impossibility falsely: 36 %, under 1 %, over 99 %."""
    if 0 < share < 0.01:
        return f"under 1{_NO_BREAK}%"
    if 0.99 < share < 1:
        return f"over 99{_NO_BREAK}%"
    return f"{100 * share:.0f}{_NO_BREAK}%"


def score(share: float) -> str:
    """A measured share to a tenth of a percent: 96.4 %."""
    return f"{100 * share:.1f}{_NO_BREAK}%"


def clock(seconds: float) -> str:
    """A time as m:ss, or h:mm:ss from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def duration(seconds: float) -> str:
    """A time span for people: "40 seconds", "3 minutes"."""
    if seconds < 1.5:
        return "1 second"
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
