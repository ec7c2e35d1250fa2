"""A quiz as the query of an address: opening the address joins the quiz."""

from collections.abc import Mapping

from genre_core.classroom import QuizConfig, QuizRooms
from genre_core.errors import ConfigError

_SYNTHETIC = "synthetic"


def to_query(config: QuizConfig) -> dict[str, str]:
    """The parameters of the address of a quiz, as `from_query` reads them."""
    parameters = {
        "run": config.run,
        "quiz": str(config.number),
        "clips": str(config.n_clips),
        "segments": str(config.n_segments),
    }
    return parameters | ({"songs": _SYNTHETIC} if config.synthetic else {})


def from_query(parameters: Mapping[str, str], rooms: QuizRooms) -> QuizConfig:
    """The quiz of an address, which holds all its settings, or only the number of a quiz on this server.

    Raises ConfigError if there is no such quiz.
    """
    try:
        number = int(parameters["quiz"])
        if "clips" not in parameters:
            return rooms.find(number)
        return QuizConfig(
            run=parameters["run"],
            number=number,
            n_clips=int(parameters["clips"]),
            n_segments=int(parameters["segments"]),
            synthetic=parameters.get("songs") == _SYNTHETIC,
        )
    except (KeyError, ValueError):
        raise ConfigError("This address names no quiz; start a new quiz, or ask for its number.") from None
