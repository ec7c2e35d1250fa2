"""What a run says of a song, along the time axis, and of a data set that it was not trained on.

    clip ── features ── run ──> answers ──┐
      └──── embedding ──> cuts, tags, likeness ──> SongPrediction

Segments begin `hop_s` apart, so neighbors may share sound.  Their answers are evened out between the cuts, where the
sound changes; a change is a cut on whose sides the run hears different genres.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, Clip
from genre_core.audio.separation import MIX
from genre_core.datasets import Dataset, Progress
from genre_core.errors import AudioError, ConfigError
from genre_core.evaluation import Evaluation
from genre_core.features import LEVELED, embedding
from genre_core.prediction import changes, reference, reliability
from genre_core.prediction.changes import Change
from genre_core.prediction.reference import Similar
from genre_core.prediction.reliability import Reliability
from genre_core.runs import Run

HOP_S = 1.5
LEAST_HOP_S, MOST_HOP_S = 0.5, 30.0


@dataclass(frozen=True)
class SegmentPrediction:
    """What was heard in one segment."""

    start_s: float
    end_s: float
    genre: str
    probabilities: dict[str, float]
    """Evened out over its neighbors."""
    silent: bool
    """A silent segment has an answer like any other, but no say in the verdict."""


@dataclass(frozen=True)
class Tag:
    """One of the 50 labels of the embedding's network; several apply at once."""

    tag: str
    score: float
    """Its probability, the mean over the song."""
    kind: embedding.TagKind


@dataclass(frozen=True)
class SongPrediction:
    """What was heard in a song."""

    duration_s: float
    genre: str
    """The most probable genre."""
    runner_up: str
    """The second most probable one."""
    probabilities: dict[str, float]
    """Mean over the segments that are not silent, calibrated on the tracks that the run was tested on; sums to one."""
    changes: list[Change]
    """In time order."""
    tags: list[Tag]
    """All of them, the most probable first."""
    reliability: Reliability
    similar: list[Similar]
    """The tracks most like it, among those that the default run learned from."""
    segments: list[SegmentPrediction]
    warnings: list[str]
    """What is wrong with the file, and what had no say."""

    @property
    def is_counted(self) -> np.ndarray:
        """shape (segments,), bool: the segments that are not silent."""
        return np.array([not segment.silent for segment in self.segments])


@dataclass(frozen=True, eq=False)
class PredictedSong:
    """A verdict, and what it was made from."""

    prediction: SongPrediction
    clip: Clip
    values: np.ndarray
    """shape (segments, *shape): the features of each segment of the verdict."""
    n_separate: float
    """How many segments would fit in what is not silent without overlapping."""


def predict_song(
    clip: Clip, run: Run, progress: Progress = lambda done, total: None, *, hop_s: float = HOP_S
) -> PredictedSong:
    """Judge a clip, a segment at a time, as long as those that the run was trained on.

    Parameters
    ----------
    clip : at the rate of the run's features.
    progress : called with the number of steps done and their total; what it raises ends the judging.
    hop_s : how far apart segments begin, LEAST_HOP_S to MOST_HOP_S.

    What is left over at the end, less than a hop, is not judged.

    Raises AudioError if every segment is silent, or there is not even one as long as the run's; ConfigError for a hop
    out of range; ModelError if the embedding's files are damaged.
    """
    features = run.feature_set
    if clip.rate != features.rate:
        raise ValueError(f"the run takes clips at {features.rate} Hz, not {clip.rate} Hz")
    check_hop(hop_s)
    # Tables of whole tracks hold lengths that differ a little: one segment may be a tenth shorter.
    length = min(run.info.segment_samples, max(len(clip.samples), int(0.9 * run.info.segment_samples)))
    if length > len(clip.samples):
        raise AudioError(
            f"The run {run.info.name} judges pieces of {run.info.segment_samples / clip.rate:.0f} s and this file has "
            f"only {clip.duration_s:.0f} s; choose a longer file or another run."
        )
    starts = _starts(clip, hop_s, length)
    heard_length = min(SEGMENT_SAMPLES, length)
    heard_starts = _starts(clip, hop_s, heard_length)
    shared = features.name.startswith(LEVELED) and features.stem == MIX and heard_length == length
    total = len(starts) + (0 if shared else len(heard_starts))

    def extract(extract: Any, starts: range, length: int, done: int) -> np.ndarray:
        rows = []
        for row in extract(clip.samples, starts, length):
            rows.append(row)
            progress(done + len(rows), total)
        return np.array(rows)

    progress(0, total)
    values = extract(features.extract, starts, length, 0)
    heard = (
        values[:, : embedding.SIZE]
        if shared
        else extract(embedding.extract_leveled, heard_starts, heard_length, len(starts))
    )
    silent, heard_silent = _silent(clip, starts, length), _silent(clip, heard_starts, heard_length)
    if silent.all() or heard_silent.all():
        raise AudioError("There is no sound in any whole segment of this file; give one with music in it.")

    answers = run.probabilities(values)
    genres = run.info.genres
    songs = reference.bundled()
    centers_s = (np.array(starts) + length / 2) / clip.rate
    cuts_s = changes.cuts(heard @ songs.whitening, hop_s, heard_length / clip.rate)
    smooth = changes.smooth(answers, centers_s, cuts_s)
    sounding_s = clip.duration_s * float(np.mean(~heard_silent))
    n_separate = sounding_s * clip.rate / length
    shares = run.calibrated(answers[~silent].mean(axis=0), n_separate)
    ranking = np.argsort(-shares, kind="stable")
    music = heard[~heard_silent].astype(np.float64)
    prediction = SongPrediction(
        duration_s=clip.duration_s,
        genre=genres[ranking[0]],
        runner_up=genres[ranking[1]],
        probabilities=_named(genres, shares),
        changes=changes.changes(cuts_s, centers_s[~silent], answers[~silent], genres),
        tags=_tags(music),
        reliability=reliability.assess(clip, music, sounding_s, songs, features.treble_hz),
        similar=songs.similar(music),
        segments=[
            SegmentPrediction(
                start_s=start / clip.rate,
                end_s=(start + length) / clip.rate,
                genre=genres[answer.argmax()],
                probabilities=_named(genres, answer),
                silent=bool(silent[i]),
            )
            for i, (start, answer) in enumerate(zip(starts, smooth, strict=True))
        ],
        warnings=[*clip.warnings, *_silence_warnings(silent), *_seen_warnings(run.seen(values) & ~silent)],
    )
    return PredictedSong(prediction, clip, values, n_separate)


