"""A run as one HTML file that needs nothing else, or its predictions as CSV.

The HTML file holds its figures, and Plotly to draw them, once.  It asks the network for nothing, and forbids itself to
by a content security policy.  Whatever a user may have written (titles, notes, names of data, tracks and genres) is
escaped; the figures see to their own.
"""

import html as markup
import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from genre_core import escaping, storage
from genre_core.datasets.splits import SEEDED_KINDS, SPLIT_DESCRIPTIONS
from genre_core.errors import ConfigError
from genre_core.evaluation import SCORES, Evaluation, Interval, Scores
from genre_core.features import feature_set
from genre_core.figures import evaluate as matrices
from genre_core.figures import train as curves
from genre_core.figures.formatting import duration, score
from genre_core.models.settings import format_value
from genre_core.runs import Run, RunInfo, comparison

_SCORE_NAMES = dict(
    zip(SCORES, ("Accuracy per segment", "Accuracy per track", "Macro F1", "Log loss, nats a segment"), strict=True)
)
_SHARES = ("accuracy", "track_accuracy")
"""Scores that are told in per cent."""
_CONFIG = {"displayModeBar": False, "displaylogo": False, "responsive": True}


def write(run: Run, out: Path) -> None:
    """Write a run's report (.html) or predictions (.csv); what is at `out` is replaced.

    Raises ConfigError for another ending, StorageError if it can't be written.
    """
    kinds = {".html": html, ".csv": csv}
    ending = out.suffix.lower()
    if ending not in kinds:
        raise ConfigError(f"A report is written to a name that ends in .html or .csv, not to {out}.")
    storage.check_writable(out, may_exist=True)
    content = kinds[ending](run)
    with storage.writing_file(out) as partial:
        partial.write_bytes(content.encode())


def csv(run: Run) -> str:
    """The predictions: a line a segment of the test part, with its track, where it starts (in seconds), its genre, the
    predicted one, and a column `p_GENRE` for the probability of each."""
    return escaping.csv(run.evaluation().frame())


def table(infos: Sequence[RunInfo]) -> pd.DataFrame:
    """Runs side by side, a row each: what they are, what they were tested on, each of SCORES with the ends of its
    interval, and what they cost.  Texts are as they were written: `escaping.csv` makes a file of it."""
    rows = []
    for info in infos:
        row: dict[str, Any] = {
            "run": info.name,
            "title": info.title,
            "model": info.config.model,
            "settings": info.description + (", stopped early" if info.stopped else ""),
            "features": info.features,
            "data": info.dataset,
            "split": info.split.description,
            "tested_on": comparison.describe_test_set(info),
        }
        for key in SCORES:
            interval = info.ci95[key]
            row |= {key: getattr(info.scores, key), f"{key}_low": interval.low, f"{key}_high": interval.high}
        row |= {"seconds": info.seconds, "parameters": info.parameters, "created": info.created}
        rows.append(row | {"sweep": info.sweep, "note": info.note})
    return pd.DataFrame(rows)


def html(run: Run) -> str:
    """The report of a run."""
    info, evaluation = run.info, run.evaluation()
    figures = {f"matrix-{show}": matrices.confusion(evaluation, show) for show in ("counts", "row")}
    if history := run.history():
        figures |= {quantity: curves.curve(history, quantity) for quantity in ("accuracy", "loss")}
    title = info.title or info.description
    made = datetime.fromisoformat(info.created)
    sections = [
        f"<header><p>Genre Lab · report of a run</p><h1>{_text(title)}</h1>"
        f"<p>{_text(info.description)} on the features {_text(info.features)}, measured on the "
        f"<strong>{_text(comparison.describe_test_set(info))}</strong>. Made {made:%Y-%m-%d %H:%M} UTC.</p></header>",
        f'<section class="note"><h2>Note</h2><p>{_text(info.note)}</p></section>' if info.note else "",
        _scores(info),
        _confusion(info, evaluation),
        _curves(info) if history else "",
        '<div class="two">',
        _section("Configuration", _pairs(_configuration(info))),
        _section("Data", _pairs(_data(info))),
        _section("Split", _pairs(_split(info))),
        _section("Versions", _pairs([*info.versions.items(), ("recipe of the features", info.feature_version)])),
        "</div>",
        _parts(info),
    ]
    return _PAGE.format(
        title=_text(title),
        style=_STYLE,
        body="\n".join(section for section in sections if section),
        plotly=get_plotlyjs(),
        figures=_json({name: _figure(figure) for name, figure in figures.items()}),
        config=_json(_CONFIG),
        script=_SCRIPT,
    )


