"""A visitor: who uses a served dashboard, and what they may see and change.

A visitor is a random id in a cookie of the browser, without an account. What a visitor makes (runs, datasets, uploads)
names the id as its `owner`; what the operator makes, in the browser, on localhost or by the command line, has the empty
one.
"""

from dataclasses import dataclass
from typing import Protocol


class Owned(Protocol):
    """What a visitor made."""

    @property
    def owner(self) -> str:
        """Id of the visitor; empty for the operator."""

    @property
    def shared(self) -> bool:
        """Whether all visitors see it."""


@dataclass(frozen=True)
class Visitor:
    """Who uses the dashboard."""

    id: str
    """Random; empty for the operator."""
    code: str = ""
    """What the visitor types in another browser to go on there; secret, and empty for the operator."""
    created: str = ""
    """ISO 8601, UTC."""
    seen: str = ""
    """When the visitor last opened a page; ISO 8601, UTC."""

    @property
    def is_operator(self) -> bool:
        """Whether this is the operator."""
        return not self.id

    def may_see(self, thing: Owned) -> bool:
        """Whether the visitor may open something that has an owner."""
        return self.is_operator or thing.shared or thing.owner == self.id

    def may_change(self, thing: Owned) -> bool:
        """Whether the visitor may rename, share or delete something that has an owner."""
        return self.is_operator or thing.owner == self.id


OPERATOR = Visitor("")
"""Who started the server; on localhost, everyone."""
