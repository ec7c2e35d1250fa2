"""The lesson that a visitor has opened on a page, and what it means for the controls of the page.

The address of a lesson is `?lesson=CODE`, with the parameters of those visible controls that the visitor has changed.
Parameters of hidden controls are ignored there. A lesson holds for its page until the visitor leaves it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from genre_core import escaping
from genre_core.classroom.lessons import Lesson, Lessons
from genre_core.errors import ConfigError, GenreLabError
from ui import shell
from ui.lessons.controls import controls_of

PARAMETER = "lesson"
"""The parameter of the address that holds the code."""

_PAGE, _PAGES = "lesson_page", "lesson_pages"
"""The name of the page that is shown, and the `_PageState` of each page."""

T = TypeVar("T")


@dataclass
class _PageState:
    """What a page remembers in a session.

    Attributes
    ----------
    lesson : the opened lesson.
    is_new : whether it was opened and the page does not know yet.
    waiting : by parameter, values that controls are to take when they are drawn next.
    values : by parameter, values that the controls have.
    in_address : whether the address holds the values without a lesson too.
    written : by parameter, values that were last written to the address; other ones there were opened by the visitor.
    """

    lesson: Lesson | None = None
    is_new: bool = False
    waiting: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    in_address: bool = False
    written: dict[str, str] = field(default_factory=dict)


def begin(page: str, *, in_address: bool = False) -> None:
    """Open the lesson in the address, if there is one, and show its title and text.

    Parameters
    ----------
    in_address : whether controls that differ from their first value are in the address without a lesson too, so that
        it can be shared.
    """
    st.session_state[_PAGE] = page
    _state().in_address = in_address
    lesson, code = current(), st.query_params.get(PARAMETER)
    if code is not None and (lesson is None or lesson.code != code):
        try:
            _open(page, Lessons().open(code))
        except GenreLabError as error:
            shell.show_problem(str(error), icon=":material/link_off:")
    if lesson := current():
        st.query_params[PARAMETER] = lesson.code  # also where the visitor came back by the navigation
        _show_heading(lesson)


def current() -> Lesson | None:
    """The lesson of the page that is shown, or None."""
    return _state().lesson


def shows(control: str) -> bool:
    """Whether the page shows a control."""
    lesson = current()
    return lesson is None or lesson.shows(control)


def values() -> dict[str, str]:
    """The values that the controls of the page have now, by parameter."""
    return dict(_state().values)


def page() -> str:
    """The name of the page that is shown."""
    name: str = st.session_state[_PAGE]
    return name


def held(query: Mapping[str, str]) -> dict[str, str]:
    """Parameters of the page, with those of hidden controls as in the lesson; without a lesson, as they are."""
    lesson = current()
    if lesson is None:
        return dict(query)
    given = _visible(lesson, query)
    base = _base(lesson, given)
    return given | {name: value for name, value in base.items() if name not in _visible(lesson, base)}


def of_address(query: Mapping[str, str]) -> dict[str, str]:
    """All parameters of the page that an address stands for, which in a lesson names those that differ from it."""
    lesson = current()
    if lesson is None:
        return dict(query)
    given = _visible(lesson, query)
    return {name: value for name, value in (_base(lesson, given) | given).items() if value}


def with_lesson(query: Mapping[str, str]) -> dict[str, str]:
    """The address for these parameters of a page: in a lesson, its code and what differs from the lesson."""
    lesson = current()
    if lesson is None:
        return dict(query)
    given = _visible(lesson, query)
    base = _visible(lesson, _base(lesson, given))
    changed = {name: value for name, value in given.items() if base.get(name) != value}
    return {PARAMETER: lesson.code} | changed | {name: "" for name in base if name not in given}


def address_without_lesson() -> dict[str, str]:
    """The parameters of the address without the code of a lesson."""
    return {name: value for name, value in st.query_params.to_dict().items() if name != PARAMETER}


def write_all(query: Mapping[str, str]) -> None:
    """Write all parameters of the page to the address."""
    _state().values = dict(query)
    if (address := with_lesson(query)) != st.query_params.to_dict():
        st.query_params.from_dict(address)


def write(name: str, value: str, *, default: str = "") -> None:
    """Note the value of a control, and write it to the address if it differs from the lesson or, on pages that have
    their values there, from the first one.

    default : the first value, also in a lesson that has none.
    """
    state = _state()
    state.values[name] = value
    if state.lesson is None and not state.in_address:
        return
    if (state.lesson.parameters if state.lesson else {}).get(name, default) == value:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
    state.written[name] = value


def take_opened() -> dict[str, str] | None:
    """All parameters of a lesson that was just opened, with those of its address; None at other times."""
    state = _state()
    if not state.is_new:
        return None
    state.is_new = False
    opened, state.waiting = state.waiting, {}
    return opened


def fixed(name: str) -> str:
    """The value that the lesson has for a hidden control, empty if it has none; another one leaves the address."""
    lesson = current()
    st.query_params.pop(name, None)
    return lesson.parameters.get(name, "") if lesson else ""


def take(name: str, *, is_new: bool = False, in_address: bool = True) -> str | None:
    """The value that a control is to take since a lesson was opened or left, or an address with values; None at other
    times.

    is_new : whether the control was not there before.
    in_address : whether an address without a lesson has it, on pages that have their values there.
    """
    state = _state()
    if name in state.waiting:
        return state.waiting.pop(name)
    asked = st.query_params.get(name) if in_address and state.in_address and state.lesson is None else None
    return asked if is_new or asked != state.written.get(name) else None


def choose(name: str, options: Sequence[T], widget: Callable[..., Any], *, key: str, default: T | None = None) -> T:
    """The value of a control: of the lesson that hides it, else of its widget.

    Parameters
    ----------
    name : of the control and of its parameter.
    options : what can be chosen.
    widget : draws the control with this key, and returns what is chosen.
    default : at first; the first option by default.
    """
    by_text, first = {str(option): option for option in options}, options[0] if default is None else default
    state = st.session_state
    if not shows(name):
        return by_text.get(fixed(name), first)
    asked = take(name, is_new=key not in state)
    if asked in by_text:
        state[key] = by_text[asked]
    elif state.get(key) not in options:
        state[key] = first
    value: T = widget(key=key)
    write(name, str(value), default=str(first))
    return value


def choose_several(name: str, options: Sequence[str], widget: Callable[..., Any], *, key: str) -> list[str]:
    """The values of a control of which several can be chosen, at first all: as `choose`."""
    state = st.session_state
    if not shows(name):
        return _options_in(fixed(name), options)
    if (asked := take(name)) is not None or key not in state:
        state[key] = _options_in(asked or "", options)
    chosen: list[str] = widget(key=key)
    everything = ",".join(options)
    write(name, everything if set(chosen) == set(options) else ",".join(chosen), default=everything)
    return chosen


def _options_in(text: str, options: Sequence[str]) -> list[str]:
    """The options that a parameter names; all of them if it names none."""
    named = set(text.split(","))
    return [option for option in options if option in named] or list(options)


def _open(page: str, lesson: Lesson) -> None:
    if not controls_of(lesson.page):
        raise ConfigError("This lesson is on a page that does not exist; ask for a new link.")
    if lesson.page != page:
        st.switch_page(f"pages/{lesson.page}.py", query_params=st.query_params.to_dict())
    state = _state()
    state.lesson, state.is_new = lesson, True
    state.waiting = of_address(address_without_lesson()) | {"dataset": lesson.dataset}


def _show_heading(lesson: Lesson) -> None:
    with st.container(border=True, key="lesson"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f":material/school: **{escaping.markdown(lesson.title)}**")
            st.button(
                "Leave the lesson",
                icon=":material/logout:",
                type="tertiary",
                key="lesson_leave",
                on_click=leave,
                args=(lesson.page,),
                help="Show all controls of this page.",
            )
        if lesson.text:
            st.markdown(escaping.markdown(lesson.text))


def leave(page: str) -> None:
    """End the lesson of a page: show all controls, with the values that they had in the lesson."""
    state = _state(page)
    lesson = state.lesson
    if lesson is None:
        return
    hidden = {name for control in controls_of(lesson.page) for name in control.parameters if not lesson.shows(name)}
    state.lesson, state.is_new = None, False
    state.waiting |= {name: value for name, value in lesson.parameters.items() if name in hidden}
    st.query_params.pop(PARAMETER, None)


def _visible(lesson: Lesson, query: Mapping[str, str]) -> dict[str, str]:
    """The parameters of visible controls."""
    visible = {
        name for control in controls_of(lesson.page) if lesson.shows(control.name) for name in control.parameters
    }
    return {name: value for name, value in query.items() if name in visible}


def _base(lesson: Lesson, given: Mapping[str, str]) -> dict[str, str]:
    """The parameters of the lesson that apply beside those that the visitor chose."""
    own = lesson.parameters
    of = {name: control.of for control in controls_of(lesson.page) for name in control.parameters}

    def applies(name: str) -> bool:
        other = of.get(name)
        return not other or given.get(other, own.get(other)) == own.get(other)

    return {name: value for name, value in own.items() if applies(name)}


def _state(page: str | None = None) -> _PageState:
    """What a page remembers; by default the one that is shown."""
    pages: dict[str, _PageState] = st.session_state.setdefault(_PAGES, {})
    return pages.setdefault(page or st.session_state.get(_PAGE, ""), _PageState())
