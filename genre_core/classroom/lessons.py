"""Lessons: pages that a teacher has set up, with the controls that students see, each opened by its code.

`Lessons` keeps them as files, `lessons/CODE.json` in the folder of the user.  Which pages and controls there are is
known to the dashboard; here they are names.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from genre_core import storage
from genre_core.errors import ConfigError, DamagedFileError, StorageError
from genre_core.reading import read_json
from genre_core.visitors import new_code, read_code
from genre_core.wording import quoted

MAX_TITLE_LENGTH = 80
MAX_TEXT_LENGTH = 2000
MAX_PARAMETERS_LENGTH = 20_000
"""Characters of all parameters together."""


@dataclass(frozen=True)
class Lesson:
    """A page as a teacher has set it up.

    Raises ConfigError if its title or text is missing or too long.

    Attributes
    ----------
    code : opens the lesson.
    page : name of the page, as in its address.
    title : heading for the students.
    text : instructions for the students; may be empty.
    parameters : values of the controls of the page, as in its address.
    dataset : name of a stored or gathered dataset; empty for the bundled one.
    features : feature set of a gathered dataset; empty for others.
    hidden : names of the controls that students do not see, and so cannot change.
    created : time in ISO 8601 with its time zone.
    """

    code: str
    page: str
    title: str
    text: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    dataset: str = ""
    hidden: tuple[str, ...] = ()
    created: str = ""
    features: str = ""

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ConfigError("Enter a title for the lesson.")
        for name, text, longest in (
            ("title", self.title, MAX_TITLE_LENGTH),
            ("text", self.text, MAX_TEXT_LENGTH),
            ("setup", "".join((*self.parameters, *self.parameters.values())), MAX_PARAMETERS_LENGTH),
        ):
            if len(text) > longest:
                raise ConfigError(f"The {name} of a lesson has at most {longest} characters.")

    def shows(self, control: str) -> bool:
        """Whether students see a control."""
        return control not in self.hidden


class Lessons:
    """The stored lessons.  Safe to use from several threads.

    Parameters
    ----------
    folder : where they are; by default `lessons` in the folder of the user.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or storage.home() / "lessons"

    def create(
        self,
        page: str,
        title: str,
        *,
        text: str = "",
        parameters: Mapping[str, str] | None = None,
        dataset: str = "",
        features: str = "",
        hidden: Iterable[str] = (),
    ) -> Lesson:
        """Store a new lesson under a code that no other has; see `Lesson` for the parameters.

        Raises
        ------
        ConfigError : if the title is missing, or the title or the text is too long.
        StorageError : if it can't be written.
        """
        created = datetime.now(UTC).isoformat(timespec="seconds")
        with _creating:
            code = new_code()
            while self._path(code).exists():
                code = new_code()
            lesson = Lesson(
                code,
                page,
                title.strip(),
                text.strip(),
                dict(parameters or {}),
                dataset,
                tuple(hidden),
                created,
                features,
            )
            with storage.writing_file(self._path(code)) as partial:
                partial.write_text(json.dumps(asdict(lesson), indent=2), encoding="utf-8")
        return lesson

    def open(self, code: str) -> Lesson:
        """The lesson with this code, as it was typed.

        Raises
        ------
        ConfigError : if there is none.
        DamagedFileError : if its file is damaged.
        """
        known = read_code(code)
        if known is None or not self._path(known).exists():
            raise ConfigError(f"There is no lesson {quoted(code)} here; check the link, or ask for a new one.")
        try:
            return self._read(known)
        except DamagedFileError as error:
            raise DamagedFileError(f"This lesson can't be opened, ask for a new link: {error}") from error

    def of_page(self, page: str) -> list[Lesson]:
        """The lessons of a page, newest first; damaged ones are left out."""
        found = []
        for path in self._folder.glob("*.json"):
            if code := read_code(path.stem):
                try:
                    found.append(self._read(code))
                except DamagedFileError:
                    continue
        return sorted((lesson for lesson in found if lesson.page == page), key=lambda lesson: lesson.created)[::-1]

    def delete(self, code: str) -> None:
        """Delete a lesson, if it exists.  Raises StorageError if that fails."""
        if known := read_code(code):
            try:
                self._path(known).unlink(missing_ok=True)
            except OSError as error:
                raise StorageError(f"The lesson can't be deleted ({error.strerror or error}).") from error

    def _read(self, code: str) -> Lesson:
        lesson = read_json(self._path(code), Lesson)
        if lesson.code != code:
            raise DamagedFileError(f"{code}.json is damaged: it holds another lesson.")
        return lesson

    def _path(self, code: str) -> Path:
        return self._folder / f"{code}.json"


_creating = threading.Lock()
