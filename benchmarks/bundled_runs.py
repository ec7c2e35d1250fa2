"""Scores of the bundled runs, as they are stored with the runs.

    python -m benchmarks.bundled_runs [--write docs/results.md]

Nothing is trained or predicted: the scores are those of the test set at the time of training.
"""

from benchmarks.results import argument_parser, publish, table
from genre_core import runs

HEADER = ("Run", "Model", "Feature set", "Split", "Tested tracks", "Accuracy (segments)", "Accuracy (tracks)")


def main() -> str:
    rows = [
        (
            f"`{info.name}`",
            info.config.short_title,
            info.features,
            info.split.kind + (f", {info.split.folds} folds" if info.split.folds else ""),
            str(info.scores.tracks),
            _with_interval(info, "accuracy"),
            _with_interval(info, "track_accuracy"),
        )
        for info in runs.list_runs()
        if runs.is_bundled(info)
    ]
    return f"{table(HEADER, rows)}\n\nIn parentheses: the 95 % confidence interval, by a bootstrap over tracks."


def _with_interval(info: runs.RunInfo, score: str) -> str:
    interval = info.ci95[score]
    return f"{100 * getattr(info.scores, score):.1f} % ({100 * interval.low:.1f} to {100 * interval.high:.1f})"


if __name__ == "__main__":
    publish(argument_parser("bundled_runs", __doc__), main)
