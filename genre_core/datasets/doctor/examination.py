"""Run all checks of the data doctor on a dataset."""

from functools import partial
from pathlib import Path

from genre_core.datasets.dataset import Dataset
from genre_core.datasets.doctor import recordings as faults
from genre_core.datasets.doctor.duplicates import exact_duplicates, near_duplicates
from genre_core.datasets.doctor.findings import FINDING_KINDS, NEEDS_AUDIO, Check, Diagnosis, FindingKind
from genre_core.datasets.doctor.genres import class_balance, single_artists
from genre_core.datasets.doctor.measurement import Recordings, measure_tracks
from genre_core.datasets.doctor.outliers import outliers
from genre_core.datasets.doctor.tracks import TrackTable
from genre_core.datasets.folder import check_audio_folder, find_track
from genre_core.datasets.gathered.songs import track_files
from genre_core.errors import GenreLabError, SilentError, TooShortError
from genre_core.progress import Progress, no_progress
from genre_core.wording import counted, listed

_AUDIO_KINDS: tuple[FindingKind, ...] = ("clipping", "sample-rate", "bandwidth")


def examine(
    dataset: Dataset, audio_folder: Path | None = None, *, gathered: bool = False, progress: Progress = no_progress
) -> Diagnosis:
    """Check a dataset for all kinds of faults.

    Parameters
    ----------
    audio_folder : a folder with one subfolder per genre that holds the audio files of the tracks; without it, the
        checks that need audio are reported as unchecked.
    gathered : whether to check the songs of a gathered dataset, in place of a folder.
    progress : called with the number of audio files done and their total; an exception that it raises ends the
        examination.

    Raises
    ------
    DatasetError
        If `audio_folder` has no subfolder for any of the genres.
    """
    tracks = TrackTable(dataset)
    recordings, no_audio, place = Recordings({}, {}, []), NEEDS_AUDIO, ""
    if audio_folder is not None:
        check_audio_folder(audio_folder, dataset.genres)
        recordings, place = measure_tracks(tracks.names, partial(find_track, audio_folder), progress), str(audio_folder)
    elif gathered:
        recordings, place = measure_tracks(tracks.names, track_files(dataset.gathered).get, progress), "the dataset"
    if place:
        missing = recordings.missing
        no_audio = f"{counted(len(missing), 'track')} without a file in {place} ({listed(missing, 5)})"
        no_audio = no_audio if missing else ""
    skipped: dict[str, GenreLabError] = {**dataset.skipped, **recordings.unreadable}
    short = {name: str(error) for name, error in skipped.items() if isinstance(error, TooShortError)}
    silent = {name: str(error) for name, error in skipped.items() if isinstance(error, SilentError)}
    recorded = recordings.measured
    exact = exact_duplicates(tracks)
    checks: dict[FindingKind, Check] = {
        "exact-duplicates": exact,
        "near-duplicates": near_duplicates(tracks, exact.finding.to_exclude if exact.finding else ()),
        "one-artist": single_artists(tracks),
        "bandwidth": faults.bandwidths(tracks, recorded),
        "sample-rate": faults.sample_rates(tracks, recorded),
        "class-balance": class_balance(tracks),
        "silence": faults.silence(tracks, recorded, silent),
        "clipping": faults.clipping(recorded),
        "too-short": faults.too_short(tracks, short, has_files=bool(place or dataset.skipped)),
        "outliers": outliers(tracks),
    }
    findings = [checks[kind].finding for kind in FINDING_KINDS]
    unchecked = dict.fromkeys(_AUDIO_KINDS, no_audio) | {kind: c.unchecked for kind, c in checks.items() if c.unchecked}
    return Diagnosis(
        dataset=dataset.name,
        n_tracks=len(tracks.names),
        n_segments=len(dataset.values),
        genres=tracks.genre_counts,
        n_with_audio=len(recorded),
        findings=tuple(finding for finding in findings if finding is not None),
        unchecked={kind: unchecked[kind] for kind in FINDING_KINDS if unchecked.get(kind)},
        unreadable={name: str(error) for name, error in skipped.items() if name not in short and name not in silent},
    )
