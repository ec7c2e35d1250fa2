"""A run as one HTML file.

The file holds everything that it shows, including the Plotly library, and loads nothing from the network; a content
security policy forbids it to. Texts that a user may have written (titles, notes, names of datasets, tracks and genres)
are escaped.
"""

import json
from datetime import datetime
from typing import Any, Literal

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from genre_core.datasets.splits import SEEDED_KINDS, SPLIT_DESCRIPTIONS
from genre_core.evaluation import ACCURACIES, SCORE_NAMES, SCORES, Evaluation, Scores, interval_text, score_text
from genre_core.features import feature_set
from genre_core.figures.augmentation import augmentation_title
from genre_core.figures.confusion import CellValue, confusion_matrix
from genre_core.figures.train import Quantity, learning_curve
from genre_core.models.settings import format_value
from genre_core.report.markup import facts, script_json, section, table, text
from genre_core.report.template import PAGE, SCRIPT, STYLE
from genre_core.runs import Run, RunInfo, comparison, dataset_name, run_title
from genre_core.runs.folds import describe_final_model, describe_fold, describe_spread, folds_of
from genre_core.wording import duration

_PLOTLY_CONFIG = {"displayModeBar": False, "displaylogo": False, "responsive": True}
_MATRICES: tuple[CellValue, ...] = ("counts", "row")
_QUANTITIES: tuple[Quantity, ...] = ("accuracy", "loss")


def html_report(run: Run) -> str:
    """The report of a run as an HTML page.

    Raises
    ------
    RunError
        If its predictions can't be read.
    """
    info, evaluation = run.info, run.evaluation()
    figures = {f"matrix-{show}": confusion_matrix(evaluation, show) for show in _MATRICES}
    tested: Literal["Test set", "Validation set"] = "Validation set" if info.split.selection else "Test set"
    if history := run.history():
        figures |= {quantity: learning_curve(history, quantity, evaluated_on=tested) for quantity in _QUANTITIES}
    versions = [*info.versions.items(), ("Feature set", f"version {info.feature_version}")]
    sections = [
        _header(info),
        f'<section class="note"><h2>Note</h2><p>{text(info.note)}</p></section>' if info.note else "",
        _scores(info),
        _confusion(info, evaluation),
        _curves(info) if history else "",
        '<div class="two">',
        section("Configuration", facts(_configuration(info))),
        section("Dataset", facts(_dataset(info))),
        section("Split", facts(_split(info))),
        section("Versions", facts(versions)),
        "</div>",
        _augmented(info),
        _folds(info, evaluation),
        _validation(info),
    ]
    return PAGE.format(
        title=text(run_title(info)),
        style=STYLE,
        body="\n".join(content for content in sections if content),
        plotly=get_plotlyjs(),
        figures=script_json({name: _figure_json(figure) for name, figure in figures.items()}),
        config=script_json(_PLOTLY_CONFIG),
        script=SCRIPT,
    )


def _header(info: RunInfo) -> str:
    trained = datetime.fromisoformat(info.created)
    return (
        f"<header><p>Genre Lab · Run report</p><h1>{text(run_title(info))}</h1>"
        f"<p>{text(info.description)}, feature set {text(info.features)}. Evaluated on the "
        f"<strong>{text(comparison.describe_test_set(info))}</strong>. Trained {trained:%Y-%m-%d %H:%M} UTC.</p>"
        "</header>"
    )


def _scores(info: RunInfo) -> str:
    counts = info.counts
    rows = [
        [name, score_text(key, getattr(info.scores, key)), interval_text(key, info.ci95[key])]
        for key, name in SCORE_NAMES.items()
    ]
    content = table(("Score", "Value", "95 % CI"), rows)
    if counts.shared_tracks:
        warning = (
            f"Data leakage: {counts.shared_tracks} tracks have segments in both the training and the test set, so "
            "these scores are too optimistic for new tracks."
        )
        content = f'<p class="warning">{warning}</p>{content}'
    note = (
        f"Measured on {info.split.test_set}: {counts.test_segments} segments of {counts.test_tracks} tracks. 95 % "
        "CI is the confidence interval, by a bootstrap over tracks. The log loss is in nats per segment."
    )
    if info.split.selection:
        note += " The test set was not used."
    content += f"<p>{text(note)}</p>"
    if info.untested_genres:
        content += f"<p>Without test segments, and in no score: {text(', '.join(info.untested_genres))}.</p>"
    return section("Scores", content)


def _confusion(info: RunInfo, evaluation: Evaluation) -> str:
    per_genre = [
        [
            row.genre,
            *(f"{x:.2f}" if row.segments else "not tested" for x in (row.precision, row.recall, row.f1)),
            row.segments,
        ]
        for row in evaluation.per_genre().itertuples()
    ]
    counts = [[genre, *row] for genre, row in zip(evaluation.genres, evaluation.confusion.tolist(), strict=True)]
    return section(
        "Confusion matrix",
        f"<p>Segments of {text(info.split.test_set)}. Rows are true genres and columns predicted genres: blue cells "
        "are correct predictions, orange cells are errors.</p>"
        '<div class="two"><div><h3>Number of segments</h3><div class="figure" data-figure="matrix-counts"></div></div>'
        '<div><h3>Percent of the true genre</h3><div class="figure" data-figure="matrix-row"></div></div></div>'
        "<details><summary>The counts as a table</summary>"
        + table(("True genre", *evaluation.genres), counts)
        + "</details><h3>Scores per genre</h3>"
        + table(("Genre", "Precision", "Recall", "F1", "Segments"), per_genre),
    )


