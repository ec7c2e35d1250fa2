"""What several commands print for people: scores, runs, and progress bars."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn

    from genre_core import progress
    from genre_core.datasets import Dataset
    from genre_core.evaluation import Evaluation
    from genre_core.runs import RunInfo


def percent(share: float) -> str:
    """A share from 0 to 1 with one decimal, such as 96.4 %."""
    from genre_core import wording

    return _plain(wording.score(share))


def print_scores(console: Console, evaluation: Evaluation) -> None:
    """Print the scores with their intervals, and precision, recall and F1 of each genre."""
    from genre_core.evaluation import SCORE_NAMES, further, interval_text, score_text

    table = Table("score", "value", "95 % CI", box=None)
    for name, title in SCORE_NAMES.items():
        score, interval = score_text(name, getattr(evaluation, name)), interval_text(name, evaluation.ci95[name])
        table.add_row(title, _plain(score), _plain(interval))
    more = further.further_scores(evaluation)
    for name, title in further.FURTHER_SCORE_NAMES.items():
        value = getattr(more, name)
        if value is not None:
            bounds = more.ci95.get(name)
            interval = further.further_interval_text(name, bounds) if bounds else ""
            table.add_row(title, _plain(further.further_score_text(name, value)), _plain(interval))
    console.print(table)
    table = Table("genre", "precision", "recall", "F1", "segments", box=None)
    for row in evaluation.per_genre().itertuples():
        scores = [f"{score:.2f}" if row.segments else "-" for score in (row.precision, row.recall, row.f1)]
        table.add_row(row.genre, *scores, str(row.segments))
    console.print(table)


def print_augmented_scores(console: Console, info: RunInfo) -> None:
    """Print the accuracies on the augmented test set, if there are any."""
    from genre_core.evaluation import ACCURACIES, SCORE_NAMES, interval_text, score_text

    if info.augmented:
        table = Table("augmented test set", *(SCORE_NAMES[name] for name in ACCURACIES), box=None)
        for augmentation, test in info.augmented.items():
            scores = [
                _plain(f"{score_text(name, getattr(test.scores, name))} ({interval_text(name, test.ci95[name])})")
                for name in ACCURACIES
            ]
            table.add_row(augmentation, *scores)
        console.print(table)


def print_runs(console: Console, infos: Sequence[RunInfo]) -> None:
    """Print a table of runs with their accuracies."""
    from genre_core.evaluation import ACCURACIES, SCORE_NAMES, interval_text, score_text
    from genre_core.runs import DEFAULT_RUN, dataset_name, run_title

    titles = [SCORE_NAMES[name] for name in ACCURACIES]
    table = Table("run", "title", "dataset", "split", *titles, box=None)
    table.columns[0].no_wrap = True  # a name that is cut off can't be given to --run
    for info in infos:
        run = f"{info.name} (default)" if info.name == DEFAULT_RUN else info.name
        scores = [
            _plain(f"{score_text(name, getattr(info.scores, name))} ({interval_text(name, info.ci95[name])})")
            for name in ACCURACIES
        ]
        table.add_row(run, run_title(info), dataset_name(info), info.split.description, *scores)
    console.print(table)
    console.print("In parentheses: 95 % confidence intervals, by a bootstrap over tracks.")


def _plain(text: str) -> str:
    """The text with ordinary spaces: users search for "96.4 %", and not every encoding has a no-break space."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def load_dataset(
    source: str, *, features: str | None = None, augmentations: Sequence[str] = (), jobs: int = -1
) -> Dataset:
    """Load the dataset that SOURCE names, with a progress bar while features are extracted from a folder."""
    from genre_core import datasets

    with progress_bar("extracting features", "files") as update:
        return datasets.load_dataset(source, features=features, augmentations=augmentations, jobs=jobs, progress=update)


@contextlib.contextmanager
def progress_bar(description: str, unit: str) -> Iterator[progress.Progress]:
    """Yield a function that shows how many of a total are done, in a bar that is there from its first call on."""
    from rich.progress import MofNCompleteColumn, TextColumn

    with live_progress(MofNCompleteColumn(), TextColumn(unit)) as progress:

        def update(done: int, total: int) -> None:
            if not progress.task_ids:
                progress.add_task(description, total=total)
            progress.update(progress.task_ids[0], completed=done, total=total)

        yield update


@contextlib.contextmanager
def live_progress(*columns: ProgressColumn) -> Iterator[Progress]:
    """Yield a progress display on standard error that disappears at the end; nothing is shown outside a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    shown = (TextColumn("{task.description}"), BarColumn(), *columns, TimeRemainingColumn())
    with Progress(*shown, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


@contextlib.contextmanager
def stop_on_interrupt(stop: Callable[[], None]) -> Iterator[None]:
    """Let the first Ctrl-C call `stop`; a second one raises KeyboardInterrupt."""

    def on_interrupt(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        stop()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
