"""Predict the genre of a song, along the time axis.

    clip ── features ── run ──> probabilities ─────────────────────┐
      └──── embedding ──> boundaries, tags, similar tracks ──> SongPrediction

Segments start `hop_s` apart, so neighbors may overlap. Their probabilities are smoothed between boundaries, where the
sound changes. Sections between boundaries that are out-of-domain are no genre; a genre change is between two sections
that are in-domain, and stands at the start of the later one.
"""

import os
from dataclasses import dataclass

import numpy as np

from genre_core import audio
from genre_core.audio import SEGMENT_SAMPLES, SEGMENT_SECONDS, Clip
from genre_core.audio.segments import HOP_S, fitting_length, segment_starts, silent_segments
from genre_core.audio.separation import MIX
from genre_core.errors import ConfigError, SilentError, TooShortError
from genre_core.features import Extract, embedding
from genre_core.prediction import changes, domain, reference, reliability, sections
from genre_core.prediction.reference import Reference
from genre_core.prediction.result import IN_DOMAIN_LIMIT, SegmentPrediction, SongPrediction, Tag
from genre_core.progress import Progress, no_progress
from genre_core.runs import DEFAULT_RUN, Run, load_run
from genre_core.wording import counted

LEAST_HOP_S, MOST_HOP_S = 0.5, 30.0


@dataclass(frozen=True, eq=False)
class PredictedSong:
    """The prediction of a song, and what it was made from."""

    prediction: SongPrediction
    clip: Clip
    values: np.ndarray
    """shape (segments, *shape): the features of each segment of the prediction."""
    n_effective: float
    """Number of segments that fit into the sound, without silence, without overlapping."""
    evidence: np.ndarray
    """shape (3,): what the in-domain score is made of, from `domain.evidence`."""


@dataclass(frozen=True, eq=False)
class _Passage:
    """What the segments of a song, or of a section of it, say together."""

    probabilities: np.ndarray
    """shape (genres,), calibrated."""
    distance: float
    tags: list[Tag]
    evidence: np.ndarray
    """shape (3,), from `domain.evidence`."""
    in_domain: float | None


def predict(
    source: audio.AudioSource | Clip, run: Run | str | os.PathLike[str] | None = None, hop_s: float = HOP_S
) -> SongPrediction:
    """Predict the genre of a song.

    Parameters
    ----------
    source : the path of an audio file, the content of one, or a clip at the rate of the run's features (22 050 Hz).
    run : a run, or the name or folder of one; None for the default run, which ships with the project.
    hop_s : time between the starts of segments in seconds, LEAST_HOP_S to MOST_HOP_S.

    Raises AudioError if there is no audio to predict from; RunError if there is no such run; ConfigError for a clip at
    another sample rate, or a hop out of range.

    Examples
    --------
    >>> from genre_core import predict
    >>> prediction = predict("song.wav")
    >>> prediction.genre
    'classical'
    >>> prediction.to_frame()["start_s"].round(1).tolist()[:3]
    [0.0, 1.5, 3.0]
    """
    model = run if isinstance(run, Run) else load_run(run or DEFAULT_RUN)
    if isinstance(source, Clip):
        return predict_song(source, model, hop_s=hop_s).prediction
    return predict_file(source, model, hop_s=hop_s).prediction


def predict_file(
    source: audio.AudioSource, run: Run, progress: Progress = no_progress, *, hop_s: float = HOP_S
) -> PredictedSong:
    """Decode a file, or the content of one, and predict its genre: see `predict_song`.

    Raises AudioError if it can't be decoded.
    """
    clip = audio.load_audio(source, rate=run.feature_set.rate)
    return predict_song(clip, run, progress, hop_s=hop_s)


