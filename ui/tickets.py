"""Tickets: signed texts by which a browser may send songs to a gathered dataset, play them and download them.

The page Your dataset gives them to its visitor.  No page of another site can read them, and they are refused with the
cookie of another visitor.
"""

import secrets
from dataclasses import dataclass

from genre_core.visitors import Signer

UPLOAD, PLAY, DOWNLOAD = "gathered/upload", "gathered/play", "gathered/download"
"""Addresses of uploads, of the songs of a dataset, and of its ZIP file; a ticket is good for one of them."""
_signer = Signer(secrets.token_bytes(32))
"""Of this process: after a restart of the server the page gives a new ticket."""


@dataclass(frozen=True)
class Ticket:
    """What a visitor may do with a dataset, as the page has found out."""

    visitor: str
    """Id; empty for the operator."""
    dataset: str
    """Name of a gathered dataset."""
    code: str = ""
    """The code by which the visitor adds songs to the dataset of another."""

    def signed(self, purpose: str) -> str:
        """The ticket as text for a browser.

        Parameters
        ----------
        purpose : UPLOAD, PLAY or DOWNLOAD: it is good for nothing else.
        """
        return _signer.sign(f"{purpose}:{self.visitor}:{self.dataset}:{self.code}")

    @staticmethod
    def read(signed: str, purpose: str) -> "Ticket | None":
        """The ticket in a text; None if it was not signed here, or for something else."""
        parts = (_signer.read(signed) or "").split(":")
        return Ticket(*parts[1:]) if len(parts) == 4 and parts[0] == purpose else None
