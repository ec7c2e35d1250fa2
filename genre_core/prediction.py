"""What a run says of a song, along the time axis, and of a data set that it was not trained on."""

from dataclasses import dataclass

import numpy as np

from genre_core import audio
from genre_core.audio import Clip
from genre_core.datasets import Dataset, Progress
from genre_core.errors import AudioError
from genre_core.evaluation import Evaluation
from genre_core.runs import Run


@dataclass(frozen=True)
class SegmentVerdict:
    """What was heard in one segment."""

    start_s: float
    end_s: float
    genre: str
    probabilities: dict[str, float]
    silent: bool
    """A silent segment has an answer like any other, but no say in the verdict."""


@dataclass(frozen=True)
class Verdict:
    """What was heard in a song."""

    duration_s: float
    genre: str
    """The most probable genre."""
    probabilities: dict[str, float]
    """Mean over the segments that are not silent; sums to one."""
    segments: list[SegmentVerdict]
    warnings: list[str]


def judge(clip: Clip, run: Run, progress: Progress = lambda done, total: None) -> Verdict:
    """Judge a clip, a segment at a time, as long as those that the run was trained on.

    Parameters
    ----------
    clip : at the rate of the run's features.
    progress : called with the number of segments done and their total; what it raises ends the judging.

    What is left over at the end, less than a segment, is not judged.

    Raises AudioError if every segment is silent, or there is not even one as long as the run's.
    """
    features = run.feature_set
    if clip.rate != features.rate:
        raise ValueError(f"the run takes clips at {features.rate} Hz, not {clip.rate} Hz")
    # Tables of whole tracks hold lengths that differ a little: one segment may be a tenth shorter.
    length = min(run.info.segment_samples, max(len(clip.samples), int(0.9 * run.info.segment_samples)))
    if length > len(clip.samples):
        raise AudioError(
            f"The run {run.info.name} judges pieces of {run.info.segment_samples / clip.rate:.0f} s and this file has "
            f"only {clip.duration_s:.0f} s; choose a longer file or another run."
        )
    total = len(clip.samples) // length
    pieces = clip.samples[: total * length].reshape(total, length)
    rows = []
    progress(0, total)
    for row in features.extract(clip.samples, range(0, total * length, length), length):
        rows.append(row)
        progress(len(rows), total)
    values = np.array(rows)
    answers = run.probabilities(values)
    genres = run.info.genres
    silent = np.abs(pieces).max(axis=1) < audio.SILENCE_PEAK
    if silent.all():
        raise AudioError("There is no sound in any whole segment of this file; give one with music in it.")
    mean = answers[~silent].mean(axis=0)
    return Verdict(
        duration_s=clip.duration_s,
        genre=genres[mean.argmax()],
        probabilities=_named(genres, mean),
        segments=[
            SegmentVerdict(
                start_s=i * length / clip.rate,
                end_s=(i + 1) * length / clip.rate,
                genre=genres[answer.argmax()],
                probabilities=_named(genres, answer),
                silent=bool(silent[i]),
            )
            for i, answer in enumerate(answers)
        ],
        warnings=[*clip.warnings, *_silence_warnings(silent), *_seen_warnings(run.seen(values) & ~silent)],
    )


def judge_file(source: str | bytes, run: Run, progress: Progress = lambda done, total: None) -> tuple[Clip, Verdict]:
    """Decode a file, or the content of one, and judge it.  AudioError if it can't be heard."""
    clip = audio.load(source, rate=run.feature_set.rate)
    return clip, judge(clip, run, progress)


def _named(genres: tuple[str, ...], shares: np.ndarray) -> dict[str, float]:
    return {genre: float(share) for genre, share in zip(genres, shares, strict=True)}


def _silence_warnings(silent: np.ndarray) -> list[str]:
    segments = int(silent.sum())
    return [f"{_counted(segments)} had no say in the verdict, being silent."] if segments else []


def _seen_warnings(seen: np.ndarray) -> list[str]:
    if not seen.any():
        return []
    return [f"This run was trained on {int(seen.sum())} of its {_counted(len(seen))}, so it knows this recording."]


def _counted(segments: int) -> str:
    return f"{segments} segment{'' if segments == 1 else 's'}"


@dataclass(frozen=True, eq=False)
class DatasetScore:
    """How a run does on a data set, without the segments that it was trained on."""

    evaluation: Evaluation | None
    """The segments that are new to the run; None if there are none."""
    seen_segments: int
    seen_tracks: int
    """Tracks with at least one segment that the run was trained on."""
    shared_tracks: int
    """Of those, the ones of which other segments are scored: what they add is memory of recordings."""


def score_dataset(dataset: Dataset, run: Run) -> DatasetScore:
    """Score the segments of a data set that the run was not trained on, whatever their files are called.

    Raises RunError if the run takes other features or does not know a genre of the data set.
    """
    run.check_dataset(dataset)
    seen = run.seen(dataset.values)
    new = ~seen
    evaluation = None
    if new.any():
        evaluation = Evaluation(
            genres=run.info.genres,
            labels=np.searchsorted(np.array(run.info.genres), dataset.genre[new]),
            track=dataset.track[new],
            start_s=dataset.start_s[new],
            probabilities=run.probabilities(dataset.values[new]),
        )
    seen_tracks, new_tracks = (set(dataset.track[rows].tolist()) for rows in (seen, new))
    return DatasetScore(evaluation, int(seen.sum()), len(seen_tracks), len(seen_tracks & new_tracks))
