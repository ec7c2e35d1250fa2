"""A quiz as the query of an address: opening the address joins the quiz."""

from collections.abc import Mapping

from genre_core.classroom import CLIP_SOURCES, QuizConfig, QuizRooms
from genre_core.errors import ConfigError

_TEST_SET = CLIP_SOURCES[0]
"""What an address without "songs" means."""


def to_query(config: QuizConfig) -> dict[str, str]:
    """The parameters of the address of a quiz, as `from_query` reads them."""
    parameters = {
        "run": config.run,
        "quiz": str(config.number),
        "clips": str(config.n_clips),
        "segments": str(config.n_segments),
    }
    return parameters | ({} if config.source == _TEST_SET else {"songs": config.source})


def from_query(parameters: Mapping[str, str], rooms: QuizRooms) -> QuizConfig:
    """The quiz of an address, which holds all its settings, or only the number of a quiz on this server.

    Raises ConfigError if there is no such quiz.
    """
    try:
        number = int(parameters["quiz"])
        if "clips" not in parameters:
            return rooms.find(number)
        source = parameters.get("songs")
        return QuizConfig(
            run=parameters["run"],
            number=number,
            n_clips=int(parameters["clips"]),
            n_segments=int(parameters["segments"]),
            source=next((known for known in CLIP_SOURCES if known == source), _TEST_SET),
        )
    except (KeyError, ValueError):
        raise ConfigError("This address names no quiz; start a new quiz, or ask for its number.") from None
