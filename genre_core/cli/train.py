"""`genre-lab train`: train a model, or list the settings of one."""

import argparse
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from genre_core import old_names, storage
from genre_core.cli import output
from genre_core.cli.documents import evaluation_document, intervals_document, run_document
from genre_core.cli.parser import SOURCE_HELP, CommandResult, Commands, add_command
from genre_core.errors import ConfigError
from genre_core.wording import quoted

_SETTING_FLAGS = ("layers", "activation", "dropout", "epochs", "batch_size", "learning_rate")
"""Settings with a flag of their own, for the models that have them."""


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(commands, "train", run, "Train a model; the defaults are those of the paper.")
    parser.add_argument("--data", default="bundled", metavar="SOURCE", help=f"{SOURCE_HELP} (default: %(default)s)")
    parser.add_argument(
        "--features",
        metavar="SET",
        help="feature set: paper, embedding, paper+embedding, leveled-embedding, leveled-embedding+vgg, musicnn, mel, "
        "scalogram, mel+scalogram or wide-mel, also of one stem, such as paper@vocals (default: that of a table; else "
        "mel for cnn, and paper for the other models)",
    )
    parser.add_argument(
        "--model",
        default="mlp",
        metavar="MODEL",
        help="mlp, cnn, svm, knn, forest, boosting, tree, logistic, lda or bayes (default: %(default)s)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="settings",
        help="a setting of the model; may be repeated",
    )
    parser.add_argument("--help-settings", action="store_true", help="list the settings of the model and exit")
    parser.add_argument(
        "--split",
        default="random",
        metavar="SPLIT",
        help="random (by segment, as in the paper), track, artist, fault-filtered (the published lists of GTZAN) or "
        "column (the column `split` of a table) (default: %(default)s)",
    )
    parser.add_argument(
        "--test-size", type=float, default=0.33, metavar="SHARE", help="share of the test set (default: %(default)s)"
    )
    parser.add_argument(
        "--augment",
        type=_names,
        default=(),
        metavar="NAMES",
        help="augment the training set: train on copies of its tracks too, with each of these augmentations, such as "
        "room,8-khz (bundled: room, 8-khz, telephone, mp3; from a folder also 16-khz, 12-khz, clipping, hum, noise, "
        "speed)",
    )
    parser.add_argument("--folds", type=int, metavar="K", help="evaluate by cross-validation with K folds")
    for name in _SETTING_FLAGS:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="VALUE", help=f"the same as --set {name}=VALUE")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="seed of the split and the training (default: %(default)s)"
    )
    parser.add_argument(
        "--out", type=storage.user_path, metavar="FOLDER", help="folder of the run (default: a new one)"
    )


def run(options: argparse.Namespace) -> CommandResult:
    """Train the model and save the run."""
    if options.help_settings:
        return _list_settings(options.model)

    from genre_core import runs
    from genre_core.datasets.splits import SplitConfig
    from genre_core.models.config import make_config
    from genre_core.training.single import POLL_S, choose_features, claimed, started_training

    config = make_config(options.model, _chosen_settings(options), seed=options.seed)
    split = SplitConfig(options.split, options.test_size, options.seed, options.folds)
    features = choose_features(config, options.data, options.features)
    if options.out is None:
        storage.check_writable(storage.runs_dir() / runs.new_run_name(config.model, split.kind))
    with claimed(options.out):
        dataset = output.load_dataset(options.data, features=features, augmentations=options.augment)
        with started_training(dataset, config, split, augmentations=options.augment, out=options.out) as job:
            with output.live_progress() as progress, output.stop_on_interrupt(job.stop):
                task = progress.add_task("starting", total=1.0)
                while not job.wait(POLL_S):
                    description = f"{config.model}{f', {job.stage}' if job.stage else ''}"
                    if job.epochs and (accuracy := job.epochs[-1].test_accuracy) is not None:
                        description += f": test accuracy {output.percent(accuracy)}"
                    progress.update(task, completed=job.progress, description=description)
            run = job.result()
    info = run.info
    evaluation = run.evaluation()
    document = {
        **run_document(info),
        "run": info.name if options.out is None else str(options.out),
        **evaluation_document(evaluation, info.genres),
        "folds": [asdict(fold) for fold in info.folds],
        "validation": asdict(info.validation_scores) if info.validation_scores else None,
        "augmented": {
            name: {**asdict(test.scores), "ci95": intervals_document(test.ci95)}
            for name, test in info.augmented.items()
        },
    }

    def show(console: Console) -> None:
        epochs = f", {info.epochs} epochs" if info.config.is_network else ""
        console.print(f"Run {document['run']}: {info.parameters} parameters{epochs}, trained in {info.seconds:.1f} s.")
        counts = info.counts
        console.print(
            f"Split: {info.split.description}. Training set: {counts.train_segments} segments; test set: "
            f"{counts.test_segments} segments. {counts.shared_tracks} of the {counts.test_tracks} test tracks also "
            "have segments in the training set."
        )
        for note in job.split.notes:
            console.print(note)
        output.print_scores(console, evaluation)
        output.print_augmented_scores(console, info)

    return CommandResult(document, show)


def _names(text: str) -> tuple[str, ...]:
    """Names that commas separate."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _chosen_settings(options: argparse.Namespace) -> dict[str, str]:
    """The settings that --set and the flags of their own give, as texts."""
    chosen = {name: text for name in _SETTING_FLAGS if (text := getattr(options, name)) is not None}
    for text in options.settings:
        name, equals, value = text.partition("=")
        if not equals:
            raise ConfigError(f"--set takes NAME=VALUE, such as c=0.1; not {quoted(text)}.")
        if name.strip() in old_names.SETTINGS:
            raise ConfigError(f"The setting {name.strip()} is called {old_names.SETTINGS[name.strip()]} now.")
        chosen[name.strip()] = value.strip()
    return chosen


def _list_settings(model: str) -> CommandResult:
    """List the settings of a kind of model."""
    from genre_core.models.config import model_type
    from genre_core.models.settings import format_value

    kind = model_type(model)
    document = [
        {"name": name, "default": getattr(kind, name), "allowed": setting.allowed, "help": setting.help}
        for name, setting in kind.settings().items()
    ]

    def show(console: Console) -> None:
        table = Table("setting", "default", "allowed", "meaning", box=None)
        for item in document:
            default = item["default"]
            shown = ",".join(map(str, default)) if isinstance(default, tuple) else format_value(default)
            table.add_row(item["name"], shown, item["allowed"], item["help"])
        console.print(f"{kind.title}. {kind.comment}")
        console.print(table)

    return CommandResult(document, show)
