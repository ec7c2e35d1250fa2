"""`genre-lab explain`: explain the prediction for a song."""

import argparse
from typing import Any

from rich.console import Console

from genre_core.cli import output
from genre_core.cli.parser import AUDIO_HELP, DEFAULT_RUN_HELP, CommandResult, Commands, add_command
from genre_core.errors import AudioError, ConfigError
from genre_core.wording import quoted

_MOST_FEATURES = 8  # printed for people, of the groups and of the single features


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(commands, "explain", run, "Explain which features of a song count for or against a genre.")
    parser.add_argument("file", metavar="FILE", help=AUDIO_HELP)
    parser.add_argument("--run", metavar="RUN", help=DEFAULT_RUN_HELP)
    parser.add_argument("--genre", metavar="GENRE", help="the genre to explain (default: the predicted genre)")


def run(options: argparse.Namespace) -> CommandResult:
    """Predict the song and explain the prediction."""
    from genre_core.prediction import explanation, predict_file
    from genre_core.runs import DEFAULT_RUN, load_run

    run = load_run(options.run or DEFAULT_RUN)
    if options.genre not in (None, *run.info.genres):
        raise ConfigError(f"The run has no genre {quoted(options.genre)}; choose from {', '.join(run.info.genres)}.")
    try:
        predicted = predict_file(options.file, run)
    except AudioError as error:
        raise AudioError(f"{options.file}: {error}") from error
    prediction = predicted.prediction
    genre = options.genre or prediction.genre
    probability = prediction.probabilities[genre]
    document: dict[str, Any] = {
        "file": options.file,
        "run": run.info.name,
        "genre": genre,
        "probability": probability,
    }
    lines = [f"{options.file}: {genre}, probability {output.percent(probability)}, run {run.info.name}"]
    if run.feature_set.is_picture:
        place = prediction.most_probable_segment(genre)
        segment = prediction.segments[place]
        start_s, end_s = run.feature_set.time_span(segment.start_s, segment.end_s, prediction.duration_s)
        effects = explanation.explain_picture(run, predicted.values[place], genre).effects
        document |= {"start_s": start_s, "end_s": end_s, "blocks": effects.tolist()}
        lines.append(
            f"Effect of each block of the picture from {start_s:.1f} to {end_s:.1f} s, high frequencies first:"
        )
        lines += [" ".join(f"{effect:+.2f}" for effect in row) for row in effects[::-1]]
    else:
        explained = explanation.explain(run, predicted.values[prediction.is_counted], genre)
        for key, title, contributions in (
            ("groups", "Feature groups", explained.groups),
            ("features", "Single features", explained.features),
        ):
            document[key] = [
                {
                    "name": contribution.name,
                    "columns": list(contribution.columns),
                    "effect": contribution.effect,
                    "deviation": contribution.deviation,
                }
                for contribution in contributions
            ]
            lines.append(f"{title}, the strongest effects first:")
            lines += [f"  {each.effect:+.2f}  {each.title}" for each in contributions[:_MOST_FEATURES]]
        lines += [f"warning: {reason}" for reason in prediction.reliability.reasons]

    def show(console: Console) -> None:
        for line in lines:
            console.print(line)
        console.print(
            f"An effect of +1 doubles the odds of {genre}, compared with the mean of the training set; -1 halves them."
        )

    return CommandResult(document, show)
