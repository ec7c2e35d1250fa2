"""A quiz as the query of an address: opening the address joins the quiz."""

from collections.abc import Mapping

from genre_core.classroom.quiz import QuizConfig
from genre_core.classroom.rooms import QuizRooms
from genre_core.errors import ConfigError

_SYNTHETIC = "synthetic"


def query(config: QuizConfig) -> dict[str, str]:
    """The parameters of an address that opens a quiz, as `read` reads them."""
    said = {"run": config.run, "quiz": str(config.number), "clips": str(config.clips), "segments": str(config.segments)}
    return said | ({"songs": _SYNTHETIC} if config.synthetic else {})


def read(parameters: Mapping[str, str], rooms: QuizRooms) -> QuizConfig:
    """The quiz that an address names, in full or by its number alone if it is being played here.

    Raises ConfigError if it names none.
    """
    try:
        number = int(parameters["quiz"])
        if "clips" not in parameters:
            return rooms.numbered(number)
        clips, segments = int(parameters["clips"]), int(parameters["segments"])
        return QuizConfig(parameters["run"], number, clips, segments, parameters.get("songs") == _SYNTHETIC)
    except (KeyError, ValueError):
        raise ConfigError("This address names no quiz; start a new one, or ask for its number.") from None
