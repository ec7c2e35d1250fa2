"""`genre-lab separate`: write the stems of a song."""

import argparse
from pathlib import Path

from rich.console import Console

from genre_core import storage
from genre_core.cli.parser import AUDIO_HELP, CommandResult, Commands, add_command
from genre_core.errors import AudioError


def add_parser(commands: Commands) -> None:
    """Declare the command and its flags."""
    parser = add_command(
        commands,
        "separate",
        run,
        "Write the stems of a song as WAV files: vocals, accompaniment, harmonic and percussive.",
    )
    parser.add_argument("file", metavar="FILE", help=AUDIO_HELP)
    parser.add_argument(
        "--out",
        type=storage.user_path,
        required=True,
        metavar="FOLDER",
        help="folder of the WAV files, created if it is missing",
    )


def run(options: argparse.Namespace) -> CommandResult:
    """Separate the song and write a file for each stem."""
    from genre_core import audio
    from genre_core.audio import separation

    try:
        clip = audio.load_audio(options.file)
    except AudioError as error:
        raise AudioError(f"{options.file}: {error}") from error
    stems = []
    for stem, stem_clip in separation.separate(clip).items():
        path = options.out / f"{Path(options.file).stem}.{stem}.wav"
        with storage.writing_file(path) as partial:
            partial.write_bytes(audio.wav_bytes(stem_clip))
        stems.append({"stem": stem, "file": str(path)})
    document = {
        "file": options.file,
        "duration_s": clip.duration_s,
        "rate": clip.rate,
        "stems": stems,
        "warnings": list(clip.warnings),
    }

    def show(console: Console) -> None:
        for item in stems:
            console.print(f"{item['stem']}: {item['file']}")
        for warning in clip.warnings:
            console.print(f"  warning: {warning}")

    return CommandResult(document, show)
