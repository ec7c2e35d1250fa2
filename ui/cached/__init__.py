"""Cached calls into the core: the only place where pages call what takes time.

Pages use this face (`from ui import cached; cached.run(name)`). Results are shared by all visitors: never change them.
"""

from ui.cached.archives import archive_job, begin_archive, forget_archive
from ui.cached.challenges import (
    challenge_board,
    challenge_dataset,
    challenge_outcome,
    reveals,
    start_reveal,
    submit_to_challenge,
)
from ui.cached.datasets import (
    BY_CONTENT,
    bundled_dataset,
    digest,
    split_notes,
    split_problem,
)
from ui.cached.downloads import download_job, start_download
from ui.cached.excerpts import (
    Excerpt,
    StemPredictions,
    Stems,
    analyze,
    duration_s,
    predict_stems,
    separate,
    stem_audio,
)
from ui.cached.exploration import examine, feature_correlations, feature_ranking, pca_projection, track_paths, tsne
from ui.cached.figures import figure
from ui.cached.gathered import (
    check_songs,
    check_songs_again,
    export_songs,
    extract_songs,
    own_gathered,
    songs_file,
    songs_version,
    visible_gathered,
)
from ui.cached.quizzes import prepare_next_quiz, quiz_room, quiz_rooms
from ui.cached.runs import evaluation, folds, run, segment_seconds, visible_runs
from ui.cached.songs import (
    SongResult,
    content_digest,
    explain,
    explain_picture,
    playable_audio,
    predict_song,
    synthetic_song,
)
from ui.cached.stored import add_dataset, open_dataset, own_dataset, stored_dataset, visible_datasets
from ui.cached.tracks import (
    bundled_picture,
    cut_segments,
    find_audio,
    has_audio,
    may_hear,
    track_audio,
    track_content,
)
from ui.cached.training import sweeps, trainer
from ui.cached.work import POLL_S, NotReadyError, background_workers, ready, start_workers, waiting_text, workers

__all__ = [
    "BY_CONTENT",
    "POLL_S",
    "Excerpt",
    "NotReadyError",
    "SongResult",
    "StemPredictions",
    "Stems",
    "add_dataset",
    "analyze",
    "archive_job",
    "background_workers",
    "begin_archive",
    "bundled_dataset",
    "bundled_picture",
    "challenge_board",
    "challenge_dataset",
    "challenge_outcome",
    "check_songs",
    "check_songs_again",
    "content_digest",
    "cut_segments",
    "digest",
    "download_job",
    "duration_s",
    "evaluation",
    "examine",
    "explain",
    "explain_picture",
    "export_songs",
    "extract_songs",
    "feature_correlations",
    "feature_ranking",
    "figure",
    "find_audio",
    "folds",
    "forget_archive",
    "has_audio",
    "may_hear",
    "open_dataset",
    "own_dataset",
    "own_gathered",
    "pca_projection",
    "playable_audio",
    "predict_song",
    "predict_stems",
    "prepare_next_quiz",
    "quiz_room",
    "quiz_rooms",
    "ready",
    "reveals",
    "run",
    "segment_seconds",
    "separate",
    "songs_file",
    "songs_version",
    "split_notes",
    "split_problem",
    "start_download",
    "start_reveal",
    "start_workers",
    "stem_audio",
    "stored_dataset",
    "submit_to_challenge",
    "sweeps",
    "synthetic_song",
    "track_audio",
    "track_content",
    "track_paths",
    "trainer",
    "tsne",
    "visible_datasets",
    "visible_gathered",
    "visible_runs",
    "waiting_text",
    "workers",
]