def _scores(info: RunInfo) -> str:
    rows = [[name, _told(key, info.scores), _interval(key, info.ci95[key])] for key, name in _SCORE_NAMES.items()]
    counts = info.counts
    said = (
        f"Of {counts.test_segments} segments of {counts.test_tracks} tracks, {info.split.test_set}. The intervals "
        "hold 95 % of what chance makes of other tracks of the same kind."
    )
    if info.split.selection:
        said += " The test part itself was not touched."
    warning = ""
    if counts.shared_tracks:
        warning = (
            f'<p class="warning">{counts.shared_tracks} tracks have segments on both sides of this split, so these '
            "scores measure memory of recordings as much as hearing of genre.</p>"
        )
    untested = ""
    if info.untested_genres:
        untested = f"<p>{_text(', '.join(info.untested_genres))} could not be tested and count in no score.</p>"
    scores = _table(("score", "value", "95 % interval"), rows, numbers=1)
    return _section("Scores", f"{warning}{scores}<p>{_text(said)}</p>{untested}")


def _confusion(info: RunInfo, evaluation: Evaluation) -> str:
    per_genre = [
        [
            row.genre,
            *(f"{x:.2f}" if row.segments else "none" for x in (row.precision, row.recall, row.f1)),
            row.segments,
        ]
        for row in evaluation.per_genre().itertuples()
    ]
    counts = [[genre, *row] for genre, row in zip(evaluation.genres, evaluation.confusion.tolist(), strict=True)]
    return _section(
        "Confusion matrix",
        f"<p>Of {_text(info.split.test_set)}. Each row is a true genre, each column what the run "
        "heard: blue cells are right, orange ones mistaken.</p>"
        '<div class="two"><div><h3>Segments</h3><div class="figure" data-figure="matrix-counts"></div></div>'
        '<div><h3>Per cent of the true genre</h3><div class="figure" data-figure="matrix-row"></div></div></div>'
        "<details><summary>The counts as a table</summary>"
        + _table(("true genre", *evaluation.genres), counts, numbers=1)
        + "</details><h3>Genre by genre</h3>"
        + _table(("genre", "precision", "recall", "F1", "segments"), per_genre, numbers=1),
    )


def _curves(info: RunInfo) -> str:
    folds = " Each curve is the mean of the folds." if info.split.folds else ""
    return _section(
        "Curves",
        f"<p>What was tested is {_text(info.split.test_set)}.{folds}</p>"
        '<div class="two"><div class="figure" data-figure="accuracy"></div>'
        '<div class="figure" data-figure="loss"></div></div>',
    )


def _configuration(info: RunInfo) -> list[tuple[str, Any]]:
    config = info.config
    settings = [(setting.label, format_value(config.values[name])) for name, setting in config.settings().items()]
    epochs: list[tuple[str, Any]] = []
    if config.is_network:
        epochs = [("Epochs trained", f"{info.epochs}{', stopped early' if info.stopped else ''}")]
    return [
        ("Model", f"{config.title} ({config.model})"),
        *settings,
        ("Seed", config.seed),
        *epochs,
        ("Parameters", f"{info.parameters:,}"),
        ("Time", duration(info.seconds)),
        *([("Sweep", info.sweep)] if info.sweep else []),
        ("Run", info.name),
    ]


def _data(info: RunInfo) -> list[tuple[str, Any]]:
    seconds = info.segment_samples / feature_set(info.features).rate
    return [
        ("Data set", info.dataset),
        ("Features", info.features),
        ("Segments", f"of {seconds:.1f} s"),
        ("Genres", ", ".join(info.genres)),
    ]


def _split(info: RunInfo) -> list[tuple[str, Any]]:
    split, counts = info.split, info.counts
    said: list[tuple[str, Any]] = [("Split", split.description), ("What it means", SPLIT_DESCRIPTIONS[split.kind])]
    if split.folds:
        said.append(("Folds", split.folds))
    elif split.kind in SEEDED_KINDS:
        said.append(("Test share", f"{100 * split.test_size:g} %"))
    if split.kind in SEEDED_KINDS:
        said.append(("Seed", split.seed))
    said += [
        *_sides(info),
        ("Tracks on both sides", counts.shared_tracks or "none"),
        *((f"Left out: {reason}", f"{tracks} tracks") for reason, tracks in info.excluded.items()),
    ]
    if info.untested_genres:
        said.append(("Not tested", ", ".join(info.untested_genres)))
    return said


def _sides(info: RunInfo) -> list[tuple[str, Any]]:
    counts, folds = info.counts, info.split.folds
    if folds:
        share = f"{round(counts.test_segments * (1 - 1 / folds))} and tested on {round(counts.test_segments / folds)}"
        return [
            ("Each fold", f"learned from about {share} segments"),
            ("The model that is kept", f"learned from all {counts.train_segments} segments, after the folds"),
        ]
    return [
        ("Learned from", f"{counts.train_segments} segments of {counts.train_tracks} tracks"),
        ("Tested on", f"{counts.test_segments} segments of {counts.test_tracks} tracks"),
    ]


