"""Signed texts: what a browser keeps for the server and can't change."""

import hashlib
import hmac


class Signer:
    """Signs texts, so that a browser can keep them and can't change them.

    Parameters
    ----------
    key : secret.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, text: str) -> str:
        """The text with its signature."""
        return f"{text}.{self._digest(text)}"

    def read(self, signed: str) -> str | None:
        """The text, or None if the signature is not right."""
        text, _, digest = signed.rpartition(".")
        return text if hmac.compare_digest(digest.encode(), self._digest(text).encode()) else None

    def _digest(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