def predict_file(
    source: audio.Source, run: Run, progress: Progress = lambda done, total: None, *, hop_s: float = HOP_S
) -> PredictedSong:
    """Decode a file, or the content of one, and judge it.  AudioError if it can't be heard."""
    clip = audio.load(source, rate=run.feature_set.rate)
    return predict_song(clip, run, progress, hop_s=hop_s)


def check_hop(hop_s: float) -> None:
    """ConfigError unless segments may begin so far apart."""
    if not LEAST_HOP_S <= hop_s <= MOST_HOP_S:
        raise ConfigError(f"The hop must be {LEAST_HOP_S:g} to {MOST_HOP_S:g} s, not {hop_s:g} s.")


def as_document(prediction: SongPrediction) -> dict[str, Any]:
    """A verdict as JSON has it."""
    document = asdict(prediction)
    document["changes"] = [
        {"time_s": change.time_s, "from": change.before, "to": change.after, "confidence": change.confidence}
        for change in prediction.changes
    ]
    return document


def _starts(clip: Clip, hop_s: float, length: int) -> range:
    """Where segments begin, in samples.  A hop that is as good as a segment leaves nothing between them."""
    hop = round(hop_s * clip.rate)
    return range(0, len(clip.samples) - length + 1, length if abs(hop - length) <= 2 else hop)


def _silent(clip: Clip, starts: range, length: int) -> np.ndarray:
    peaks = [np.abs(clip.samples[start : start + length]).max() for start in starts]
    return np.array(peaks) < audio.SILENCE_PEAK


def _named(genres: tuple[str, ...], shares: np.ndarray) -> dict[str, float]:
    return {genre: float(share) for genre, share in zip(genres, shares, strict=True)}


def _tags(values: np.ndarray) -> list[Tag]:
    scores = embedding.tags(values).mean(axis=0)
    return [
        Tag(embedding.TAGS[i], float(scores[i]), embedding.TAG_KINDS[embedding.TAGS[i]])
        for i in np.argsort(-scores, kind="stable")
    ]


def _silence_warnings(silent: np.ndarray) -> list[str]:
    segments = int(silent.sum())
    return [f"{_counted(segments)} had no say in the verdict, being silent."] if segments else []


def _seen_warnings(seen: np.ndarray) -> list[str]:
    if not seen.any():
        return []
    return [f"This run knows this recording: it was trained on {int(seen.sum())} of these {_counted(len(seen))}."]


def _counted(segments: int) -> str:
    return f"{segments} segment{'' if segments == 1 else 's'}"


@dataclass(frozen=True, eq=False)
class DatasetEvaluation:
    """How a run does on a data set, without the segments that it was trained on."""

    evaluation: Evaluation | None
    """The segments that are new to the run; None if there are none."""
    seen_segments: int
    seen_tracks: int
    """Tracks with at least one segment that the run was trained on."""
    shared_tracks: int
    """Of those, the ones of which other segments are scored: what they add is memory of recordings."""


def evaluate_dataset(dataset: Dataset, run: Run) -> DatasetEvaluation:
    """Score the segments of a data set that the run was not trained on, whatever their files are called.

    What the default run learned from pictures alone is known by its name.

    Raises RunError if the run takes other features or does not know a genre of the data set.
    """
    run.check_dataset(dataset)
    seen = run.seen(dataset.values)
    if run.feature_set.taught:  # from pictures too, which are not known again by their sound
        seen |= np.isin(dataset.track, reference.bundled().all_tracks)
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
    return DatasetEvaluation(evaluation, int(seen.sum()), len(seen_tracks), len(seen_tracks & new_tracks))
