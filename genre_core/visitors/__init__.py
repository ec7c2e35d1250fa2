"""Visitors of a dashboard that is served to a class, and how it is served.

`serving` says how this dashboard is served (`Serving`), if it is; `Visitors` keeps its visitors (`Visitor`), of whom
one is the operator (`OPERATOR`); `Signer` signs what their browsers keep.  Codes that people type are made and read by
`new_code`, `format_code` and `read_code`.
"""

from genre_core.visitors.codes import format_code, new_code, read_code
from genre_core.visitors.limits import keep_hours, most_dataset_bytes, most_song_bytes, most_upload_bytes
from genre_core.visitors.serving import MAX_TRAININGS, Serving, new_token, serving
from genre_core.visitors.signing import Signer
from genre_core.visitors.store import Visitors, server_key, write_operator_link
from genre_core.visitors.visitor import OPERATOR, Owned, Visitor

__all__ = [
    "MAX_TRAININGS",
    "OPERATOR",
    "Owned",
    "Serving",
    "Signer",
    "Visitor",
    "Visitors",
    "format_code",
    "keep_hours",
    "most_dataset_bytes",
    "most_song_bytes",
    "most_upload_bytes",
    "new_code",
    "new_token",
    "read_code",
    "server_key",
    "serving",
    "write_operator_link",
]