def _parts(info: RunInfo) -> str:
    """Scores of the folds, and of the validation part, where there are such."""
    parts = [(f"fold {number}", scores) for number, scores in enumerate(info.folds, 1)]
    if info.validation_scores:
        parts.append(("validation part, before the last fit", info.validation_scores))
    if not parts:
        return ""
    rows = [[name, scores.segments, scores.tracks, *(_told(key, scores) for key in SCORES)] for name, scores in parts]
    head = ("part", "segments", "tracks", *_SCORE_NAMES.values())
    return _section(f"TrainingData of the {info.split.description}", _table(head, rows, numbers=1))


# --- pieces of HTML -------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    return markup.escape(str(value))


def _section(title: str, content: str) -> str:
    return f"<section><h2>{_text(title)}</h2>{content}</section>"


def _pairs(rows: Iterable[tuple[str, Any]]) -> str:
    said = "".join(f'<tr><th scope="row">{_text(name)}</th><td>{_text(value)}</td></tr>' for name, value in rows)
    return f'<table class="pairs">{said}</table>'


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]], *, numbers: int) -> str:
    """A table whose columns from the place `numbers` on are numbers."""

    def line(cells: Sequence[Any], tag: str) -> str:
        kinds = [' class="number"' if place >= numbers else "" for place in range(len(cells))]
        return "".join(f"<{tag}{kind}>{_text(cell)}</{tag}>" for kind, cell in zip(kinds, cells, strict=True))

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{line(head, "th")}</tr></thead><tbody>{body}</tbody></table></div>'


def _told(key: str, scores: Scores) -> str:
    return _number(key, getattr(scores, key))


def _interval(key: str, interval: Interval) -> str:
    return f"{_number(key, interval.low)} to {_number(key, interval.high)}"


def _number(key: str, value: float) -> str:
    return score(value) if key in _SHARES else f"{value:.3f}"


def _figure(figure: go.Figure) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(figure.to_json())
    said["layout"].pop("template", None)  # colors of text and grid are the page's
    return said


def _json(value: Any) -> str:
    """JSON that can stand inside a script element, whatever its texts hold."""
    said = json.dumps(value)
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", said)


_STYLE = """
:root { color-scheme: light dark; --page: #fff; --text: #1c2333; --soft: #5b6478; --line: #dfe3ec; --alert: #fff1e8; }
@media (prefers-color-scheme: dark) {
  :root { --page: #11141c; --text: #e9ecf4; --soft: #a3abbd; --line: #323a4d; --alert: #3a2417; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
header > p:first-child { color: var(--soft); margin: 0; }
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere; }
h1 { margin: 0 0 .5rem; } h2 { margin: 2rem 0 .5rem; } h3 { margin: 1rem 0 .25rem; font-size: 1rem; }
p, td, th { overflow-wrap: anywhere; }
.note p { white-space: pre-wrap; }
.warning { background: var(--alert); padding: .6rem .9rem; border-radius: .5rem; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); }
.pairs th { font-weight: normal; color: var(--soft); min-width: 8rem; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
thead th { font-weight: 600; }
.wide { overflow-x: auto; }
.wide td, .wide th { overflow-wrap: normal; }
.two { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.two > * { min-width: 0; }
summary { cursor: pointer; }
@media print {
  :root { color-scheme: light; --page: #fff; --text: #000; --soft: #444; --line: #ccc; --alert: #fff1e8; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  h2, h3 { break-after: avoid; } tr, .figure { break-inside: avoid; }
  .two { grid-template-columns: 1fr; }
}
"""

_SCRIPT = """
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const places = [...document.querySelectorAll("[data-figure]")];
function colors(isDark) {
  const text = isDark ? "#e9ecf4" : "#1c2333", line = isDark ? "#323a4d" : "#dfe3ec";
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line };
  return { text, axis };
}
function draw(isDark) {
  const { text, axis } = colors(isDark);
  return Promise.all(places.map((place) => {
    const { data, layout } = figures[place.dataset.figure];
    place.style.height = `${layout.height}px`; // or it would fall to nothing when it is fitted to a new width
    return Plotly.react(place, data, {
      ...layout, font: { ...layout.font, color: text }, xaxis: { ...axis, ...layout.xaxis },
      yaxis: { ...axis, ...layout.yaxis },
    }, config);
  }));
}
draw(dark.matches);
dark.addEventListener("change", () => draw(dark.matches));
function redraw(isDark) {
  draw(isDark);
  places.forEach((place) => Plotly.Plots.resize(place));
}
window.addEventListener("beforeprint", () => redraw(false));
window.addEventListener("afterprint", () => redraw(dark.matches));
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' \
'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:">
<title>{title} · Genre Lab</title>
<style>{style}</style>
</head>
<body>
{body}
<noscript><p>The figures need JavaScript; the tables do not.</p></noscript>
<script>{plotly}</script>
<script>
const figures = {figures};
const config = {config};
{script}
</script>
</body>
</html>
"""