def _curves(info: RunInfo) -> str:
    folds = " Each curve is the mean of the folds." if info.split.folds else ""
    return section(
        "Learning curves",
        f"<p>The test curve is measured on {text(info.split.test_set)}.{folds}</p>"
        '<div class="two"><div class="figure" data-figure="accuracy"></div>'
        '<div class="figure" data-figure="loss"></div></div>',
    )


def _configuration(info: RunInfo) -> list[tuple[str, Any]]:
    config = info.config
    settings = [(setting.label, format_value(config.values[name])) for name, setting in config.settings().items()]
    epochs = [("Epochs trained", f"{info.epochs}{', stopped early' if info.stopped else ''}")]
    return [
        ("Model", config.title),
        *settings,
        ("Seed", config.seed),
        ("Augmentations of the training set", ", ".join(map(augmentation_title, info.augmentations)) or "none"),
        *(epochs if config.is_network else []),
        ("Parameters", f"{info.parameters:,}"),
        ("Training time", duration(info.seconds)),
        *([("Sweep", info.sweep)] if info.sweep else []),
        ("Run", info.name),
    ]


def _dataset(info: RunInfo) -> list[tuple[str, Any]]:
    seconds = info.segment_samples / feature_set(info.features).rate
    return [
        ("Dataset", dataset_name(info)),
        ("Feature set", info.features),
        ("Segment length", f"{seconds:.1f} s"),
        ("Genres", ", ".join(info.genres)),
    ]


def _split(info: RunInfo) -> list[tuple[str, Any]]:
    split, counts = info.split, info.counts
    rows: list[tuple[str, Any]] = [("Split", split.description), ("Meaning", SPLIT_DESCRIPTIONS[split.kind])]
    if split.folds:
        rows.append(("Folds", split.folds))
    elif split.kind in SEEDED_KINDS:
        rows.append(("Test size", f"{100 * split.test_size:g} %"))
    if split.kind in SEEDED_KINDS:
        rows.append(("Seed", split.seed))
    rows += [
        *_sizes(info),
        ("Tracks in both sets", counts.shared_tracks or "none"),
        *((f"Excluded: {reason}", f"{tracks} tracks") for reason, tracks in info.excluded.items()),
    ]
    if info.untested_genres:
        rows.append(("Genres not tested", ", ".join(info.untested_genres)))
    return rows


def _sizes(info: RunInfo) -> list[tuple[str, Any]]:
    counts, folds = info.counts, info.split.folds
    if folds:
        train, tested = round(counts.train_segments * (folds - 1) / folds), [fold.segments for fold in info.folds]
        return [
            ("Each fold", f"about {train} training segments; {min(tested)} to {max(tested)} test segments"),
            ("Stored model", f"trained on all {counts.train_segments} segments"),
        ]
    return [
        ("Training set", f"{counts.train_segments} segments of {counts.train_tracks} tracks"),
        ("Test set", f"{counts.test_segments} segments of {counts.test_tracks} tracks"),
    ]


def _augmented(info: RunInfo) -> str:
    if not info.augmented:
        return ""
    tests = {"Clean": info} | {augmentation_title(name): test for name, test in info.augmented.items()}
    rows = [
        [
            name,
            *(f"{score_text(key, getattr(test.scores, key))} ({interval_text(key, test.ci95[key])})" for key in SCORES),
        ]
        for name, test in tests.items()
    ]
    note = f"<p>Measured on {text(info.split.test_set)}, as it is (clean) and with augmentations; 95 % CI.</p>"
    return section("Scores on the augmented test set", note + table(("", *SCORE_NAMES.values()), rows))


def _folds(info: RunInfo, evaluation: Evaluation) -> str:
    if not info.folds:
        return ""
    tested = folds_of(info, evaluation)
    names = [f"Fold {i}" for i in range(1, len(info.folds) + 1)]
    paragraphs = [*(describe_spread(info.folds, name) for name in ACCURACIES), describe_final_model(info)]
    content = _scores_table(list(zip(names, info.folds, strict=True))) + "".join(
        f"<p>{text(p)}</p>" for p in paragraphs
    )
    if tested:
        tracks = [[genre, *(fold.genre_tracks[genre] for fold in tested)] for genre in info.genres]
        content += f"<h3>Test tracks of each genre in each fold</h3>{table(('Genre', *names), tracks)}"
        content += facts((f"Fold {fold.number}", " ".join(describe_fold(fold)[1:])) for fold in tested)
    return section("Scores of the folds", content)


def _validation(info: RunInfo) -> str:
    if not info.validation_scores:
        return ""
    stopping = " The validation set decided when to stop." if info.config.is_network else ""
    note = f"<p>Of the model trained on the training set alone.{stopping}</p>"
    return section("Scores on the validation set", note + _scores_table([("Validation set", info.validation_scores)]))


def _scores_table(named_scores: list[tuple[str, Scores]]) -> str:
    rows = [
        [name, scores.segments, scores.tracks, *(score_text(key, getattr(scores, key)) for key in SCORES)]
        for name, scores in named_scores
    ]
    return table(("", "Segments", "Tracks", *SCORE_NAMES.values()), rows)


def _figure_json(figure: go.Figure) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(figure.to_json())
    document["layout"].pop("template", None)  # the page sets the colors of text and grid
    return document
