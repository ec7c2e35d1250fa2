"""Lessons on a page: the one that a visitor has opened, and the panel in which the operator makes them.

A page calls `begin` after its title and `panel.show` at its end. In between it asks `shows` before it draws a control,
or leaves the drawing to `choose`. `controls` lists which controls each page has.
"""

from ui.lessons.opened import (
    PARAMETER,
    address_without_lesson,
    begin,
    choose,
    choose_several,
    current,
    fixed,
    held,
    leave,
    of_address,
    shows,
    take,
    take_opened,
    with_lesson,
    write,
    write_all,
)

__all__ = [
    "PARAMETER",
    "address_without_lesson",
    "begin",
    "choose",
    "choose_several",
    "current",
    "fixed",
    "held",
    "leave",
    "of_address",
    "shows",
    "take",
    "take_opened",
    "with_lesson",
    "write",
    "write_all",
]
