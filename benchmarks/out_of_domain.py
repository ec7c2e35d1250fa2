"""Out-of-domain music: how often it is found, and how often a track of the ten genres is called out-of-domain.

    python -m benchmarks.out_of_domain FOLDER [--write docs/results.md]

FOLDER has the songs of benchmarks/outside/songs.csv (`python -m benchmarks.outside_songs FOLDER`), which were labeled
before any model predicted them.  A song is out-of-domain if its in-domain score by the default run is below 0.5.  The
tracks are those that the default run was tested on, each predicted by a model that was trained without its artist and
compared with the reference tracks of other artists.  Noise, tones and speech are those of benchmarks/reliability.py.
The AUROC compares each kind of songs with the tracks.  Its intervals are bootstrapped over artists and authors.
"""

from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from sklearn.metrics import roc_auc_score

from benchmarks.artists import artist_of, drawn, same_artist
from benchmarks.outside_songs import OutsideSong, songs_in
from benchmarks.reliability import no_music
from benchmarks.results import argument_parser, publish, table
from genre_core import audio
from genre_core.audio import Clip
from genre_core.prediction import domain, predict_song, reference
from genre_core.prediction.result import IN_DOMAIN_LIMIT
from genre_core.prediction.song import mean_tags
from genre_core.runs import DEFAULT_RUN, load_run

MOST_S = 90.0
"""Of longer songs, so much from the middle is predicted."""
SAMPLES = 1000


def main(folder: Path) -> str:
    tracks, artists = evidence_of_tracks()
    score = domain.bundled()[DEFAULT_RUN].score
    known = score(tracks)
    rows = [_row("Tracks of the ten genres, artists unseen in training", known, artists)]
    songs, evidence = evidence_of_songs(folder)
    kinds = {
        "Outside songs, for tuning": ("tune", "outside"),
        "Outside songs, other sources": ("test", "outside"),
        "Songs of the ten genres, other sources": ("test", "inside"),
    }
    for title, kind in kinds.items():
        of_kind = np.array([(song.use, song.label) == kind for song in songs])
        authors = np.array([song.author for song in songs])[of_kind]
        rows.append(_row(title, score(evidence[of_kind]), authors, known, artists))
    sounds = list(no_music())
    scores = score(np.array([evidence_of_clip(clip) for _, _, clip in sounds]))
    rows.append(_row("Noise, tones and speech", scores, np.array([name for _, name, _ in sounds]), known, artists))
    return table(("Audio", "Number", "Out-of-domain", "AUROC"), rows)


def _row(
    title: str,
    scores: np.ndarray,
    groups: np.ndarray,
    known: np.ndarray | None = None,
    artists: np.ndarray | None = None,
) -> tuple[str, ...]:
    rng = np.random.default_rng(0)

    def interval(values: list[float]) -> str:
        low, high = np.quantile(values, (0.025, 0.975))
        return f"({low:.2f} to {high:.2f})"

    def found(values: np.ndarray) -> float:
        return float((values < IN_DOMAIN_LIMIT).mean())

    share = f"{100 * found(scores):.0f} %"
    low, high = np.quantile([found(np.repeat(scores, drawn(groups, rng))) for _ in range(SAMPLES)], (0.025, 0.975))
    share += f" ({100 * low:.0f} to {100 * high:.0f})"
    if known is None or artists is None:
        return title, str(len(scores)), share, ""

    def area(inside: np.ndarray, outside: np.ndarray) -> float:
        return float(roc_auc_score(np.repeat([1, 0], [len(inside), len(outside)]), np.concatenate([inside, outside])))

    areas = [area(np.repeat(known, drawn(artists, rng)), np.repeat(scores, drawn(groups, rng))) for _ in range(SAMPLES)]
    return title, str(len(scores)), share, f"{area(known, scores):.2f} {interval(areas)}"


def evidence_of_tracks() -> tuple[np.ndarray, np.ndarray]:
    """The evidence of each tested track of the default run, shape (n, 3), and its artist, shape (n,)."""
    run, known = load_run(DEFAULT_RUN), reference.bundled()
    evaluation = run.evaluation()
    rows = []
    tracks = np.unique(evaluation.track).tolist()
    for track in tracks:
        of_track = evaluation.track == track
        values = known.values[known.track == track]
        probabilities = run.calibrated(evaluation.probabilities[of_track].mean(axis=0), int(of_track.sum()))
        distance = known.without(same_artist(track)).distance(values, len(values))
        rows.append(domain.evidence(probabilities, distance, mean_tags(values)))
    return np.array(rows), np.array([artist_of(track) for track in tracks])


def evidence_of_songs(folder: Path) -> tuple[list[OutsideSong], np.ndarray]:
    """The songs that are labeled inside or outside, and their evidence, shape (n, 3)."""
    labeled = [(song, path) for song, path in songs_in(folder) if song.label != "unclear"]
    rows = Parallel(n_jobs=-1)(delayed(_evidence_of_file)(path) for _, path in labeled)
    return [song for song, _ in labeled], np.array(rows)


def _evidence_of_file(path: Path) -> np.ndarray:
    clip = audio.load_audio(path)
    middle_s = clip.duration_s / 2
    return evidence_of_clip(clip.between(max(middle_s - MOST_S / 2, 0), min(middle_s + MOST_S / 2, clip.duration_s)))


def evidence_of_clip(clip: Clip) -> np.ndarray:
    """The evidence of a clip by the default run, shape (3,)."""
    return predict_song(clip, load_run(DEFAULT_RUN), hop_s=3.0).evidence


if __name__ == "__main__":
    parser = argument_parser("out_of_domain", __doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    publish(parser, main)
