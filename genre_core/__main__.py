"""`python -m genre_core`."""

import os
import sys

from genre_core.cli import main

# C libraries (mpg123, LiteRT) write notes of their own to standard error, which is for one line of ours.
sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", buffering=1)
with open(os.devnull, "w") as nothing:  # noqa: PTH123
    os.dup2(nothing.fileno(), 2)
raise SystemExit(main())
