"""README.md of an exported run."""

from genre_core import escaping, wording
from genre_core.evaluation import ACCURACIES, SCORE_NAMES, interval_text, score_text
from genre_core.runs.comparison import describe_test_set
from genre_core.runs.exchange.facts import Facts
from genre_core.runs.labels import feature_set_name, run_title
from genre_core.runs.run import Run

_MUSICNN = """\
- The networks of musicnn (`genre_lab/artifacts/bundled/musicnn`): ISC license, in that folder; J. Pons and X. Serra,
  "musicnn: pre-trained convolutional neural networks for music audio tagging", ISMIR 2019 late-breaking demo. They were
  trained on the Million Song Dataset and on MagnaTagATune, which surely hold some artists of GTZAN.
"""
_FILTERS = """\
- The first layer of the network began with filters of MSD_musicnn (J. Pons and X. Serra, ISMIR 2019 late-breaking
  demo): ISC license.
"""
_LAB = """\
- The network of the features `lab` (`genre_lab/artifacts/bundled/lab`): MIT license, trained by Genre Lab on GTZAN.
"""


def readme(run: Run, facts: Facts) -> str:
    """The text: what the run is, how accurate on which split, how to predict with it, and licenses."""
    info = run.info
    accuracies = "\n".join(
        f"- {SCORE_NAMES[name]}: {score_text(name, getattr(info.scores, name))} "
        f"(95 % confidence interval {interval_text(name, info.ci95[name])})"
        for name in ACCURACIES
    )
    packages = " ".join(["numpy", "soundfile", "soxr", *facts.needs.values()])
    return f"""# {escaping.markdown(" ".join(run_title(info).split()))}

A run of Genre Lab: a model that predicts the genre of music, with its configuration, history, scores and predictions.

- Genres: {escaping.markdown(", ".join(info.genres))}
- Model: {escaping.markdown(info.description)}
- Features: {escaping.markdown(feature_set_name(info.features))}

## Accuracy
{accuracies}

Measured on the test set of a {escaping.markdown(describe_test_set(info))}:
{wording.counted(info.scores.segments, "segment")} of {wording.counted(info.scores.tracks, "track")}.
{_leakage(info.counts.shared_tracks)}
`report.html` has all scores and figures, `run/run.json` the configuration and the scores as JSON.

## Predict
    pip install {packages}
    python predict.py {"SONG.wav" if facts.takes_audio else "TABLE.csv"}

{_input(facts)} `--json` prints the probability of each genre.

## Open in Genre Lab
    genre-lab import FILE.zip

or in the browser on the page Compare, "Import a run". Genre Lab uses the files in `run/` alone, and of them not
`model.keras`, which is for further work with Keras.

## Licenses
- Genre Lab (`predict.py`, `genre_lab/`): MIT license, `genre_lab/LICENSE`.
{_licenses(run)}- The model belongs to whoever trained it; the rights of the music that it was trained on may limit
  its use.
"""


def _leakage(shared_tracks: int) -> str:
    if not shared_tracks:
        return ""
    of = f"{wording.counted(shared_tracks, 'track')} {'has' if shared_tracks == 1 else 'have'} segments in both the"
    return f"\n{of} training set and the test set (data leakage), so the accuracy on other music is lower.\n"


def _input(facts: Facts) -> str:
    if not facts.takes_audio:
        table = " predicts from a feature table, as `genre-lab extract` writes it" if facts.columns else ""
        return f"`predict.py`{table or ' can not compute its features'}: audio needs Genre Lab."
    formats = "`predict.py` predicts from an audio file (WAV, FLAC, OGG, MP3 or AIFF"
    return f"{formats}; M4A with ffmpeg) without Genre Lab, with the same result: the mean over segments."


def _licenses(run: Run) -> str:
    features = run.info.features.partition("@")[0]
    texts = [_MUSICNN] if "embedding" in features or features == "musicnn" else []
    texts += [_LAB] if features.endswith("+lab") else []
    texts += [_FILTERS] if getattr(run.info.config, "initialization", "") == "musicnn" else []
    return "".join(texts)