def predict_song(
    clip: Clip,
    run: Run,
    progress: Progress = no_progress,
    *,
    hop_s: float = HOP_S,
    tracks: Reference | None = None,
) -> PredictedSong:
    """Predict the genre of a clip, from segments as long as those that the run was trained on.

    Audio after the last whole segment is ignored.

    Parameters
    ----------
    clip : at the sample rate of the run's features.
    progress : called with the number of steps done and their total; an exception that it raises ends the prediction.
    hop_s : time between the starts of segments in seconds, LEAST_HOP_S to MOST_HOP_S.
    tracks : the reference tracks to compare the clip with; None for those that ship with the project.

    Raises AudioError if every segment is silent, or the clip is shorter than a segment; ConfigError for a clip at
    another sample rate, or a hop out of range; ModelError if the files of the embedding are damaged.
    """
    features = run.feature_set
    if clip.rate != features.rate:
        raise ConfigError(
            f"The run {run.info.name} takes clips at {features.rate} Hz, not {clip.rate} Hz; load the file with "
            f"load_audio(source, rate={features.rate})."
        )
    check_hop(hop_s)
    length = fitting_length(clip.samples, run.info.segment_samples)
    if length > len(clip.samples):
        raise TooShortError(
            f"The run {run.info.name} needs segments of {run.info.segment_samples / clip.rate:.0f} s, and this file "
            f"has only {clip.duration_s:.0f} s; choose a longer file or another run."
        )
    starts = segment_starts(clip.samples, clip.rate, hop_s, length)
    embedded_length = min(SEGMENT_SAMPLES, length)
    embedded_starts = segment_starts(clip.samples, clip.rate, hop_s, embedded_length)
    # The leveled embedding may be among the run's features already.
    shared = features.begins_with_leveled and features.stem == MIX and embedded_length == length
    total = len(starts) + (0 if shared else len(embedded_starts))

    def extracted(extract: Extract, starts: range, length: int, done: int) -> np.ndarray:
        rows = []
        for row in extract(clip.samples, starts, length):
            rows.append(row)
            progress(done + len(rows), total)
        return np.array(rows)

    progress(0, total)
    values = extracted(features.extract, starts, length, 0)
    embedded = (
        values[:, : embedding.SIZE]
        if shared
        else extracted(embedding.extract_leveled, embedded_starts, embedded_length, len(starts))
    )
    silent = silent_segments(clip.samples, starts, length)
    embedded_silent = silent_segments(clip.samples, embedded_starts, embedded_length)
    if silent.all() or embedded_silent.all():
        raise SilentError("All segments of this file are silent; choose a file with music.")

    probabilities = run.probabilities(values)
    genres = run.info.genres
    tracks = tracks or reference.bundled()
    centers_s = _centers_s(starts, length, clip.rate)
    boundaries_s = changes.boundaries(embedded @ tracks.whitening, hop_s, embedded_length / clip.rate)
    smooth = changes.smooth(probabilities, centers_s, boundaries_s)
    sounding_s = clip.duration_s * float(np.mean(~embedded_silent))
    n_effective = sounding_s * clip.rate / length
    sounding, probable = values[~silent], probabilities[~silent]
    music = embedded[~embedded_silent].astype(np.float64)

    def passage(chosen: np.ndarray | slice, of_music: np.ndarray | slice, lasts_s: float) -> _Passage:
        n = lasts_s * clip.rate / length
        calibrated = run.calibrated(probable[chosen].mean(axis=0), n)
        distance = tracks.distance(music[of_music], lasts_s / SEGMENT_SECONDS)
        tags = mean_tags(music[of_music])
        evidence = domain.evidence(calibrated, distance, tags)
        score = domain.in_domain_of_song(run, evidence, sounding[chosen], n)
        return _Passage(calibrated, distance, tags, evidence, score)

    whole = passage(slice(None), slice(None), sounding_s)
    of_section = sections.in_domain(
        whole.in_domain,
        boundaries_s,
        centers_s[~silent],
        _centers_s(embedded_starts, embedded_length, clip.rate)[~embedded_silent],
        min(hop_s, embedded_length / clip.rate),
        lambda *section: passage(*section).in_domain,
    )
    in_section = None if of_section is None else of_section[np.searchsorted(boundaries_s, centers_s)]
    ranking = np.argsort(-whole.probabilities, kind="stable")
    by_genre = _by_genre(genres, whole.probabilities)
    found = changes.genre_changes(
        boundaries_s,
        centers_s[~silent],
        probable,
        genres,
        new_share=min(hop_s * clip.rate / length, 1.0),
        out_of_domain=None if of_section is None else of_section < IN_DOMAIN_LIMIT,
    )
    prediction = SongPrediction(
        duration_s=clip.duration_s,
        genre=genres[ranking[0]],
        runner_up=genres[ranking[1]],
        probabilities=by_genre,
        reliability=reliability.assess(
            clip, None if found else by_genre, whole.distance, sounding_s, features.needed_bandwidth_hz
        ),
        changes=found,
        tags=whole.tags,
        similar=tracks.similar(music),
        segments=[
            SegmentPrediction(
                start_s=start / clip.rate,
                end_s=(start + length) / clip.rate,
                genre=genres[row.argmax()],
                probabilities=_by_genre(genres, row),
                silent=bool(silent[i]),
                in_domain=None if in_section is None else float(in_section[i]),
            )
            for i, (start, row) in enumerate(zip(starts, smooth, strict=True))
        ],
        warnings=[*clip.warnings, *_silence_warnings(silent), *_seen_warnings(run.seen(values) & ~silent)],
        in_domain=whole.in_domain,
    )
    return PredictedSong(prediction, clip, values, n_effective, whole.evidence)


def check_hop(hop_s: float) -> None:
    """Raise ConfigError unless segments may start so far apart."""
    if not LEAST_HOP_S <= hop_s <= MOST_HOP_S:
        raise ConfigError(f"The hop must be {LEAST_HOP_S:g} to {MOST_HOP_S:g} s, not {hop_s:g} s.")


def _centers_s(starts: range, length: int, rate: int) -> np.ndarray:
    return (np.array(starts) + length / 2) / rate


def _by_genre(genres: tuple[str, ...], probabilities: np.ndarray) -> dict[str, float]:
    return {genre: float(share) for genre, share in zip(genres, probabilities, strict=True)}


def mean_tags(values: np.ndarray) -> list[Tag]:
    """The tags of a song, the most probable first; values : shape (n, embedding.SIZE), its leveled embedding."""
    scores = embedding.tag_probabilities(values).mean(axis=0)
    return [
        Tag(embedding.TAGS[i], float(scores[i]), embedding.TAG_KINDS[embedding.TAGS[i]])
        for i in np.argsort(-scores, kind="stable")
    ]


def _silence_warnings(silent: np.ndarray) -> list[str]:
    count = int(silent.sum())
    if not count:
        return []
    return [f"{counted(count, 'segment')} {'is' if count == 1 else 'are'} silent and not used."]


def _seen_warnings(seen: np.ndarray) -> list[str]:
    if not seen.any():
        return []
    return ["The training set of the run contains this recording, so the prediction is too optimistic."]
