"""Sentences that more than one page says."""

from genre_core.runs import RunInfo


def duration(seconds: float) -> str:
    """A time span for people: "40 seconds", "3 minutes"."""
    if seconds < 1.5:
        return "1 second"
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def split_sentence(info: RunInfo) -> str:
    """Which split a run's scores were measured on, and what that means."""
    counts = info.counts
    sides = f"{counts.train_segments} segments to train on and {counts.test_segments} to test on"
    if counts.shared_tracks:
        return (
            f"Measured on a **{info.split.kind} split** ({sides}). {counts.shared_tracks} of the {counts.test_tracks} "
            "test tracks also have segments in the training part, so this measures how well recordings are recognised "
            "again, more than how well genre is heard."
        )
    return (
        f"Measured on a **{info.split.kind} split** ({sides}). None of the {counts.test_tracks} test tracks was trained "
        "on, though other tracks of the same artists may have been."
    )
